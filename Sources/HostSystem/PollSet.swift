// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// What a descriptor was found to be.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: 1 << 0)
    package static let writable = Readiness(rawValue: 1 << 1)
    /// Error, hang-up, or not an open descriptor. Reported whether asked for or not.
    package static let failed = Readiness(rawValue: 1 << 2)

    fileprivate init(_ entry: pollfd) {
        let events = CInt(entry.revents)
        self = []
        if events & POLLIN != 0 { insert(.readable) }
        if events & POLLOUT != 0 { insert(.writable) }
        if events & (POLLERR | POLLHUP | POLLNVAL) != 0 { insert(.failed) }
    }
}

extension pollfd {
    fileprivate init(_ descriptor: CInt, readable: Bool, writable: Bool) {
        self.init(fd: descriptor, events: CShort((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)), revents: 0)
    }
}

/// The descriptors of one wait, in the order they were added.
///
/// It is filled anew for each wait, so nothing can go stale when a descriptor is closed and its number is used again,
/// which an epoll set would not notice. Reuses its storage.
package struct PollSet {
    private var entries: [pollfd] = []

    package init() {}

    package mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Adds a descriptor; a negative one is never ready.
    package mutating func add(_ descriptor: CInt, readable: Bool = true, writable: Bool = false) {
        entries.append(pollfd(descriptor, readable: readable, writable: writable))
    }

    /// Waits until a descriptor is ready, `nanoseconds` have passed (`nil`: for ever) or a signal handler ran. Whether a
    /// descriptor is ready.
    @discardableResult
    package mutating func wait(nanoseconds: UInt64?) throws(Errno) -> Bool {
        let limit = nanoseconds.map { Int64(clamping: $0) } ?? -1
        // SAFETY: the buffer is valid and `entries.count` long during the call.
        let ready = unsafe entries.withUnsafeMutableBufferPointer { entries in
            unsafe kw_poll(entries.baseAddress, CUnsignedInt(entries.count), limit)
        }
        guard ready < 0 else { return ready > 0 }
        let error = Errno.last
        for index in entries.indices { entries[index].revents = 0 }
        guard error == .interrupted || error == .resourceTemporarilyUnavailable else { throw error }
        return false
    }

    package func readiness(at index: Int) -> Readiness { Readiness(entries[index]) }
}

/// What `descriptor` is after at most `nanoseconds` of waiting for it; nothing when that time has passed. The time begins
/// anew when a signal handler ran.
package func readiness(
    of descriptor: CInt, readable: Bool = false, writable: Bool = false, within nanoseconds: Int64 = 0
) throws(Errno) -> Readiness {
    var entry = pollfd(descriptor, readable: readable, writable: writable)
    // SAFETY: one entry, which outlives the call.
    while unsafe kw_poll(&entry, 1, nanoseconds) < 0 {
        guard Errno.last == .interrupted else { throw .last }
    }
    return Readiness(entry)
}
