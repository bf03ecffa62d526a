// SPDX-License-Identifier: Apache-2.0

import CKawela

/// A place between two bytes of a frame.
struct FramePosition: BitwiseCopyable, Sendable {
    /// 0 is the header segment.
    fileprivate var segment = 0
    fileprivate var offset = 0
}

extension FrameBatch: ByteSink {
    // SAFETY: the promise of `addSegment` is that of `feed`'s caller: the bytes stay while the batch is used.
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) { unsafe addSegment(start, count: count) }

    /// Feeds the next `byteCount` bytes of frame `index` to `sink` and moves `position` past them.
    /// - Returns: how many bytes there were; fewer than asked for at the end of the frame.
    @inline(__always)
    @discardableResult
    func feed<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from position: inout FramePosition, to sink: inout Sink
    ) -> Int {
        // SAFETY: the buffer is used before the batch can change. Its first segment is the prefix.
        let segments = unsafe segments(of: index)
        var left = byteCount
        while left > 0, position.segment &+ 1 < segments.count {
            let segment = unsafe segments[position.segment &+ 1]
            let count = unsafe min(left, segment.iov_len &- position.offset)
            if let base = unsafe segment.iov_base, count > 0 {
                // SAFETY: offset + count <= iov_len, and the batch's filler vouches for the segment.
                unsafe sink.add(UnsafeRawPointer(base) + position.offset, count: count)
            }
            left &-= count
            position.offset &+= count
            if unsafe position.offset >= segment.iov_len { position = FramePosition(segment: position.segment &+ 1) }
        }
        return byteCount &- left
    }

    /// The place before byte `offset` of frame `index`; the frame's end if it is shorter.
    @inline(__always)
    func position(_ offset: Int, of index: Int) -> FramePosition {
        if offset < header(of: index).byteCount { return FramePosition(segment: 0, offset: offset) }
        return distantPosition(offset, of: index)
    }

    private func distantPosition(_ offset: Int, of index: Int) -> FramePosition {
        var position = FramePosition()
        var nowhere = PieceCounter()
        feed(offset, of: index, from: &position, to: &nowhere)
        return position
    }

    /// Copies the first `byteCount` bytes of frame `index`, or all if it is shorter, to byte `offset` of `place`.
    /// - Precondition: there is room for them.
    package func copy(_ byteCount: Int, of index: Int, to place: inout MutableRawSpan, at offset: Int) {
        precondition(byteCount >= 0 && offset >= 0 && offset <= place.byteCount &- byteCount)
        unsafe place.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var (position, copy) = (FramePosition(), unsafe PlaceCopy(next: start + offset))
            // SAFETY: `feed` adds byteCount bytes at most, for which there is room.
            feed(byteCount, of: index, from: &position, to: &copy)
        }
    }

    /// Appends the first `limit` bytes of frame `index`, or all if it is shorter, to `bytes`.
    package func copy(_ limit: Int, of index: Int, to bytes: inout [UInt8]) {
        var (position, copy) = (FramePosition(), ByteCopy())
        swap(&copy.bytes, &bytes)
        feed(limit, of: index, from: &position, to: &copy)
        swap(&copy.bytes, &bytes)
    }

    /// How many pieces the next `byteCount` bytes of frame `index` are in.
    func pieceCount(_ byteCount: Int, of index: Int, from position: FramePosition) -> Int {
        var position = position
        var counter = PieceCounter()
        feed(byteCount, of: index, from: &position, to: &counter)
        return counter.pieces
    }

    /// Adds `byteCount` bytes of frame `index`, from byte `offset` on, to `sink`. False when the frame is shorter.
    @inline(__always)
    func sum<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from offset: Int, into sink: inout Sink
    ) -> Bool {
        guard offset >= 0, byteCount >= 0 else { return false }
        let segments = unsafe segments(of: index)
        guard byteCount > 0, segments.count > 1, let header = unsafe segments[1].iov_base else {
            return sumScattered(byteCount, of: index, from: offset, into: &sink)
        }
        let inHeader = unsafe segments[1].iov_len &- offset
        if byteCount <= inHeader {
            // SAFETY: the range was just found to be inside the header segment.
            unsafe sink.add(UnsafeRawPointer(header) + offset, count: byteCount)
            return true
        }
        guard inHeader >= 0, segments.count == 3, unsafe byteCount &- inHeader <= segments[2].iov_len,
            let rest = unsafe segments[2].iov_base
        else { return sumScattered(byteCount, of: index, from: offset, into: &sink) }
        // SAFETY: the range was just found to end inside the segment behind the header.
        if inHeader > 0 { unsafe sink.add(UnsafeRawPointer(header) + offset, count: inHeader) }
        unsafe sink.add(UnsafeRawPointer(rest), count: byteCount &- inHeader)
        return true
    }

    @inline(never)
    private func sumScattered<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from offset: Int, into sink: inout Sink
    ) -> Bool {
        var position = position(offset, of: index)
        return feed(byteCount, of: index, from: &position, to: &sink) == byteCount
    }
}

private struct PieceCounter: ByteSink {
    var pieces = 0
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) { pieces &+= 1 }
}

@safe private struct PlaceCopy: ByteSink {
    var next: UnsafeMutableRawPointer
    // SAFETY: `feed` names only bytes that the batch's filler vouches for; its caller has room for as many as it asks for.
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) {
        unsafe next.copyMemory(from: start, byteCount: count)
        unsafe next += count
    }
}

private struct ByteCopy: ByteSink {
    var bytes: [UInt8] = []
    // SAFETY: `feed` names only bytes that the batch's filler vouches for.
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) {
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
    }
}
