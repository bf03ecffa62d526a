import CKawela
import Glibc
import HostSystem

/// A connected UNIX stream socket.
@safe final class UnixSocket: Transport {
    private let socket: Descriptor
    private let closer: Closer
    private let received: UnsafeMutablePointer<CInt>

    /// Takes ownership of `socket` and makes it non-blocking.
    /// - Parameter closer: closes descriptors that arrive.
    init(_ socket: Descriptor, _ closer: Closer) {
        (self.socket, self.closer) = (socket, closer)
        _ = socket.setNonBlocking()
        unsafe received = .allocate(capacity: Int(KW_MESSAGE_DESCRIPTORS))
    }

    deinit {
        socket.hangUp()
        unsafe received.deallocate()
    }

    var descriptor: CInt { socket.number }

    func receive(into queue: ByteQueue, _ descriptors: inout [Descriptor]) -> ReceiveResult {
        var (size, errno) = (0, CInt(0))
        var count: CInt = 0
        var isTruncated = false
        // SAFETY: kw_receive writes at most the bytes and descriptors it is given room for.
        unsafe queue.fill { free in
            size = unsafe kw_receive(socket.number, free.baseAddress, free.count, received, &count, &isTruncated)
            errno = Glibc.errno
            return max(size, 0)
        }
        for index in 0..<Int(count) { unsafe descriptors.append(Descriptor(received[index], closer: closer)) }
        if size < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .failed(errno: errno) }
        if isTruncated { return .descriptorsLost }
        if count > Limits.descriptorsPerMessage { return .tooManyDescriptors }
        return size == 0 ? .ended : .received
    }

    func send(_ count: Int, from queue: ByteQueue, descriptor: CInt?) -> SendResult {
        // SAFETY: the part lies in the queued bytes, which do not move during the call; one descriptor is a local.
        var part = unsafe iovec(iov_base: queue.readable.baseAddress, iov_len: min(count, queue.count))
        var attached = descriptor ?? -1
        let sent = unsafe kw_send(socket.number, &part, 1, &attached, descriptor == nil ? 0 : 1)
        let errno = Glibc.errno
        if sent < 0 { return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(errno: errno) }
        queue.removeFirst(sent)
        return .sent(sent)
    }

    var hasHungUp: Bool {
        var entry = pollfd(fd: socket.number, events: 0, revents: 0)
        // SAFETY: poll is given one entry, a local.
        return unsafe poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLHUP | POLLERR) != 0
    }

    func wait(forWriting: Bool, for duration: Duration) -> Bool {
        let events = forWriting ? POLLIN | POLLOUT : POLLIN
        var entry = pollfd(fd: socket.number, events: Int16(events), revents: 0)
        let (seconds, attoseconds) = duration.components
        // Rounded up: a wait of less than a millisecond must not become a busy loop.
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
        // SAFETY: poll is given one entry, a local.
        let ready = unsafe poll(&entry, 1, CInt(clamping: max(milliseconds, 0)))
        return ready > 0 || (ready < 0 && Glibc.errno == EINTR)
    }
}
