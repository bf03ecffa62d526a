/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CBench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int cb_round_trips(bool tcp, const char *address, int port, int count, uint64_t *nanoseconds) {
    const struct timeval second = {.tv_sec = 1};
    const int one = 1;
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &peer.sin_addr);
    int fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    if (tcp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&peer, sizeof peer) != 0) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    int answered = 0;
    for (int number = 0; number < count && number - answered < 20; number++) {
        // Datagrams may be lost, and a late answer is not that to the next request.
        uint8_t request = (uint8_t)number, answer;
        uint64_t start = cb_now();
        if (send(fd, &request, 1, MSG_NOSIGNAL) != 1) continue;
        ssize_t got;
        do got = recv(fd, &answer, 1, 0);
        while (got == 1 && answer != request);
        if (got == 1) nanoseconds[answered++] = cb_now() - start;
    }
    close(fd);
    return answered;
}

// 32 copies of a frame at a time.
enum { burst = 32 };

int64_t cb_flood(const char *interface, const uint8_t *frame, size_t length, int rate, const bool *stop) {
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));
    if (fd < 0) return -1;
    const int one = 1;
    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
    struct sockaddr_ll there = {
        .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(interface), .sll_halen = ETH_ALEN};
    struct iovec part = {.iov_base = (void *)frame, .iov_len = length};
    struct mmsghdr messages[burst];
    for (int i = 0; i < burst; i++)
        messages[i] = (struct mmsghdr){
            .msg_hdr = {.msg_name = &there, .msg_namelen = sizeof there, .msg_iov = &part, .msg_iovlen = 1}};
    int64_t sent = 0;
    const uint64_t start = cb_now();
    while (!__atomic_load_n(stop, __ATOMIC_RELAXED)) {
        int64_t due = (int64_t)((cb_now() - start) * (uint64_t)rate / 1000000000u);
        if (due - sent < burst) {
            usleep(50);
            continue;
        }
        // What is late by more than 10 ms is not made up for.
        if (due - sent > rate / 100) sent = due - rate / 100;
        int count = sendmmsg(fd, messages, burst, 0);
        sent += count > 0 ? count : burst;
    }
    close(fd);
    return sent;
}

void cb_stop_flood(bool *stop) { __atomic_store_n(stop, true, __ATOMIC_RELAXED); }
