// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

// Which system calls each kind of thread may make. The most frequent ones come first: kernels before 5.11 try a filter's
// rows one by one for each call, later ones remember which calls are always allowed.

/// What every thread does, whatever it is there for: memory, locks, time, its own start and end, the log.
private let runtimeCalls: [CallRule] = [
    CallRule("futex", SYS_futex),
    CallRule("clock_gettime", SYS_clock_gettime),
    CallRule("close", SYS_close),
    CallRule("madvise", SYS_madvise),
    CallRule("munmap", SYS_munmap),
    CallRule("mmap", SYS_mmap, .notExecutable),
    CallRule("mprotect", SYS_mprotect, .notExecutable),
    CallRule("mremap", SYS_mremap),
    CallRule("brk", SYS_brk),
    CallRule("rt_sigreturn", SYS_rt_sigreturn),
    CallRule("rt_sigprocmask", SYS_rt_sigprocmask),
    CallRule("rt_sigaction", SYS_rt_sigaction),
    CallRule("sigaltstack", SYS_sigaltstack),
    CallRule("restart_syscall", SYS_restart_syscall),
    CallRule("clock_nanosleep", SYS_clock_nanosleep),
    CallRule("nanosleep", SYS_nanosleep),
    CallRule("sched_yield", SYS_sched_yield),
    CallRule("sched_getaffinity", SYS_sched_getaffinity),
    CallRule("getrandom", SYS_getrandom),
    CallRule("getpid", SYS_getpid),
    CallRule("gettid", SYS_gettid),
    CallRule("tgkill", SYS_tgkill, .ownProcess),
    CallRule("set_robust_list", SYS_set_robust_list),
    CallRule("rseq", SYS_rseq),
    CallRule("prctl", SYS_prctl, .nameOrTimerSlack),
    CallRule("exit", SYS_exit),
    CallRule("exit_group", SYS_exit_group),
]

/// To start a thread that closes descriptors, and to confine it more than its maker.
private let threadCalls: [CallRule] = [
    CallRule("clone", SYS_clone, .thread),
    CallRule("seccomp", SYS_seccomp),
]

/// What a session does, its end included: interrupts, and the timer that keeps them from blocking.
private let sessionCalls: [CallRule] = [
    CallRule("ppoll", SYS_ppoll),
    CallRule("write", SYS_write),
    CallRule("read", SYS_read),
    CallRule("recvmsg", SYS_recvmsg),
    CallRule("sendmsg", SYS_sendmsg),
    CallRule("writev", SYS_writev),
    CallRule("timer_settime", SYS_timer_settime),
    CallRule("timer_create", SYS_timer_create),
    CallRule("timer_delete", SYS_timer_delete),
    CallRule("timerfd_settime", SYS_timerfd_settime),
    CallRule("epoll_ctl", SYS_epoll_ctl),
    CallRule("epoll_create1", SYS_epoll_create1),
    CallRule("eventfd2", SYS_eventfd2),
    CallRule("shutdown", SYS_shutdown),
]

private let statusCalls: [CallRule] =
    [
        CallRule("newfstatat", SYS_newfstatat),
        CallRule("fstat", SYS_fstat),
        CallRule("readlinkat", SYS_readlinkat),
        CallRule("fcntl", SYS_fcntl, .descriptorFlagsAndSeals),
    ] + legacyStatusCalls

#if arch(x86_64)
    private let legacyStatusCalls = [
        CallRule("lstat", SYS_lstat), CallRule("stat", SYS_stat), CallRule("readlink", SYS_readlink),
    ]
    private let legacyRemovalCalls = [CallRule("unlink", SYS_unlink)]
#else
    private let legacyStatusCalls: [CallRule] = []
    private let legacyRemovalCalls: [CallRule] = []
#endif

/// For the main thread: the configuration file is read again, sockets are removed, the NVM file is brought to the disk.
private let supervisorCalls: [CallRule] =
    [
        CallRule("openat", SYS_openat, .readOnly),
        CallRule("unlinkat", SYS_unlinkat),
        CallRule("fdatasync", SYS_fdatasync),
        CallRule("statx", SYS_statx),
        CallRule("lseek", SYS_lseek),
        CallRule("getcwd", SYS_getcwd),
    ] + legacyRemovalCalls

/// For a port: clients come, and frames cross an uplink that is open.
private let portCalls: [CallRule] = [
    CallRule("recvmmsg", SYS_recvmmsg),
    CallRule("sendmmsg", SYS_sendmmsg),
    CallRule("recvfrom", SYS_recvfrom),
    CallRule("accept4", SYS_accept4),
    CallRule("getsockopt", SYS_getsockopt),
    CallRule("kcmp", SYS_kcmp, .ownProcess),
]

/// Once the process is confined, for a thread that is to be confined more.
private let restrictionCalls = [CallRule("landlock_restrict_self", SYS_landlock_restrict_self)]

/// Sets of system calls, by what threads are there for.
enum ThreadCalls {
    static let closer =
        runtimeCalls + [CallRule("write", SYS_write), CallRule("read", SYS_read), CallRule("ppoll", SYS_ppoll)]

    static let control =
        runtimeCalls + [
            CallRule("ppoll", SYS_ppoll), CallRule("read", SYS_read), CallRule("write", SYS_write),
            CallRule("sendto", SYS_sendto), CallRule("recvfrom", SYS_recvfrom), CallRule("accept4", SYS_accept4),
            CallRule("getsockopt", SYS_getsockopt), CallRule("shutdown", SYS_shutdown),
            CallRule("eventfd2", SYS_eventfd2),
        ]

    /// - Parameter needs: those of all ports, which this thread closes.
    static func supervisor(_ needs: PortNeeds) -> [CallRule] {
        sessionCalls + runtimeCalls + threadCalls + statusCalls + supervisorCalls + control(needs)
    }

    /// Requests of what is behind an uplink.
    private static func control(_ needs: PortNeeds) -> [CallRule] {
        let interfaces = needs.contains(.interface) ? [CallRule("ioctl", SYS_ioctl, .interfaces)] : []
        let vhost = needs.contains(.vhostNet) ? [CallRule("ioctl", SYS_ioctl, .vhostNet)] : []
        return interfaces.union(vhost)
    }

    static func port(_ needs: PortNeeds) -> [CallRule] {
        var calls = sessionCalls + portCalls + runtimeCalls + threadCalls + statusCalls + control(needs)
        if needs.contains(.tunDevice) { calls.append(CallRule("openat", SYS_openat)) }
        if needs.contains(.packetSocket) { calls.append(CallRule("bind", SYS_bind)) }
        if needs.contains(.unixSocket) { calls.append(CallRule("socket", SYS_socket, .unixSocket)) }
        if needs.contains(.internetSocket) { calls.append(CallRule("socket", SYS_socket, .internetSocket)) }
        if needs.contains(.connection) { calls.append(CallRule("connect", SYS_connect)) }
        if !needs.isDisjoint(with: [.connection, .packetSocket]) {
            calls.append(CallRule("setsockopt", SYS_setsockopt))
        }
        if needs.contains(.virtqueues) { calls.append(CallRule("memfd_create", SYS_memfd_create)) }
        if needs.contains(.nvm) { calls.append(CallRule("pwrite64", SYS_pwrite64)) }
        if !needs.isDisjoint(with: [.virtqueues, .capture]) { calls.append(CallRule("ftruncate", SYS_ftruncate)) }
        return calls
    }

    /// For the process before its threads have confined themselves further.
    static func process(_ threads: [[CallRule]]) -> [CallRule] {
        threads.reduce(restrictionCalls) { $0.union($1) }
    }
}

// MARK: Conditions

extension CallRule.Condition {
    fileprivate static let notExecutable = Self(
        argument: 2, mask: UInt32(PROT_EXEC), values: [0], text: "not executable")
    fileprivate static let ownProcess = Self(argument: 0, values: [UInt32(getpid())], text: "this process")
    fileprivate static let unixSocket = Self(argument: 0, values: [UInt32(AF_UNIX)], text: "AF_UNIX")
    fileprivate static let internetSocket = Self(
        argument: 0, values: [UInt32(AF_INET), UInt32(AF_INET6)], text: "AF_INET, AF_INET6")
    fileprivate static let readOnly = Self(
        argument: 2, mask: UInt32(O_ACCMODE | O_CREAT | O_TRUNC), values: [UInt32(O_RDONLY)], text: "to read")
    /// PR_SET_NAME and PR_SET_TIMERSLACK.
    fileprivate static let nameOrTimerSlack = Self(argument: 0, values: [15, 29], text: "thread name, timer slack")
    /// F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_ADD_SEALS, F_GET_SEALS.
    fileprivate static let descriptorFlagsAndSeals = Self(
        argument: 1, values: [1, 2, 3, 4, 1033, 1034], text: "flags and seals")
    fileprivate static let interfaces = Self(
        argument: 1, values: interfaceRequests(), text: "TAP and state of interfaces")
    fileprivate static let vhostNet = Self(argument: 1, values: vhostNetRequests(), text: "vhost-net's queues")
    /// With CLONE_THREAD, without CLONE_VFORK and new namespaces (CLONE_NEWNS, NEWTIME, NEWCGROUP to NEWNET).
    fileprivate static let thread = Self(
        argument: 0, mask: cloneThread | 0x4000 | 0x2_0000 | 0x80 | 0x7E00_0000, values: [cloneThread], text: "a thread"
    )
    private static let cloneThread: UInt32 = 0x1_0000
}
