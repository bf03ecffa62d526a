/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

#ifndef TUNSETCARRIER
#define TUNSETCARRIER _IOW('T', 226, int)
#endif

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

// Network interfaces of the host: TAP devices, packet sockets, their link.

size_t kw_interface_requests(uint32_t *requests, size_t capacity) {
    static const uint32_t all[] = {TUNGETFEATURES,  TUNSETIFF,    TUNSETVNETHDRSZ, TUNSETOFFLOAD,
                                   TUNSETCARRIER,   SIOCGIFINDEX, SIOCGIFFLAGS,    SIOCGIFHWADDR};
    size_t count = sizeof all / sizeof *all;
    if (count > capacity) count = capacity;
    memcpy(requests, all, count * sizeof *all);
    return count;
}

// Not if_nametoindex: which kind of socket that makes, and what it opens before, is up to the C library.
static bool interface_exists(const char *name) {
    int index, fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool exists = fd >= 0 && kw_link_flags(fd, name, &index) >= 0;
    if (fd >= 0) close(fd);
    return exists;
}

int kw_tap_open(const char *name, int header_size, bool *has_vnet_header, unsigned *offloads) {
    *has_vnet_header = false;
    *offloads = 0;
    if (strlen(name) >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!interface_exists(name)) {
        errno = ENODEV;
        return -1;
    }
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -1;
    unsigned features = 0;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strcpy(request.ifr_name, name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (ioctl(fd, TUNGETFEATURES, &features) == 0 && (features & IFF_VNET_HDR)) {
        request.ifr_flags |= IFF_VNET_HDR;
        *has_vnet_header = true;
    }
    int attached = ioctl(fd, TUNSETIFF, &request);
    if (attached < 0 && errno == EINVAL) {  // An interface made with multi_queue takes no queue without this flag.
        request.ifr_flags |= IFF_MULTI_QUEUE;
        attached = ioctl(fd, TUNSETIFF, &request);
    }
    if (attached < 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    if (*has_vnet_header) {
        // A persistent interface keeps the size its last user set.
        if (ioctl(fd, TUNSETVNETHDRSZ, &header_size) < 0) {
            int saved = errno;
            close(fd);
            errno = saved;
            return -1;
        }
        const unsigned wanted[] = {TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_USO4 | TUN_F_USO6,
                                   TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6, TUN_F_CSUM};
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
            if (ioctl(fd, TUNSETOFFLOAD, wanted[i]) == 0) {
                *offloads = wanted[i];
                break;
            }
        }
    }
    return fd;
}

int kw_tap_set_carrier(int fd, bool has_carrier) {
    int value = has_carrier;
    return ioctl(fd, TUNSETCARRIER, &value);
}

int kw_link_watch(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd < 0) return -1;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

void kw_link_consume(int fd) {
    char notice[256];  // What does not fit is cut off: only that something came matters.
    for (int i = 0; i < 1024; i++) {
        if (recv(fd, notice, sizeof notice, MSG_DONTWAIT) < 0 && errno != ENOBUFS && errno != EINTR) return;
    }
}

int kw_link_flags(int fd, const char *name, int *index) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    if (strlen(name) >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(request.ifr_name, name);
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) return -1;
    *index = request.ifr_ifindex;
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0) return -1;
    return (unsigned short)request.ifr_flags;
}

int kw_packet_attach(int fd, const char *name, int former) {
    struct ifreq request;
    memset(&request, 0, sizeof request);
    if (strlen(name) >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(request.ifr_name, name);
    if (ioctl(fd, SIOCGIFHWADDR, &request) < 0) return -1;
    if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
        errno = EINVAL;
        return -1;
    }
    if (ioctl(fd, SIOCGIFINDEX, &request) < 0) return -1;
    const int on = 1;
    const int options[] = {PACKET_VNET_HDR, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (setsockopt(fd, SOL_PACKET, options[i], &on, sizeof on) < 0) return -1;
    struct packet_mreq promiscuous = {.mr_ifindex = former, .mr_type = PACKET_MR_PROMISC};
    if (former != 0) setsockopt(fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &promiscuous, sizeof promiscuous);
    promiscuous.mr_ifindex = request.ifr_ifindex;
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) < 0) return -1;
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = request.ifr_ifindex};
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    // That an interface went down, or is down yet, is told by the watch; it would be the answer to the next frame.
    int error;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return 0;
}

int kw_packet_open(const char *name) {
    // Protocol 0 until it is bound: nothing comes from other interfaces.
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || kw_packet_attach(fd, name, 0) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

enum { virtio_header_size = 10, packet_batch = 64 };

static uint32_t vlan_tag(struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) continue;
        struct tpacket_auxdata data;
        memcpy(&data, CMSG_DATA(c), sizeof data);
        if (!(data.tp_status & TP_STATUS_VLAN_VALID)) return 0;
        uint32_t type = data.tp_status & TP_STATUS_VLAN_TPID_VALID ? data.tp_vlan_tpid : ETH_P_8021Q;
        return type << 16 | data.tp_vlan_tci;
    }
    return 0;
}

int kw_packet_receive(int fd, void *slots, size_t stride, size_t frame_start, size_t frame_size,
                      struct kw_packet *packets, int count) {
    struct mmsghdr messages[packet_batch];
    struct iovec parts[packet_batch][2];
    union {
        char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
        struct cmsghdr align;
    } controls[packet_batch];
    if (count > packet_batch) count = packet_batch;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
        char *slot = (char *)slots + (size_t)i * stride;
        parts[i][0] = (struct iovec){slot, virtio_header_size};
        parts[i][1] = (struct iovec){slot + frame_start, frame_size};
        messages[i].msg_hdr.msg_iov = parts[i];
        messages[i].msg_hdr.msg_iovlen = 2;
        messages[i].msg_hdr.msg_control = controls[i].bytes;
        messages[i].msg_hdr.msg_controllen = sizeof controls[i].bytes;
    }
    int received = recvmmsg(fd, messages, (unsigned)count, MSG_DONTWAIT | MSG_TRUNC, NULL);
    for (int i = 0; i < received; i++) {
        unsigned length = messages[i].msg_len;
        packets[i].length = length < virtio_header_size ? 0 : length - virtio_header_size;
        packets[i].tag = vlan_tag(&messages[i].msg_hdr);
    }
    return received;
}
