/*
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * kawela-sriov: SR-IOV for vfio-user devices in a stock QEMU.
 *
 * Copyright (C) 2026 The Kawela Authors
 *
 * This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public
 * License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later
 * version. It is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY. See LICENSE in this folder.
 *
 * Preloaded into QEMU it registers the device type "kawela-sriov", a vfio-user-pci that may have virtual functions or
 * be one (README.md has the command line). QEMU's headers are not needed: functions are looked up in the running
 * program, and the one structure that is touched, PCIDeviceClass, is found by the contents of classes that are known.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "kawela-sriov"
#define PARENT "vfio-user-pci"
/*
 * Where the 82576 has its SR-IOV capability. QEMU's goes to the same place, so that both see the guest's writes. What
 * the guest reads there is QEMU's: the chip's has its VFs at other function numbers than they have in QEMU.
 */
#define SRIOV_OFFSET 0x160
#define SRIOV_SIZE 0x40

/* include/qom/object.h, struct TypeInfo. */
struct TypeInfo {
    const char *name, *parent;
    size_t instance_size, instance_align;
    void (*instance_init)(void *), (*instance_post_init)(void *), (*instance_finalize)(void *);
    bool abstract;
    size_t class_size;
    void (*class_init)(void *, const void *), (*class_base_init)(void *, const void *);
    const void *class_data, *interfaces;
};

/* include/hw/pci/pci_device.h, struct PCIDeviceClass after its parent's part. */
struct PCIDeviceClass {
    void (*realize)(void *device, void **error), (*exit)(void *device);
    uint32_t (*config_read)(void *device, uint32_t address, int length);
    void (*config_write)(void *device, uint32_t address, uint32_t value, int length);
    uint16_t vendor, device;
    uint8_t revision;
    uint16_t class, subsystem_vendor, subsystem;
    const char *romfile;
    bool sriov_vf_user_creatable;
};

/* include/hw/resettable.h */
struct ResettablePhases {
    void (*enter)(void *, int), (*hold)(void *, int), (*exit)(void *, int);
};

/* What `qmp_query_version` returns, from qapi/control.json. */
struct VersionInfo {
    const struct {
        int64_t major, minor, micro;
    } * qemu;
};

/* All that is used of QEMU, with the type of each. */
#define FUNCTIONS(F)                                                                          \
    F(void, register_module_init, (void (*function)(void), int type))                         \
    F(void *, type_register_static, (const struct TypeInfo *))                                \
    F(void *, object_class_by_name, (const char *))                                           \
    F(void *, object_class_dynamic_cast, (void *class, const char *))                         \
    F(int, object_child_foreach, (void *, int (*)(void *, void *), void *))                   \
    F(const char *, object_get_canonical_path_component, (const void *))                            \
    F(void *, object_ref, (void *))                                                           \
    F(struct VersionInfo *, qmp_query_version, (void **error))                                \
    F(void, error_setg_internal,                                                              \
      (void **error, const char *file, int line, const char *function, const char *format, ...)) \
    F(int, migrate_add_blocker, (void **reason, void **error))                                \
    F(void, migrate_del_blocker, (void **reason))                                             \
    F(void, resettable_class_set_parent_phases,                                               \
      (void *, void (*)(void *, int), void (*)(void *, int), void (*)(void *, int),           \
       struct ResettablePhases *))                                                            \
    F(uint32_t, pci_default_read_config, (void *, uint32_t address, int length))              \
    F(int16_t, pcie_sriov_pf_init_from_user_created_vfs, (void *, uint16_t offset, void **))  \
    F(void, pcie_sriov_pf_reset, (void *))                                                    \
    F(void, pcie_sriov_pf_exit, (void *))

#define DECLARE(result, name, arguments) result(*name) arguments;
static struct {
    FUNCTIONS(DECLARE)
} qemu;

static size_t class_offset;
static struct PCIDeviceClass parent;
static struct ResettablePhases parent_reset;

static bool refuse(const char *format, const char *detail)
{
    fputs("kawela-sriov: ", stderr);
    fprintf(stderr, format, detail);
    fputs("; not offering the device " TYPE "\n", stderr);
    return false;
}

/* ---- Migration ---- */

/*
 * The state of the device is in another process, which QEMU does not ask for it: migrate and savevm would succeed, and
 * the guest would go on with a card that was never set up. One blocker is there while there are devices. With
 * -only-migratable it cannot be added, and the device is refused.
 */
static unsigned devices;
static void *blocker;

static bool block_migration(void **error)
{
    if (devices == 0) {
        qemu.error_setg_internal(&blocker, __FILE__, __LINE__, __func__,
                                 "The state of a " TYPE " device is in another process and can be neither migrated "
                                 "nor saved: unplug the device first");
        /* Frees the reason when it fails. */
        if (qemu.migrate_add_blocker(&blocker, error) < 0) {
            return false;
        }
    }
    devices++;
    return true;
}

static void unblock_migration(void)
{
    if (--devices == 0) {
        qemu.migrate_del_blocker(&blocker);
    }
}

/* ---- The device ---- */

/*
 * QEMU 11.1's vfio_user_instance_finalize takes the MSI-X pending-bit region out of its BAR, when the children of the
 * device, both regions among them, are finalized and no longer in each other, and an assertion of
 * memory_region_del_subregion ends QEMU. A reference to both, never given back, keeps them as they were. Their memory
 * is freed all the same, so what is lost for each unplugged device is their names, some 300 bytes. The fix proposed for
 * QEMU ("vfio-user: Do not delete the subregion", Akihiko Odaki, qemu-devel, 10 October 2025) is not in 11.1.3.
 */
static int keep(void *child, void *unused)
{
    (void)unused;
    const char *name = qemu.object_get_canonical_path_component(child);
    if (name && (strstr(name, " base BAR ") || strncmp(name, "VFIO MSIX PBA", 13) == 0)) {
        qemu.object_ref(child);
    }
    return 0;
}

static void give_up(void *device)
{
    parent.exit(device);
    qemu.object_child_foreach(device, keep, NULL);
    unblock_migration();
}

static void leave(void *device)
{
    qemu.pcie_sriov_pf_exit(device);
    give_up(device);
}

static void realize(void *device, void **error)
{
    if (!block_migration(error)) {
        return;
    }
    parent.realize(device, error);
    /* QEMU's pci_qdev_realize always passes the address of a null pointer. */
    if (*error) {
        unblock_migration();
        return;
    }
    /* Does nothing for a device that no other names as its "sriov-pf". */
    if (qemu.pcie_sriov_pf_init_from_user_created_vfs(device, SRIOV_OFFSET, error) < 0) {
        give_up(device);
    }
}

static uint32_t read_config(void *device, uint32_t address, int length)
{
    bool sriov = address >= SRIOV_OFFSET && address < SRIOV_OFFSET + SRIOV_SIZE;
    return (sriov ? qemu.pci_default_read_config : parent.config_read)(device, address, length);
}

static void hold_in_reset(void *device, int type)
{
    if (parent_reset.hold) {
        parent_reset.hold(device, type);
    }
    qemu.pcie_sriov_pf_reset(device);
}

static struct PCIDeviceClass *pci_class(void *class) { return (void *)((char *)class + class_offset); }

static void class_init(void *class, const void *data)
{
    (void)data;
    struct PCIDeviceClass *own = pci_class(class);
    parent = *own;
    own->realize = realize;
    own->exit = leave;
    own->config_read = read_config;
    own->sriov_vf_user_creatable = true;
    void *resettable = qemu.object_class_dynamic_cast(class, "resettable");
    qemu.resettable_class_set_parent_phases(resettable, NULL, hold_in_reset, NULL, &parent_reset);
}

/* ---- Whether this QEMU is one we know ---- */

static bool find_functions(void)
{
#define FIND(result, name, arguments)                                    \
    if (!(qemu.name = (__typeof__(qemu.name))dlsym(RTLD_DEFAULT, #name))) \
        return refuse("this program has no function %s (QEMU 10.1 or newer, with modules, has)", #name);
    FUNCTIONS(FIND)
    return true;
}

static bool check_version(void)
{
    void *error = NULL;
    struct VersionInfo *version = qemu.qmp_query_version(&error);
    if (!version || !version->qemu) {
        return refuse("QEMU does not tell its %s", "version");
    }
    int64_t major = version->qemu->major, minor = version->qemu->minor;
    char text[48];
    snprintf(text, sizeof text, "%lld.%lld", (long long)major, (long long)minor);
    if (major < 10 || (major == 10 && minor < 1)) {
        return refuse("QEMU is %s and must be 10.1 or newer", text);
    }
    if (major > 11 && !getenv("KAWELA_SRIOV_ANY_QEMU")) {
        return refuse("QEMU is %s, and 11 is the newest tried (KAWELA_SRIOV_ANY_QEMU=1 tries this one)", text);
    }
    return true;
}

/* Whether the fields at `class_offset` of the class `name` are those of a network card of Intel's. */
static bool is_intel(const char *name, uint16_t device)
{
    char *class = qemu.object_class_by_name(name);
    if (!class || malloc_usable_size(class) < class_offset + sizeof(struct PCIDeviceClass)) {
        return false;
    }
    const struct PCIDeviceClass *found = pci_class(class);
    return found->realize && found->exit && found->vendor == 0x8086 && found->device == device &&
           found->class == 0x0200 && !found->sriov_vf_user_creatable;
}

/* Searches the class of e1000e for its fields and holds the place against other classes. */
static bool find_class_layout(void)
{
    char *example = qemu.object_class_by_name("e1000e");
    size_t size = example ? malloc_usable_size(example) : 0;
    for (class_offset = 0; class_offset + sizeof(struct PCIDeviceClass) <= size; class_offset += sizeof(void *)) {
        if (!is_intel("e1000e", 0x10D3) || !is_intel("igb", 0x10C9) || !is_intel("e1000-82545em", 0x100F)) {
            continue;
        }
        char *virtio = qemu.object_class_by_name("virtio-net-pci"), *own = qemu.object_class_by_name(PARENT);
        if (!virtio || pci_class(virtio)->vendor != 0x1AF4 || !pci_class(virtio)->sriov_vf_user_creatable) {
            break;
        }
        if (!own || !pci_class(own)->realize || !pci_class(own)->exit || !pci_class(own)->config_read ||
            pci_class(own)->sriov_vf_user_creatable) {
            break;
        }
        return true;
    }
    return refuse("the classes of PCI devices are not laid out as in QEMU 10.1 to %s", "11.1");
}

static void register_type(void)
{
    static const struct TypeInfo type = {.name = TYPE, .parent = PARENT, .class_init = class_init};
    if (!check_version()) {
        return;
    }
    if (!qemu.object_class_by_name(PARENT)) {
        refuse("this QEMU has no %s", PARENT);
        return;
    }
    if (find_class_layout()) {
        qemu.type_register_static(&type);
    }
}

/* QEMU runs the functions of type 0 (MODULE_INIT_MIGRATION) after it has registered its own types. */
__attribute__((constructor)) static void load(void)
{
    /* Programs that QEMU or a wrapper of it starts inherit LD_PRELOAD; only QEMU is told what is wrong. */
    if (strncmp(program_invocation_short_name, "qemu", 4) == 0 && find_functions()) {
        qemu.register_module_init(register_type, 0);
    }
}
