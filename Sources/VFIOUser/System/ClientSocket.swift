// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import SystemPackage

/// A connected UNIX stream socket.
@safe final class ClientSocket: Transport {
    private let socket: Descriptor
    private let closer: Closer
    private let received: UnsafeMutablePointer<CInt>

    /// Takes ownership of `socket` and makes it non-blocking.
    /// - Parameter closer: closes descriptors that arrive.
    init(_ socket: Descriptor, _ closer: Closer) {
        (self.socket, self.closer) = (socket, closer)
        try? socket.setNonBlocking()
        unsafe received = .allocate(capacity: Int(KW_MESSAGE_DESCRIPTORS))
    }

    deinit {
        socket.hangUp()
        unsafe received.deallocate()
    }

    var descriptor: CInt { socket.number }

    func receive(into queue: ByteQueue, _ descriptors: inout [Descriptor]) -> ReceiveResult {
        var (size, error) = (0, Errno(rawValue: 0))
        var count: CInt = 0
        var isTruncated = false
        // SAFETY: kw_receive writes at most the bytes and descriptors it is given room for.
        unsafe queue.fill { free in
            size = unsafe kw_receive(socket.number, free.baseAddress, free.count, received, &count, &isTruncated)
            error = .last
            return max(size, 0)
        }
        for index in 0..<Int(count) { unsafe descriptors.append(Descriptor(received[index], closer: closer)) }
        if size < 0 { return Self.isPassing(error) ? .nothing : .failed(error) }
        if isTruncated { return .descriptorsLost }
        if count > Limits.descriptorsPerMessage { return .tooManyDescriptors }
        return size == 0 ? .ended : .received
    }

    func send(_ count: Int, from queue: ByteQueue) -> SendResult {
        // SAFETY: the part lies in the queued bytes, which do not move during the call.
        var part = unsafe iovec(iov_base: queue.readable.baseAddress, iov_len: min(count, queue.count))
        let sent = unsafe kw_send(socket.number, &part, 1, nil, 0)
        let error = Errno.last
        if sent < 0 { return Self.isPassing(error) ? .wouldBlock : .failed(error) }
        queue.removeFirst(sent)
        return .sent(sent)
    }

    private static func isPassing(_ error: Errno) -> Bool {
        error == .resourceTemporarilyUnavailable || error == .interrupted
    }

    var hasHungUp: Bool { (try? readiness(of: socket.number))?.contains(.failed) == true }

    func wait(forWriting: Bool, for duration: Duration) -> Bool {
        let nanoseconds = Int64(clamping: Int128(duration / .nanoseconds(1)))
        do throws(Errno) {
            return try !readiness(
                of: socket.number, readable: true, writable: forWriting, within: max(nanoseconds, 0)
            ).isEmpty
        } catch {
            return error == .interrupted
        }
    }
}
