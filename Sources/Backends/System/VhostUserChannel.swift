// SPDX-License-Identifier: Apache-2.0

import CKawela
import HostSystem

/// The socket of a vhost-user front end: requests with files go out, answers of a fixed length come in. Never blocks.
@safe struct VhostUserChannel: ~Copyable {
    let socket: Descriptor
    private let closer: Closer
    private let files: UnsafeMutablePointer<CInt>
    /// What came of the answer that is waited for.
    private var received: [UInt8] = []

    /// - Parameter closer: closes files that come with answers, to which none belongs.
    init(_ socket: Descriptor, _ closer: Closer) {
        (self.socket, self.closer) = (socket, closer)
        unsafe files = .allocate(capacity: Int(KW_MESSAGE_DESCRIPTORS))
    }

    deinit { unsafe files.deallocate() }

    /// Sends a request. The kernel takes one as a whole, or none of it.
    func send(_ message: VhostUserMessage) -> Transfer {
        var (bytes, files) = (message.bytes, message.files)
        // SAFETY: both arrays outlive the call.
        return unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe files.withUnsafeMutableBufferPointer { files in
                var part = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return Transfer.result {
                    unsafe kw_send(socket.number, &part, 1, files.baseAddress, CInt(files.count))
                }
            }
        }
    }

    /// Receives what is there of an answer, and no more than one. `moved(0)`: the other side has closed the socket.
    mutating func receive() -> Transfer {
        var piece = [UInt8](repeating: 0, count: VhostUserMessage.answerLength - received.count)
        var (count, isTruncated) = (CInt(0), false)
        // SAFETY: as many bytes are received as there are; `files` has room for those of a message.
        let result = unsafe piece.withUnsafeMutableBytes { piece in
            Transfer.result {
                unsafe kw_receive(socket.number, piece.baseAddress, piece.count, files, &count, &isTruncated)
            }
        }
        for index in 0..<Int(count) { unsafe closer.close(files[index]) }
        if case .moved(let length) = result { received += piece.prefix(length) }
        return result
    }

    /// The answer, once all of it has come.
    mutating func takeAnswer() -> [UInt8]? {
        guard received.count == VhostUserMessage.answerLength else { return nil }
        defer { received = [] }
        return received
    }
}
