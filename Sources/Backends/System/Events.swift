import CKawela
import Glibc
import SystemPackage

/// A one-shot timer with a descriptor (`timerfd`).
struct Timer: ~Copyable {
    private var timer: Descriptor

    init() throws(Errno) {
        timer = Descriptor(timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK | TFD_CLOEXEC)))
        if !timer.isOpen { throw Errno(rawValue: errno) }
    }

    var descriptor: CInt { timer.raw }

    mutating func close() { timer.close() }

    /// Starts it anew; 0 stops it.
    func start(milliseconds: Int) {
        var setting = itimerspec()
        setting.it_value = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        // SAFETY: `setting` outlives the call; the old setting is not asked for.
        unsafe timerfd_settime(timer.raw, 0, &setting, nil)
    }

    /// Whether it ran out since the last call.
    func consume() -> Bool { readCounter(timer.raw) }
}

/// A descriptor that is readable while the flag is up (`eventfd`).
struct EventFlag: ~Copyable {
    private var event: Descriptor
    private(set) var isUp = false

    init() throws(Errno) {
        event = Descriptor(eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC)))
        if !event.isOpen { throw Errno(rawValue: errno) }
    }

    var descriptor: CInt { event.raw }

    mutating func close() { event.close() }

    mutating func set(_ up: Bool) {
        guard up != isUp else { return }
        isUp = up
        if up { eventfd_write(event.raw, 1) } else { _ = readCounter(event.raw) }
    }
}

/// Several descriptors behind one (`epoll`).
struct EventSet: ~Copyable {
    private var epoll: Descriptor

    init() throws(Errno) {
        epoll = Descriptor(epoll_create1(CInt(EPOLL_CLOEXEC)))
        if !epoll.isOpen { throw Errno(rawValue: errno) }
    }

    var descriptor: CInt { epoll.raw }

    mutating func close() { epoll.close() }

    /// Waits for `descriptor` to be readable, or writable.
    func add(_ descriptor: CInt, writable: Bool) throws(Errno) {
        guard control(EPOLL_CTL_ADD, descriptor, writable) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Looks at a descriptor of the set afresh.
    func refresh(_ descriptor: CInt, writable: Bool) { _ = control(EPOLL_CTL_MOD, descriptor, writable) }

    private func control(_ operation: CInt, _ descriptor: CInt, _ writable: Bool) -> CInt {
        // SAFETY: `event` outlives the call. Its data, a union with a pointer, is not used.
        var event = unsafe epoll_event()
        unsafe event.events = (writable ? EPOLLOUT : EPOLLIN).rawValue
        return unsafe epoll_ctl(epoll.raw, operation, descriptor, &event)
    }
}

/// Whether `descriptor` is writable now.
func isWritable(_ descriptor: CInt) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // SAFETY: one entry, which outlives the call.
    return unsafe poll(&entry, 1, 0) > 0
}

/// Seconds and nanoseconds of the wall clock.
func wallClock() -> (seconds: UInt32, nanoseconds: UInt32) {
    var now = timespec()
    // SAFETY: `now` outlives the call.
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return (UInt32(truncatingIfNeeded: now.tv_sec), UInt32(truncatingIfNeeded: now.tv_nsec))
}

/// Reads the counter of an eventfd or timerfd; false when it is 0.
private func readCounter(_ descriptor: CInt) -> Bool {
    var count: UInt64 = 0
    // SAFETY: 8 bytes for the 8 the descriptor delivers.
    return unsafe read(descriptor, &count, 8) == 8
}
