// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Messages on their way to the client.
///
/// QEMU reads a message's header with one call and gives the connection up when that returns less than 16 bytes. A send
/// is delivered in one piece up to ``pieceSize``, so small messages are sent together only up to there and never cut; a
/// larger message goes alone, and only its data can be cut.
final class SendQueue {
    /// Linux delivers up to 32 KiB of a stream socket's send in one piece, with the default buffer size.
    private static let pieceSize = 16_384

    let bytes: ByteQueue
    /// Bytes that are left of a message whose beginning was sent.
    private var remainder = 0

    init(capacity: Int) { bytes = ByteQueue(capacity: capacity) }

    var isEmpty: Bool { bytes.isEmpty }

    /// Sends what `transport` takes. Returns the error of a failure.
    func flush(to transport: any Transport) -> Errno? {
        while !bytes.isEmpty {
            let piece = remainder > 0 ? remainder : nextPiece()
            switch transport.send(piece, from: bytes) {
            case .sent(let count): remainder = piece - count
            case .wouldBlock: return nil
            case .failed(let error): return error
            }
        }
        return nil
    }

    /// How many bytes from a message's beginning go into one send.
    private func nextPiece() -> Int {
        var size = Header.size(in: bytes, at: 0)
        while size < bytes.count {
            let next = size + Header.size(in: bytes, at: size)
            if next > Self.pieceSize { break }
            size = next
        }
        return size
    }
}
