// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

/// The client's end of a connection. Safe to use from another thread than the one that made it, one at a time.
final class TestClient: @unchecked Sendable {
    let descriptor: CInt
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        _ = kw_set_nonblocking(descriptor)
    }

    deinit { close() }

    func close() {
        if isOpen { _ = Glibc.close(descriptor) }
        isOpen = false
    }

    /// Sends in one piece. Returns how many bytes the socket took, -1 on failure.
    @discardableResult
    func send(_ bytes: [UInt8], descriptors: [CInt] = []) -> Int {
        var bytes = bytes
        return bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            return kw_send(descriptor, &part, 1, descriptors, CInt(descriptors.count))
        }
    }

    @discardableResult
    func send(_ message: Wire, descriptors: [CInt] = []) -> Int { send(message.bytes, descriptors: descriptors) }

    /// Takes what has arrived. True when the server has closed the connection.
    @discardableResult
    func receive() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let size = recv(descriptor, &piece, piece.count, 0)
            if size > 0 { buffer += piece[0..<size] } else { return size == 0 || errno != EAGAIN }
        }
    }

    /// A message as QEMU reads it, the header by itself, and the descriptors that came with the header, which are the
    /// caller's.
    func receiveMessage() -> (message: Wire?, descriptors: [CInt]) {
        let (header, descriptors) = receive(16)
        guard header.count == 16 else { return (nil, descriptors) }
        return (Wire(header + receive(Int(header.u32(4)) - 16).bytes), descriptors)
    }

    private func receive(_ size: Int) -> (bytes: [UInt8], descriptors: [CInt]) {
        var (piece, descriptors) = (
            [UInt8](repeating: 0, count: size), [CInt](repeating: -1, count: Int(KW_MESSAGE_DESCRIPTORS))
        )
        var (count, isTruncated) = (CInt(0), false)
        let received = kw_receive(descriptor, &piece, size, &descriptors, &count, &isTruncated)
        return (Array(piece.prefix(max(0, received))), Array(descriptors.prefix(Int(count))))
    }

    var hasNothing: Bool {
        receive()
        return buffer.isEmpty
    }

    /// The next message, if one has arrived as a whole.
    func next() -> Wire? {
        receive()
        guard let message = Wire(buffer) else { return nil }
        buffer.removeFirst(16 + message.payload.count)
        return message
    }

    /// The next message, waiting up to `milliseconds` for it.
    func awaitNext(milliseconds: CInt = 3000) -> Wire? {
        if let message = next() { return message }
        for _ in 0..<100 {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, milliseconds) > 0 || errno == EINTR else { return nil }
            if let message = next() { return message }
            if entry.revents & Int16(POLLHUP) != 0 { return nil }
        }
        return nil
    }
}
