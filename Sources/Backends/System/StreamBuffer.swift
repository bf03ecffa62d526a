// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Intel82576

/// Received bytes of a stream of frames, each behind its length (32 bits, big-endian). Frames are handed out in place.
@safe struct StreamBuffer: ~Copyable {
    static let capacity = 512 * 1024
    static let prefixLength = 4

    /// What lies at the front.
    enum Front: Equatable {
        case frame(Int)
        case incomplete
        /// A length no frame can have: the sender is no stream of frames, or out of step.
        case malformed(UInt32)
    }

    private let memory: UnsafeMutableRawPointer
    private let descriptors: UnsafeMutablePointer<CInt>
    private let closer: Closer
    private var head = 0
    private var tail = 0

    /// - Parameter closer: closes descriptors that come with the bytes, of which none belongs to a stream of frames.
    init(_ closer: Closer) {
        self.closer = closer
        unsafe memory = .allocate(byteCount: Self.capacity, alignment: 64)
        unsafe descriptors = .allocate(capacity: Int(KW_MESSAGE_DESCRIPTORS))
    }

    deinit {
        unsafe memory.deallocate()
        unsafe descriptors.deallocate()
    }

    mutating func removeAll() { (head, tail) = (0, 0) }

    var front: Front {
        let available = tail &- head &- Self.prefixLength
        guard available >= 0 else { return .incomplete }
        // SAFETY: the four bytes were received.
        let length = unsafe UInt32(bigEndian: memory.loadUnaligned(fromByteOffset: head, as: UInt32.self))
        guard length > 0, length <= maximumFrameLength else { return .malformed(length) }
        return available >= Int(length) ? .frame(Int(length)) : .incomplete
    }

    /// Receives once, as much as there is room for. `moved(0)` is the end of the stream.
    ///
    /// Moves an incomplete frame to the start first. To be called when the front is incomplete, and so there is room.
    mutating func fill(from descriptor: CInt) -> Transfer {
        if head > 0 {
            // SAFETY: both ranges lie in `memory`; `memmove` allows them to overlap.
            unsafe _ = memmove(memory, memory + head, tail - head)
            (head, tail) = (0, tail - head)
        }
        var (count, isTruncated) = (CInt(0), false)
        // SAFETY: what is received lies in `memory`; `descriptors` has room for those of a message.
        let result = Transfer.result {
            unsafe kw_receive(descriptor, memory + tail, Self.capacity - tail, descriptors, &count, &isTruncated)
        }
        for index in 0..<Int(count) { unsafe closer.close(descriptors[index]) }
        if case .moved(let count) = result { tail += count }
        return result
    }

    /// Appends the frame at the front, `length` bytes long, to `batch` by reference and passes on to the next. Valid until
    /// the next `fill`. False when the batch is full.
    mutating func moveFront(_ length: Int, to batch: inout FrameBatch) -> Bool {
        precondition(length <= tail &- head &- Self.prefixLength)
        // SAFETY: just checked; `memory` outlives the batch's use, and only `fill` writes to it.
        let appended = unsafe batch.append(memory + head + Self.prefixLength, count: length)
        if appended { head &+= Self.prefixLength &+ length }
        return appended
    }
}
