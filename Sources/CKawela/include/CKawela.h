/* SPDX-License-Identifier: Apache-2.0 */
// The C declarations Swift cannot import by itself: system headers outside its Glibc module map, CMSG macros,
// variadic ioctl, relaxed accesses to memory a guest may be writing.
#ifndef CKAWELA_H
#define CKAWELA_H

#include <net/if.h>
#include <poll.h>

#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>

// Guest memory: one access, never torn, never repeated. Address must be aligned to the access.
static inline uint64_t kw_load64(const void *p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED); }
// Stores that make all earlier ones visible to the guest first (a descriptor's DD bit).
static inline void kw_store32_release(void *p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELEASE); }
static inline void kw_store64_release(void *p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELEASE); }

// A hint that the cache line at `p` will be written soon. Any address will do.
static inline void kw_prefetch_for_writing(const void *p) {
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char *)p));
#else
    __builtin_prefetch(p, 1);
#endif
}

/// The sum modulo 2^64 - 1 of the 64-bit words of `count` bytes at `start`, the last of them filled up with zeros, on a
/// little-endian host. With the widest vectors that the processor has: a Swift function cannot be compiled for several
/// processors.
uint64_t kw_sum(const void *start, size_t count);

/// memfd_create(2) with MFD_CLOEXEC | MFD_ALLOW_SEALING.
int kw_memfd(const char *name);
/// memfd_create(2) with MFD_CLOEXEC and `size` bytes, a size that nobody can change: F_SEAL_SHRINK, F_SEAL_GROW,
/// F_SEAL_SEAL. -1 with errno on failure.
int kw_memfd_sealed(const char *name, size_t size);

// Memory shared with another process that may be writing it. Address must be aligned to the access.
static inline uint16_t kw_load16(const void *p) { return __atomic_load_n((const uint16_t *)p, __ATOMIC_RELAXED); }
static inline uint16_t kw_load16_acquire(const void *p) { return __atomic_load_n((const uint16_t *)p, __ATOMIC_ACQUIRE); }
static inline void kw_store16(void *p, uint16_t v) { __atomic_store_n((uint16_t *)p, v, __ATOMIC_RELAXED); }
static inline void kw_store16_release(void *p, uint16_t v) { __atomic_store_n((uint16_t *)p, v, __ATOMIC_RELEASE); }
static inline uint32_t kw_load32(const void *p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED); }
/// Nothing that follows is read before what stands above is written.
static inline void kw_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline uint32_t kw_load32_acquire(const void *p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE); }

/// A close-on-exec UNIX socket of `type` (SOCK_STREAM, SOCK_DGRAM) bound to `path`; a SOCK_STREAM one also listens.
/// -1 with errno ENAMETOOLONG when the path does not fit sockaddr_un.
int kw_unix_bind(const char *path, int type);
/// kw_unix_bind, with a file that has `mode` from the moment it is there, or less by the umask; -1 leaves it to the umask.
int kw_unix_bind_with_mode(const char *path, int type, int mode);
/// Gives the socket file `path` its owners, (unsigned)-1 for one that stays, and then exactly `mode`. 0, or -1 with errno:
/// ENOTSOCK when another file is there.
int kw_unix_set_access(const char *path, int mode, unsigned user, unsigned group);
/// Process and user at the other end of a connected UNIX socket, as they were when it connected (SO_PEERCRED). 0, or -1
/// with errno.
int kw_unix_peer(int fd, int *process, unsigned *user);
/// Connects `fd`, or a new close-on-exec stream socket when `fd` is -1, to `path`. -1 with errno on failure.
int kw_unix_connect(int fd, const char *path);
/// A close-on-exec datagram socket that is connected to a service manager's: `name` is an absolute path, or an abstract name
/// after an @ (sd_notify(3)). -1 with errno on failure.
int kw_notify_socket(const char *name);
/// accept4 with SOCK_CLOEXEC | SOCK_NONBLOCK.
int kw_accept(int fd);
int kw_set_nonblocking(int fd);

/// Whether `host` is an IPv4 or IPv6 address in numbers.
bool kw_inet_is_numeric(const char *host);
/// A close-on-exec, non-blocking TCP socket, without delay of small segments, that is connected to a numeric host or will be:
/// then it is writable, and kw_socket_error tells how it went. -1 with errno on failure.
int kw_inet_connect(const char *host, uint16_t port);
/// A close-on-exec, non-blocking socket of `type` (SOCK_STREAM, SOCK_DGRAM) bound to a numeric host; a SOCK_STREAM one also
/// listens, and those it accepts do not delay small segments. -1 with errno on failure.
int kw_inet_bind(const char *host, uint16_t port, int type);
/// Has the UDP socket `fd` send to, and receive from, nobody but a numeric host. 0, or -1 with errno.
int kw_inet_set_peer(int fd, const char *host, uint16_t port);
/// The error that a socket has pending (SO_ERROR), which is taken; 0 for none.
int kw_socket_error(int fd);

/// Whether two descriptors of this process are the same open file (kcmp). False where the kernel has no kcmp.
bool kw_same_file(int one, int other);
/// The seals of a file in memory (F_GET_SEALS); -1 with errno for any other file.
int kw_seals(int fd);
/// Whether `fd` is open in a way in which mmap can map it shared, to write too if `writable`: 0, or the error it would have.
int kw_mapping_error(int fd, bool writable);
/// Has the kernel refuse to send descriptors to a UNIX socket and to those it accepts (SO_PASSRIGHTS, Linux 6.16).
/// -1 with errno where it cannot.
int kw_refuse_descriptors(int fd);

/// Descriptors that a message can carry (SCM_MAX_FD).
#define KW_MESSAGE_DESCRIPTORS 253
/// recvmsg with SCM_RIGHTS. Received descriptors (close-on-exec) go to fds[0..<*count], which has room for all that a
/// message can carry; *truncated is set when this process may not open as many as came. Returns recvmsg's result.
ssize_t kw_receive(int fd, void *buffer, size_t size, int *fds, int *count, bool *truncated);
/// sendmsg with SCM_RIGHTS and MSG_NOSIGNAL.
ssize_t kw_send(int fd, const struct iovec *parts, int part_count, const int *fds, int fd_count);

#define KW_DATAGRAM_BATCH 64
/// recvmmsg of up to `count` (at most KW_DATAGRAM_BATCH) datagrams, number i to slots + i * stride. Returns how many came,
/// or -1 with errno. lengths[i] is the datagram's own length: more than `slot_size` when its end was cut off. Descriptors
/// that came with them go to fds[0..<*fd_count], which has room for KW_MESSAGE_DESCRIPTORS a datagram. Never blocks.
int kw_receive_datagrams(int fd, void *slots, size_t stride, size_t slot_size, uint32_t *lengths, int count, int *fds,
                         int *fd_count);
/// sendmmsg of up to `count` (at most 64) datagrams to the UNIX socket `path`, or to what `fd` is bound to when that is
/// NULL; part_counts[i] of the `parts`, which follow each other, make up number i. Returns how many left; -1 with errno when the first could not. Never blocks.
int kw_send_datagrams(int fd, const char *path, const struct iovec *parts, const int *part_counts, int count);

/// The requests of ioctl(2) that the functions below make, at most `capacity` of them. Returns how many.
size_t kw_interface_requests(uint32_t *requests, size_t capacity);

/// Opens /dev/net/tun and attaches to the TAP interface `name` with IFF_NO_PI, with IFF_VNET_HDR (a header of `header_size`
/// bytes: 10, or 12 as virtio 1 has it) when the kernel has it. Sets *offloads to the TUN_F_ flags it accepted out of CSUM,
/// TSO4, TSO6, and USO4|USO6. Non-blocking. -1 with errno on failure; does not create an interface that does not exist
/// (ENODEV).
int kw_tap_open(const char *name, int header_size, bool *has_vnet_header, unsigned *offloads);

/// A close-on-exec, non-blocking rtnetlink socket that is readable when an interface of this thread's network namespace
/// appears, changes or goes. -1 with errno on failure.
int kw_link_watch(void);
/// Takes what `fd` of kw_link_watch has to read. Never blocks.
void kw_link_consume(int fd);
/// The IFF_ flags (0 to 0xFFFF) of an interface in the namespace of socket `fd`, and its index. -1 with errno on failure.
int kw_link_flags(int fd, const char *name, int *index);

/// A close-on-exec, non-blocking packet socket on the Ethernet interface `name`: promiscuous, without what the host sends
/// there, with a virtio-net header of 10 bytes before each frame. -1 with errno on failure: ENODEV without the interface,
/// EINVAL when it is no Ethernet, ENOPROTOOPT on a kernel before Linux 4.20.
int kw_packet_open(const char *name);
/// Moves such a socket to the interface `name`, away from that with the index `former` (0 for none), which may be gone. Takes no
/// capability, unlike opening one. 0, or -1 with errno.
int kw_packet_attach(int fd, const char *name, int former);
/// What kw_packet_receive says of a frame.
struct kw_packet {
    uint32_t length;  ///< The frame's own length: more than `frame_size` when its end was cut off.
    uint32_t tag;     ///< The VLAN tag the kernel took out of the frame, EtherType 31:16, control 15:0; 0 for none.
};
/// recvmmsg of up to `count` (at most 64) frames; header number i to slots + i * stride, its frame `frame_start` bytes
/// behind that. Returns how many came, or -1 with errno. Never blocks.
int kw_packet_receive(int fd, void *slots, size_t stride, size_t frame_start, size_t frame_size,
                      struct kw_packet *packets, int count);

/// Gives the TAP interface of `fd` a carrier or takes it away. 0, or -1 with errno (EINVAL before Linux 4.20).
int kw_tap_set_carrier(int fd, bool has_carrier);

/// A split virtqueue of this process for the kernel's vhost-net: its parts, and the eventfds by which each side tells the other.
struct kw_vhost_ring {
    unsigned index;  ///< 0: frames come by it, 1: frames leave by it.
    unsigned size;   ///< Descriptors, a power of two.
    void *descriptors, *avail, *used;
    int kick, call;
};
/// Opens /dev/vhost-net, close-on-exec, and has the kernel start the task that works in this process's memory
/// (VHOST_SET_OWNER). Sets *features to what it offers. -1 with errno on failure.
int kw_vhost_open(uint64_t *features);
/// Accepts features out of the offer: once, before a ring is attached. 0, or -1 with errno.
int kw_vhost_accept(int fd, uint64_t features);
/// Has the rings' descriptors refer to `size` bytes at `start`, a whole number of pages, by addresses from `address` on. 0, or
/// -1 with errno.
int kw_vhost_set_memory(int fd, uint64_t address, void *start, uint64_t size);
/// Sets up a ring that is not attached, empty. 0, or -1 with errno.
int kw_vhost_set_ring(int fd, const struct kw_vhost_ring *ring);
/// Has frames cross between the ring `index` and the TAP interface that the descriptor `tap` is attached to; -1 ends that, and
/// returns when the kernel no longer touches the ring. 0, or -1 with errno.
int kw_vhost_attach(int fd, unsigned index, int tap);
/// The requests of ioctl(2) that kw_vhost_set_memory, kw_vhost_set_ring and kw_vhost_attach make, at most `capacity` of them.
/// Returns how many.
size_t kw_vhost_requests(uint32_t *requests, size_t capacity);

/// Makes a SIGBUS inside [start, start + size), a whole mapping, harmless: the mapping is replaced by private zeros and
/// *lost (lives as long as the registration) becomes 1. For files another process may truncate.
/// Returns a slot number for kw_guard_remove, or -1 when all slots are taken. Any thread may add and remove its own.
int kw_guard_add(void *start, size_t size, int *lost);
void kw_guard_remove(int slot);
/// Installs the SIGBUS handler behind kw_guard_add. Once per process.
void kw_guard_install(void);

/// Writes `size` bytes, PIPE_BUF (4096) at most, to a file, pipe or terminal if there is room for them now, and nothing
/// otherwise. Does not wait, unless another process takes the room between the look and the write.
void kw_write_if_room(int fd, const void *bytes, size_t size);

/// Adds 1 to an eventfd that another process shares, whose O_NONBLOCK it can take away. 0 when it was added or the counter
/// is full, -1 with errno: EINTR when the call would have slept, after some 4 milliseconds.
int kw_event_signal(int fd);
/// Takes the count of such an eventfd. 1, or 0 when there is none, or -1 with errno like kw_event_signal.
int kw_event_take(int fd);

/// fstat's size, device and inode. 0, or -1 with errno.
int kw_file_identity(int fd, uint64_t *size, uint64_t *device, uint64_t *inode);

/// ppoll that waits at most `nanoseconds`; a negative number waits for ever.
int kw_poll(struct pollfd *entries, unsigned count, int64_t nanoseconds);
/// Has the kernel end the calling thread's timed waits on time; by default it may add 50 microseconds.
void kw_exact_timeouts(void);
/// PR_SET_NAME for the calling thread; the kernel keeps the first 15 bytes.
void kw_name_thread(const char *name);

/// PR_SET_NO_NEW_PRIVS for the calling thread and those it starts. 0, or -1 with errno.
int kw_no_new_privileges(void);
/// Empties the calling thread's effective, permitted, inheritable and ambient capabilities, and the bounding set where it
/// may. 0, or -1 with errno.
int kw_drop_capabilities(void);
/// Sets close-on-exec for every open descriptor from `first` on. Does nothing before Linux 5.11.
void kw_close_on_exec_from(unsigned first);

/// Rights that Landlock can leave for what is below a path (LANDLOCK_ACCESS_FS_).
#define KW_PATH_WRITE_FILES (1ULL << 1)
#define KW_PATH_READ_FILES (1ULL << 2)
#define KW_PATH_REMOVE_FILES (1ULL << 5)
#define KW_PATH_TRUNCATE (1ULL << 14)
#define KW_PATH_CONTROL_DEVICES (1ULL << 15)
/// Those that exist for a path which is no directory.
#define KW_PATH_RIGHTS_OF_FILES (KW_PATH_READ_FILES | KW_PATH_WRITE_FILES | KW_PATH_TRUNCATE | KW_PATH_CONTROL_DEVICES | 1)

/// The version of Landlock that this kernel has; -1 when it has none, or does not use it.
int kw_landlock_version(void);
/// A close-on-exec descriptor of a set of rules that denies everything `version` can: files, TCP, and UNIX sockets without a
/// path and signals to those outside. -1 with errno on failure.
int kw_landlock_create(int version);
/// Leaves `rights` (KW_PATH_) for `path` and what is below it. 0, or -1 with errno.
int kw_landlock_allow(int ruleset, int version, const char *path, uint64_t rights);
/// Leaves connecting by TCP to `port`. 0, also before version 4, which does not keep from it; or -1 with errno.
int kw_landlock_allow_connecting(int ruleset, int version, uint16_t port);
/// Confines the calling thread, and those it starts from then on, to `ruleset` and what confines it already. Takes
/// no_new_privileges. 0, or -1 with errno.
int kw_landlock_restrict(int ruleset);

/// What a filter answers a system call with.
#define KW_CALL_ALLOWED 0x7FFF0000U
#define KW_CALL_LOGGED 0x7FFC0000U
/// Plus an errno.
#define KW_CALL_FAILS 0x00050000U
/// Ends the process by SIGSYS.
#define KW_CALL_KILLS 0x80000000U
/// Gives `answer` to the call `number` if the low 32 bits of argument `argument`, and `mask`, are `value`; always with a
/// mask of 0. Rows of one number follow each other; the first one that fits counts, and the last has a mask of 0.
struct kw_call_row {
    int number;
    unsigned argument;
    uint32_t mask, value;
    uint32_t answer;
};
/// Answers for other calls: those of another architecture's numbers, those with a number above `newest`, and the rest.
struct kw_call_defaults {
    uint32_t foreign, newer, unlisted;
    int newest;
};
/// Filters the system calls of the calling thread, and of those it starts from then on, besides filters it has already. The
/// first rows are found fastest. Takes no_new_privileges. 0, or -1 with errno.
int kw_filter_calls(const struct kw_call_row *rows, size_t count, const struct kw_call_defaults *others);
/// Whether this kernel has such filters.
bool kw_has_filters(void);

/// posix_spawn_file_actions_addclosefrom_np: the child gets no descriptor from `first` on. 0 or an errno.
int kw_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

#endif
