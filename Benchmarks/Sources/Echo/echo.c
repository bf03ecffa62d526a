/* SPDX-License-Identifier: Apache-2.0 */
// Sends back whatever comes, by UDP and by TCP, at the port given: the other side of a request and its response.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int bound(int type, int port) {
    const int one = 1;
    int fd = socket(AF_INET, type, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) != 0) exit(1);
    return fd;
}

static void datagrams(int fd) {
    char bytes[2048];
    for (;;) {
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        ssize_t count = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&peer, &size);
        if (count >= 0) sendto(fd, bytes, (size_t)count, 0, (struct sockaddr *)&peer, size);
    }
}

static void connection(int fd) {
    char bytes[2048];
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (;;) {
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count <= 0 || send(fd, bytes, (size_t)count, MSG_NOSIGNAL) != count) exit(0);
    }
}

int main(int count, char **arguments) {
    const int port = count > 1 ? atoi(arguments[1]) : 7;
    signal(SIGCHLD, SIG_IGN);
    int udp = bound(SOCK_DGRAM, port), tcp = bound(SOCK_STREAM, port);
    if (listen(tcp, 8) != 0) return 1;
    if (fork() == 0) datagrams(udp);
    for (;;) {
        int fd = accept(tcp, 0, 0);
        if (fd >= 0 && fork() == 0) connection(fd);
        close(fd);
    }
}
