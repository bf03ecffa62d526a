/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A program that looks to kawela-sriov.c like a QEMU, or like one that differs from what is expected in the one point
 * that its argument names. It calls what the plugin registers, once, as QEMU does, and prints the types registered.
 *
 * Compiled without optimisation and with -rdynamic: the plugin finds these functions by name.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *difference = "";

static bool differs(const char *name) { return strcmp(difference, name) == 0; }

/* Some class data of others, then PCIDeviceClass's own part. */
struct Class {
    void *others[27];
    void *functions[4];
    uint16_t vendor, device;
    uint8_t revision;
    uint16_t class, subsystem_vendor, subsystem;
    const char *romfile;
    bool sriov_vf_user_creatable;
};

static struct Class *make(uint16_t vendor, uint16_t device, bool creatable)
{
    struct Class *class = calloc(1, sizeof *class);
    for (int i = 0; i < 4; i++) {
        class->functions[i] = class;
    }
    class->vendor = vendor;
    class->device = differs("layout") && device == 0x10C9 ? 0 : device;
    class->class = 0x0200;
    class->sriov_vf_user_creatable = creatable;
    return class;
}

void *object_class_by_name(const char *name)
{
    static const struct {
        const char *name;
        uint16_t vendor, device;
        bool creatable;
    } known[] = {
        {"e1000e", 0x8086, 0x10D3, false},        {"igb", 0x8086, 0x10C9, false},
        {"e1000-82545em", 0x8086, 0x100F, false}, {"virtio-net-pci", 0x1AF4, 0x1000, true},
        {"vfio-user-pci", 0, 0, false},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) == 0 && !differs(name)) {
            return make(known[i].vendor, known[i].device, known[i].creatable && !differs("creatable"));
        }
    }
    return NULL;
}

static void (*registered)(void);

void register_module_init(void (*function)(void), int type)
{
    registered = function;
    (void)type;
}

void *type_register_static(const void *type)
{
    printf("registered %s\n", *(const char *const *)type);
    return NULL;
}

struct {
    int64_t major, minor, micro;
} version = {11, 1, 3};

void *qmp_query_version(void **error)
{
    static const void *info = &version;
    (void)error;
    if (sscanf(difference, "%ld.%ld", &version.major, &version.minor) == 2) {
        version.micro = 0;
    }
    return differs("version") ? NULL : &info;
}

#define UNUSED(name) void name(void) { abort(); }
UNUSED(object_class_dynamic_cast)
UNUSED(object_child_foreach)
UNUSED(object_get_canonical_path_component)
UNUSED(object_ref)
UNUSED(error_setg_internal)
UNUSED(migrate_add_blocker)
UNUSED(migrate_del_blocker)
UNUSED(resettable_class_set_parent_phases)
UNUSED(pci_default_read_config)
UNUSED(pcie_sriov_pf_reset)
UNUSED(pcie_sriov_pf_exit)
#ifndef WITHOUT_SRIOV
UNUSED(pcie_sriov_pf_init_from_user_created_vfs)
#endif

int main(int count, char **arguments)
{
    difference = count > 1 ? arguments[1] : "";
    if (registered) {
        registered();
    }
    puts("runs");
    return 0;
}
