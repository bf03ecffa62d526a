/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

// Fills `address` from a numeric host. Its length, or 0 when it is none.
static socklen_t internet_address(const char *host, uint16_t port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1) return 0;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return sizeof *six;
}

bool kw_inet_is_numeric(const char *host) {
    struct sockaddr_storage address;
    return internet_address(host, 0, &address) > 0;
}

// A socket with its options set; fills `address`. -1 with errno on failure.
static int make_socket(const char *host, uint16_t port, int type, struct sockaddr_storage *address, socklen_t *length) {
    *length = internet_address(host, port, address);
    if (*length == 0) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(address->ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
    if (fd >= 0 && type == SOCK_STREAM) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static int close_failed(int fd) {
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int kw_inet_connect(const char *host, uint16_t port) {
    struct sockaddr_storage address;
    socklen_t length;
    int fd = make_socket(host, port, SOCK_STREAM, &address, &length);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, length) == 0 || errno == EINPROGRESS) return fd;
    return close_failed(fd);
}

int kw_inet_bind(const char *host, uint16_t port, int type) {
    struct sockaddr_storage address;
    socklen_t length;
    int fd = make_socket(host, port, type, &address, &length);
    if (fd < 0) return -1;
    int one = 1;
    if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, length) < 0) return close_failed(fd);
    if (type == SOCK_STREAM && listen(fd, 16) < 0) return close_failed(fd);
    return fd;
}

int kw_inet_set_peer(int fd, const char *host, uint16_t port) {
    struct sockaddr_storage address;
    socklen_t length = internet_address(host, port, &address);
    return connect(fd, (struct sockaddr *)&address, length);
}

int kw_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}
