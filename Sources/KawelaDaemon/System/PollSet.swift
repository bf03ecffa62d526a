import CKawela
import Glibc

/// What a descriptor was found to be.
struct Readiness: OptionSet {
    let rawValue: UInt8
    static let readable = Readiness(rawValue: 1 << 0)
    static let writable = Readiness(rawValue: 1 << 1)
    /// Error, hang-up, or not an open descriptor. Reported whether asked for or not.
    static let failed = Readiness(rawValue: 1 << 2)
}

/// The descriptors of one wait, in the order they were added.
///
/// It is filled anew for each wait, so nothing can go stale when a descriptor is closed and its number is used again,
/// which an epoll set would not notice. Reuses its storage.
struct PollSet {
    private var entries: [pollfd] = []

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
    }

    /// Adds a descriptor; a negative one is never ready.
    mutating func add(_ descriptor: CInt, readable: Bool = true, writable: Bool = false) {
        let events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0)
        entries.append(pollfd(fd: descriptor, events: CShort(events), revents: 0))
    }

    /// Waits until a descriptor is ready, `nanoseconds` have passed (`nil`: for ever) or a signal handler ran. Whether a
    /// descriptor is ready.
    @discardableResult
    mutating func wait(nanoseconds: UInt64?) throws(Failure) -> Bool {
        let limit = nanoseconds.map { Int64(clamping: $0) } ?? -1
        // SAFETY: the buffer is valid and `entries.count` long during the call.
        let ready = unsafe entries.withUnsafeMutableBufferPointer { entries in
            unsafe kw_poll(entries.baseAddress, CUnsignedInt(entries.count), limit)
        }
        guard ready < 0 else { return ready > 0 }
        let code = errno
        for index in entries.indices { entries[index].revents = 0 }
        guard code == EINTR || code == EAGAIN else {
            throw .failed("cannot wait for events: \(systemMessage(code))")
        }
        return false
    }

    func readiness(at index: Int) -> Readiness {
        let events = CInt(entries[index].revents)
        var readiness: Readiness = []
        if events & POLLIN != 0 { readiness.insert(.readable) }
        if events & POLLOUT != 0 { readiness.insert(.writable) }
        if events & (POLLERR | POLLHUP | POLLNVAL) != 0 { readiness.insert(.failed) }
        return readiness
    }
}
