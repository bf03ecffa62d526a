/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// The kernel's vhost-net: the device's side of a pair of virtqueues in memory of this process, with a TAP interface behind it.

size_t kw_vhost_requests(uint32_t *requests, size_t capacity) {
    static const uint32_t all[] = {VHOST_SET_MEM_TABLE,  VHOST_SET_VRING_NUM,  VHOST_SET_VRING_BASE,  VHOST_SET_VRING_ADDR,
                                   VHOST_SET_VRING_KICK, VHOST_SET_VRING_CALL, VHOST_NET_SET_BACKEND};
    size_t count = sizeof all / sizeof *all;
    if (count > capacity) count = capacity;
    memcpy(requests, all, count * sizeof *all);
    return count;
}

int kw_vhost_open(uint64_t *features) {
    __u64 offer = 0;
    int fd = open("/dev/vhost-net", O_RDWR | O_CLOEXEC);
    if (fd < 0) return -1;
    if (ioctl(fd, VHOST_SET_OWNER) == 0 && ioctl(fd, VHOST_GET_FEATURES, &offer) == 0) {
        *features = offer;
        return fd;
    }
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int kw_vhost_accept(int fd, uint64_t features) {
    __u64 accepted = features;
    return ioctl(fd, VHOST_SET_FEATURES, &accepted);
}

int kw_vhost_set_memory(int fd, uint64_t address, void *start, uint64_t size) {
    union {
        struct vhost_memory table;
        char bytes[sizeof(struct vhost_memory) + sizeof(struct vhost_memory_region)];
    } memory;
    memset(&memory, 0, sizeof memory);
    memory.table.nregions = 1;
    memory.table.regions[0] = (struct vhost_memory_region){
        .guest_phys_addr = address, .memory_size = size, .userspace_addr = (uintptr_t)start};
    return ioctl(fd, VHOST_SET_MEM_TABLE, &memory.table);
}

int kw_vhost_set_ring(int fd, const struct kw_vhost_ring *ring) {
    struct vhost_vring_state size = {.index = ring->index, .num = ring->size};
    struct vhost_vring_state base = {.index = ring->index};
    struct vhost_vring_addr places = {.index = ring->index,
                                      .desc_user_addr = (uintptr_t)ring->descriptors,
                                      .used_user_addr = (uintptr_t)ring->used,
                                      .avail_user_addr = (uintptr_t)ring->avail};
    struct vhost_vring_file kick = {.index = ring->index, .fd = ring->kick};
    struct vhost_vring_file call = {.index = ring->index, .fd = ring->call};
    if (ioctl(fd, VHOST_SET_VRING_NUM, &size) < 0 || ioctl(fd, VHOST_SET_VRING_BASE, &base) < 0 ||
        ioctl(fd, VHOST_SET_VRING_ADDR, &places) < 0 || ioctl(fd, VHOST_SET_VRING_KICK, &kick) < 0)
        return -1;
    return ioctl(fd, VHOST_SET_VRING_CALL, &call);
}

int kw_vhost_attach(int fd, unsigned index, int tap) {
    struct vhost_vring_file backend = {.index = index, .fd = tap};
    return ioctl(fd, VHOST_NET_SET_BACKEND, &backend);
}
