// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Intel82576

/// A bounded first-in first-out store of frames, each with its prefix, in one piece of memory.
///
/// Holds any one batch. Memory is reserved at the start and touched only as far as it is used.
@safe struct FrameStore: ~Copyable {
    /// Before each record: its length (`UInt32`), then the length of its frame (`UInt32`).
    private static let overhead = 8
    static let capacity = FrameBatch.capacity * (overhead + FrameBatch.prefixCapacity + maximumFrameLength)

    private let memory: UnsafeMutableRawPointer
    private var head = 0
    private var tail = 0
    /// Bytes of the frame appended last, with its prefix.
    private var lastLength = 0
    /// Bytes of the first record that already left.
    private var sentOfFirst = 0
    /// Frames in the store.
    private(set) var count = 0

    init() { unsafe memory = .allocate(byteCount: Self.capacity, alignment: 64) }

    deinit { unsafe memory.deallocate() }

    var isEmpty: Bool { count == 0 }

    mutating func removeAll() {
        (head, tail, sentOfFirst, count) = (0, 0, 0, 0)
    }

    /// Copies a frame with its prefix, without the first `skipped` bytes of both. False when there is no room.
    mutating func append(_ index: Int, of batch: borrowing FrameBatch, skipping skipped: Int = 0) -> Bool {
        // SAFETY: segments are valid during the transmit this is called from; the copy is bounded by `makeRoom`.
        let segments = unsafe batch.segments(of: index)
        var length = -skipped
        for part in 0..<segments.count { unsafe length += segments[part].iov_len }
        guard length > 0, makeRoom(Self.overhead + length) else { return false }
        unsafe memory.storeBytes(of: UInt32(length), toByteOffset: tail, as: UInt32.self)
        unsafe memory.storeBytes(of: UInt32(batch[index].byteCount), toByteOffset: tail + 4, as: UInt32.self)
        var place = unsafe memory + tail + Self.overhead
        var toSkip = skipped
        for part in 0..<segments.count {
            let segment = unsafe segments[part]
            let passed = unsafe min(toSkip, segment.iov_len)
            toSkip -= passed
            guard let base = unsafe segment.iov_base, unsafe segment.iov_len > passed else { continue }
            unsafe place.copyMemory(from: base + passed, byteCount: segment.iov_len - passed)
            unsafe place += segment.iov_len - passed
        }
        tail += Self.overhead + length
        lastLength = length
        count += 1
        return true
    }

    /// Changes a bit, counted from the first one, of the frame appended last, which has no prefix.
    mutating func flip(bit: Int) {
        precondition(count > 0)
        let place = tail - lastLength + bit / 8
        guard bit >= 0, place < tail else { return }
        let byte = unsafe memory.load(fromByteOffset: place, as: UInt8.self)
        unsafe memory.storeBytes(of: byte ^ 1 << UInt8(bit % 8), toByteOffset: place, as: UInt8.self)
    }

    /// Room for `needed` bytes at the tail, moving the contents to the start if that gives it.
    private mutating func makeRoom(_ needed: Int) -> Bool {
        if isEmpty { removeAll() }
        if Self.capacity - tail < needed, head > 0 {
            // SAFETY: both ranges lie in `memory`; `memmove` allows them to overlap.
            unsafe _ = memmove(memory, memory + head, tail - head)
            (head, tail) = (0, tail - head)
        }
        return Self.capacity - tail >= needed
    }

    private func word(at offset: Int) -> Int {
        // SAFETY: records are written whole, so a record that begins at `offset` has both its words.
        unsafe Int(memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Bytes of the first record, with its prefix. There is one.
    var firstLength: Int { word(at: head) }

    /// `count` bytes of the first record, from its byte `start` on.
    @unsafe func firstRecord(from start: Int, _ count: Int) -> UnsafeRawPointer {
        precondition(self.count > 0 && start >= 0 && count >= 0 && start + count <= firstLength)
        return unsafe UnsafeRawPointer(memory) + head + Self.overhead + start
    }

    /// Takes the first record out; the bytes stay where they are until the next `append`.
    /// - Returns: the length of its frame.
    @discardableResult
    mutating func removeFirst() -> Int {
        precondition(count > 0)
        let frameLength = word(at: head + 4)
        head += Self.overhead + word(at: head)
        sentOfFirst = 0
        count -= 1
        return frameLength
    }
}

// MARK: Sending

extension FrameStore {
    /// Messages or pieces of one call.
    static let callLimit = 64

    /// Writes the first record with one `write`.
    func writeFirst(to descriptor: CInt) -> Transfer {
        precondition(count > 0)
        let length = word(at: head)
        // SAFETY: the record lies in `memory` as a whole.
        return Transfer.result { unsafe write(descriptor, memory + head + Self.overhead, length) }
    }

    /// Sends the records as one stream of bytes, many with one call.
    /// - Returns: `moved` is the number of bytes; pass it to ``consume(_:)``.
    func sendStream(to descriptor: CInt) -> Transfer {
        // SAFETY: the pieces are valid during the call.
        unsafe withPieces { pieces in
            Transfer.result { unsafe kw_send(descriptor, pieces.baseAddress, CInt(pieces.count), nil, 0) }
        }
    }

    /// Sends each record as a datagram to the socket at `path`, or to what the socket is bound to. `moved` is the number
    /// of records.
    func sendDatagrams(from descriptor: CInt, to path: String?) -> Transfer {
        // SAFETY: one count for each of the at most 64 pieces; all outlive the call.
        let ones = InlineArray<64, CInt>(repeating: 1)
        return unsafe withPieces { pieces in
            Transfer.result {
                unsafe ones.span.withUnsafeBufferPointer { counts in
                    unsafe Int(
                        kw_send_datagrams(descriptor, path, pieces.baseAddress, counts.baseAddress, CInt(pieces.count)))
                }
            }
        }
    }

    /// Takes `bytes` sent bytes off the front.
    /// - Returns: the frames completed by that, and their bytes.
    mutating func consume(_ bytes: Int) -> (frames: Int, bytes: Int) {
        var completed = (frames: 0, bytes: 0)
        var left = bytes
        while count > 0, left >= word(at: head) - sentOfFirst {
            left -= word(at: head) - sentOfFirst
            completed.frames += 1
            completed.bytes += removeFirst()
        }
        if count > 0 { sentOfFirst += left }
        return completed
    }

    /// The first records as `iovec`s, less what already left.
    private func withPieces(_ body: (UnsafeBufferPointer<iovec>) -> Transfer) -> Transfer {
        let pieceCount = min(count, Self.callLimit)
        // SAFETY: as many elements are initialized as are passed; each lies in `memory`, which outlives the call.
        return unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.callLimit) { pieces in
            var offset = head
            var skipped = sentOfFirst
            for index in 0..<pieceCount {
                let length = word(at: offset)
                unsafe pieces[index] = iovec(
                    iov_base: memory + offset + Self.overhead + skipped, iov_len: length - skipped)
                offset += Self.overhead + length
                skipped = 0
            }
            return unsafe body(UnsafeBufferPointer(rebasing: pieces[..<pieceCount]))
        }
    }
}

// MARK: Receiving again

extension FrameStore {
    /// Takes the first record out and appends it to `batch` by reference. Valid until the next `append`.
    /// - Returns: its length; `nil` when the store is empty or the batch full.
    mutating func moveFirst(to batch: inout FrameBatch) -> Int? {
        guard count > 0 else { return nil }
        let length = word(at: head)
        // SAFETY: the record lies in `memory`; the owner appends nothing while a batch refers to it.
        let appended = unsafe batch.append(memory + head + Self.overhead, count: length)
        guard appended else { return nil }
        removeFirst()
        return length
    }
}
