import SystemPackage

/// Messages on their way to the client.
///
/// QEMU reads a message's header with one call and gives the connection up when that returns less than 16 bytes. A send
/// is delivered in one piece up to ``pieceSize``, so small messages are sent together only up to there and never cut; a
/// larger message goes alone, and only its data can be cut. So does one with a descriptor, which goes with its header.
final class SendQueue {
    /// Linux delivers up to 32 KiB of a stream socket's send in one piece, with the default buffer size.
    private static let pieceSize = 16_384

    let bytes = ByteQueue(capacity: Limits.outputCapacity)
    /// Bytes that are left of a message whose beginning was sent.
    private var remainder = 0

    /// Descriptors that go with messages in the queue, by the offset of the message. The queue does not own them.
    private var attachments: [(offset: Int, descriptor: CInt)] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// Has `descriptor` go with the message that is appended next.
    func attach(_ descriptor: CInt) { attachments.append((bytes.count, descriptor)) }

    /// Sends what `transport` takes. Returns the error of a failure.
    func flush(to transport: any Transport) -> Errno? {
        while !bytes.isEmpty {
            let piece = remainder > 0 ? remainder : nextPiece()
            switch transport.send(piece, from: bytes, descriptor: firstDescriptor) {
            case .sent(let count):
                remainder = piece - count
                noteSent(count)
            case .wouldBlock: return nil
            case .failed(let error): return error
            }
        }
        return nil
    }

    /// The descriptor that goes with the first byte of the queue.
    private var firstDescriptor: CInt? {
        guard let first = attachments.first, first.offset == 0 else { return nil }
        return first.descriptor
    }

    private func noteSent(_ count: Int) {
        guard !attachments.isEmpty, count > 0 else { return }
        attachments.removeAll { $0.offset < count }
        for index in attachments.indices { attachments[index].offset -= count }
    }

    /// How many bytes from a message's beginning go into one send.
    private func nextPiece() -> Int {
        var size = Header.size(in: bytes, at: 0)
        if firstDescriptor != nil { return size }
        while size < min(bytes.count, attachments.first?.offset ?? .max) {
            let next = size + Header.size(in: bytes, at: size)
            if next > Self.pieceSize { break }
            size = next
        }
        return size
    }
}
