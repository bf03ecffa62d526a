// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// A descriptor that is readable from a ``signal()`` to the next ``take()`` (`eventfd`). Any thread may use it.
package final class Event: Sendable {
    package let descriptor: CInt

    package init() throws(Errno) {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        if descriptor < 0 { throw .last }
    }

    deinit { _ = Glibc.close(descriptor) }

    package func signal() { eventfd_write(descriptor, 1) }

    /// Whether it was signalled since the last call.
    @discardableResult
    package func take() -> Bool { readCounter(descriptor) }
}

/// A descriptor that is readable while the flag is up.
package struct EventFlag {
    private let event: Event
    package private(set) var isUp = false

    package init() throws(Errno) { event = try Event() }

    package var descriptor: CInt { event.descriptor }

    package mutating func set(_ up: Bool) {
        guard up != isUp else { return }
        isUp = up
        if up { event.signal() } else { event.take() }
    }
}

/// A one-shot timer with a descriptor (`timerfd`).
package struct Timer {
    private let timer: Descriptor

    package init() throws(Errno) {
        timer = try Descriptor(result: timerfd_create(CLOCK_MONOTONIC, CInt(TFD_NONBLOCK | TFD_CLOEXEC)))
    }

    package var descriptor: CInt { timer.number }

    package func close() { timer.close() }

    /// Starts it anew; 0 stops it.
    package func start(milliseconds: Int) {
        var setting = itimerspec()
        setting.it_value = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        // SAFETY: `setting` outlives the call; the old setting is not asked for.
        unsafe timerfd_settime(timer.number, 0, &setting, nil)
    }

    /// Whether it ran out since the last call.
    package func take() -> Bool { readCounter(timer.number) }
}

/// A descriptor that is readable while one of several others is ready (`epoll`).
package struct EventSet {
    private let epoll: Descriptor

    package init() throws(Errno) { epoll = try Descriptor(result: epoll_create1(CInt(EPOLL_CLOEXEC))) }

    package var descriptor: CInt { epoll.number }

    package func close() { epoll.close() }

    /// Waits for `descriptor` to be readable, or writable.
    package func add(_ descriptor: CInt, writable: Bool) throws(Errno) {
        if control(EPOLL_CTL_ADD, descriptor, writable) < 0 { throw .last }
    }

    /// Changes what a descriptor of the set is waited for, and reports it anew if it is ready (`EPOLL_CTL_MOD`).
    package func refresh(_ descriptor: CInt, writable: Bool) { _ = control(EPOLL_CTL_MOD, descriptor, writable) }

    /// Waits for `descriptor` no more. To be called before it is closed if others have the open file too.
    package func remove(_ descriptor: CInt) { _ = control(EPOLL_CTL_DEL, descriptor, false) }

    private func control(_ operation: CInt, _ descriptor: CInt, _ writable: Bool) -> CInt {
        // SAFETY: `event` outlives the call. Its data, a union with a pointer, is not used.
        var event = unsafe epoll_event()
        unsafe event.events = (writable ? EPOLLOUT : EPOLLIN).rawValue
        return unsafe epoll_ctl(epoll.number, operation, descriptor, &event)
    }
}

/// Reads the counter of an eventfd or timerfd; false when it is 0.
private func readCounter(_ descriptor: CInt) -> Bool {
    var count: UInt64 = 0
    // SAFETY: 8 bytes for the 8 the descriptor delivers.
    return unsafe read(descriptor, &count, 8) == 8
}
