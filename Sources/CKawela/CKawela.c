/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"
#include "Interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

int kw_memfd(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int kw_memfd_sealed(const char *name, size_t size) {
    int fd = kw_memfd(name);
    if (fd < 0) return -1;
    if (ftruncate(fd, (off_t)size) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static int unix_address(const char *path, struct sockaddr_un *address) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int kw_unix_bind(const char *path, int type) { return kw_unix_bind_with_mode(path, type, -1); }

// bind(2) gives the file the mode of the socket's own inode, less the umask.
int kw_unix_bind_with_mode(const char *path, int type, int mode) {
    struct sockaddr_un address;
    if (unix_address(path, &address) < 0) return -1;
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if ((mode >= 0 && fchmod(fd, (mode_t)mode) < 0) || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        (type == SOCK_STREAM && listen(fd, 4) < 0)) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

// By a descriptor of the file: others may write to its directory, and put another in its place.
int kw_unix_set_access(const char *path, int mode, unsigned user, unsigned group) {
    int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return -1;
    struct stat status;
    char name[32];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    int result = fstat(fd, &status);
    if (result == 0 && !S_ISSOCK(status.st_mode)) {
        errno = ENOTSOCK;
        result = -1;
    }
    if (result == 0) result = fchownat(fd, "", user, group, AT_EMPTY_PATH);
    if (result == 0) result = chmod(name, (mode_t)mode);
    int saved = errno;
    close(fd);
    errno = saved;
    return result;
}

int kw_unix_peer(int fd, int *process, unsigned *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -1;
    *process = peer.pid;
    *user = peer.uid;
    return 0;
}

int kw_unix_connect(int fd, const char *path) {
    struct sockaddr_un address;
    if (unix_address(path, &address) < 0) return -1;
    int own = fd < 0;
    if (own) fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int saved = errno;
    if (own) close(fd);
    errno = saved;
    return -1;
}

int kw_notify_socket(const char *name) {
    struct sockaddr_un address;
    if (unix_address(name, &address) < 0) return -1;
    size_t size = offsetof(struct sockaddr_un, sun_path) + strlen(name);
    if (name[0] == '@') {
        address.sun_path[0] = 0;  // The abstract name space, where the size counts.
    } else if (name[0] == '/') {
        size = sizeof address;
    } else {
        errno = EAFNOSUPPORT;
        return -1;
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, (socklen_t)size) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

int kw_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

void kw_write_if_room(int fd, const void *bytes, size_t size) {
    // Whoever has looked writes before another thread looks.
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    struct pollfd entry = {.fd = fd, .events = POLLOUT};
    struct timespec now = {0};
    if (ppoll(&entry, 1, &now, NULL) > 0 && (entry.revents & POLLOUT) != 0) {
        // A pipe that has room has it for so many bytes.
        ssize_t written = write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
        (void)written;
    }
    pthread_mutex_unlock(&mutex);
}

bool kw_same_file(int one, int other) {
    pid_t own = getpid();
    return syscall(SYS_kcmp, own, own, KCMP_FILE, one, other) == 0;
}

int kw_seals(int fd) { return fcntl(fd, F_GET_SEALS); }

int kw_refuse_descriptors(int fd) {
    int passes = 0;
    return setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &passes, sizeof passes);
}

int kw_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

enum { max_fds = KW_MESSAGE_DESCRIPTORS };

// Appends the descriptors that came with `message` to the `count` in `fds`, and returns how many there are then.
static int take_descriptors(struct msghdr *message, int *fds, int count) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        size_t bytes = c->cmsg_len - CMSG_LEN(0);
        memcpy(fds + count, CMSG_DATA(c), bytes);
        count += (int)(bytes / sizeof(int));
    }
    return count;
}

// The kernel closes descriptors for which it finds no number before the call returns: hence the timer.
ssize_t kw_receive(int fd, void *buffer, size_t size, int *fds, int *count, bool *truncated) {
    union {
        char bytes[CMSG_SPACE(max_fds * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {buffer, size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    *count = 0;
    *truncated = false;
    kw_begin_interruptible();
    ssize_t received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    kw_end_interruptible();
    if (received < 0) return received;
    *truncated = (message.msg_flags & MSG_CTRUNC) != 0;
    *count = take_descriptors(&message, fds, 0);
    return received;
}

ssize_t kw_send(int fd, const struct iovec *parts, int part_count, const int *fds, int fd_count) {
    union {
        char bytes[CMSG_SPACE(max_fds * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)part_count};
    if (fd_count > max_fds) {
        errno = EINVAL;
        return -1;
    }
    if (fd_count > 0) {
        size_t bytes = (size_t)fd_count * sizeof(int);
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(bytes);
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(c), fds, bytes);
    }
    return sendmsg(fd, &message, MSG_NOSIGNAL);
}

enum { datagram_batch = KW_DATAGRAM_BATCH };

int kw_receive_datagrams(int fd, void *slots, size_t stride, size_t slot_size, uint32_t *lengths, int count, int *fds,
                         int *fd_count) {
    struct mmsghdr messages[datagram_batch];
    struct iovec parts[datagram_batch];
    union {
        char bytes[CMSG_SPACE(max_fds * sizeof(int))];
        struct cmsghdr align;
    } controls[datagram_batch];
    if (count > datagram_batch) count = datagram_batch;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
        parts[i] = (struct iovec){(char *)slots + (size_t)i * stride, slot_size};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_control = controls[i].bytes;
        messages[i].msg_hdr.msg_controllen = sizeof controls[i].bytes;
    }
    kw_begin_interruptible();
    int received = recvmmsg(fd, messages, (unsigned)count, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC, NULL);
    kw_end_interruptible();
    *fd_count = 0;
    for (int i = 0; i < received; i++) {
        lengths[i] = messages[i].msg_len;
        if (messages[i].msg_hdr.msg_controllen > 0) *fd_count = take_descriptors(&messages[i].msg_hdr, fds, *fd_count);
    }
    return received;
}

int kw_send_datagrams(int fd, const char *path, const struct iovec *parts, const int *part_counts, int count) {
    struct mmsghdr messages[datagram_batch];
    struct sockaddr_un address;
    if (path && unix_address(path, &address) < 0) return -1;
    if (count > datagram_batch) count = datagram_batch;
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < count; i++) {
        messages[i].msg_hdr.msg_name = path ? &address : NULL;
        messages[i].msg_hdr.msg_namelen = path ? sizeof address : 0;
        messages[i].msg_hdr.msg_iov = (struct iovec *)parts;
        messages[i].msg_hdr.msg_iovlen = (size_t)part_counts[i];
        parts += part_counts[i];
    }
    return sendmmsg(fd, messages, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// Threads add and remove guards of their own at any time. A fault is in a mapping of the thread it happens in, whose slot
// does not change meanwhile; a slot that does is somebody else's.
enum { guard_slots = 16384 };
static struct {
    _Atomic(unsigned) version;  // odd while the rest changes
    _Atomic(uintptr_t) start;   // 0 marks a free slot
    _Atomic(uintptr_t) end;
    _Atomic(int *) lost;
} guards[guard_slots];

// The whole mapping at once: a page of its own for each fault would use up the process's mappings, and a mapping of huge
// pages cannot be replaced in part.
static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    uintptr_t address = (uintptr_t)info->si_addr;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    for (int i = 0; i < guard_slots; i++) {
        unsigned version = atomic_load(&guards[i].version);
        uintptr_t start = atomic_load(&guards[i].start);
        uintptr_t end = atomic_load(&guards[i].end);
        if (start == 0 || address < start || address >= end) continue;
        int *lost = atomic_load(&guards[i].lost);
        if (version & 1 || atomic_load(&guards[i].version) != version) continue;
        if (mmap((void *)start, end - start, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) break;
        *lost = 1;
        errno = saved;
        return;
    }
    signal(signal_number, SIG_DFL);  // Not ours: the access repeats and ends the process as it would have.
}

void kw_guard_install(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGBUS, &action, NULL);
}

int kw_guard_add(void *start, size_t size, int *lost) {
    for (int i = 0; i < guard_slots; i++) {
        unsigned version = atomic_load(&guards[i].version);
        if (version & 1 || atomic_load(&guards[i].start) != 0) continue;
        if (!atomic_compare_exchange_strong(&guards[i].version, &version, version + 1)) continue;
        atomic_store(&guards[i].lost, lost);
        atomic_store(&guards[i].end, (uintptr_t)start + size);
        atomic_store(&guards[i].start, (uintptr_t)start);
        atomic_store(&guards[i].version, version + 2);
        return i;
    }
    return -1;
}

void kw_guard_remove(int slot) {
    if (slot < 0 || slot >= guard_slots) return;
    atomic_fetch_add(&guards[slot].version, 1);
    atomic_store(&guards[slot].start, 0);
    atomic_fetch_add(&guards[slot].version, 1);
}

// Only files of these two have seals, none or some. fstatfs tells as well, but asks the file system: on FUSE that is another
// process, which need not answer.
int kw_file_identity(int fd, uint64_t *size, uint64_t *device, uint64_t *inode) {
    struct stat status;
    if (fstat(fd, &status) < 0) return -1;
    *size = (uint64_t)status.st_size;
    *device = (uint64_t)status.st_dev;
    *inode = (uint64_t)status.st_ino;
    return 0;
}

int kw_mapping_error(int fd, bool writable) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return errno;
    if (flags & O_PATH) return EBADF;
    int mode = flags & O_ACCMODE;
    return mode == O_RDWR || (mode == O_RDONLY && !writable) ? 0 : EACCES;
}

int kw_poll(struct pollfd *entries, unsigned count, int64_t nanoseconds) {
    struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(entries, count, nanoseconds < 0 ? NULL : &limit, NULL);
}

void kw_exact_timeouts(void) { prctl(PR_SET_TIMERSLACK, 1UL); }

void kw_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int kw_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}
