// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576

// Frames between batches and shared memory, each byte copied once.

/// A place in a frame: the segment, of which the first is the prefix, and the byte in it.
struct SegmentPosition {
    var segment = 0
    var byte = 0
}

/// A part of a frame in shared memory.
struct SharedPiece {
    var offset: Int
    var count: Int
}

extension SharedMemory {
    /// Copies `count` bytes of a frame of `batch` and its prefix to `offset`, from `position` on, which moves behind them.
    @inline(__always)
    func fill(
        _ count: Int, at offset: Int, fromFrame index: Int, of batch: borrowing FrameBatch,
        _ position: inout SegmentPosition
    ) {
        // SAFETY: what is written lies in the `count` bytes; segments are valid during the transmit this is called from.
        var place = unsafe bytes(at: offset, count)
        let segments = unsafe batch.segments(of: index)
        var left = count
        while left > 0, position.segment < segments.count {
            let segment = unsafe segments[position.segment]
            let copied = unsafe min(left, segment.iov_len &- position.byte)
            if copied > 0, let base = unsafe segment.iov_base {
                unsafe place.copyMemory(from: base + position.byte, byteCount: copied)
                unsafe place += copied
                left &-= copied
                position.byte &+= copied
            }
            guard left > 0 else { return }
            position = SegmentPosition(segment: position.segment &+ 1)
        }
    }

    /// Appends the frame in `pieces` to `batch`: a copy of its first `copied` bytes, which nobody can change any more, and
    /// the rest by reference. False when the batch is full.
    @inline(__always)
    func append(_ pieces: [SharedPiece], copying copied: Int, to batch: inout FrameBatch) -> Bool {
        guard batch.beginFrame(segments: pieces.count &+ 1, headerBytes: copied) else { return false }
        var header = batch.addHeader(copied)
        // SAFETY: each piece lies in this memory; no more than `copied` bytes are written to the header.
        unsafe header.withUnsafeMutableBytes { header in
            var filled = 0
            for piece in pieces where filled < copied {
                let count = min(piece.count, copied &- filled)
                unsafe (header.baseAddress! + filled).copyMemory(from: bytes(at: piece.offset, count), byteCount: count)
                filled &+= count
            }
        }
        var skipped = copied
        for piece in pieces {
            let passed = min(skipped, piece.count)
            skipped &-= passed
            guard piece.count > passed else { continue }
            // SAFETY: the owner of the memory leaves the piece alone while the batch is used.
            unsafe batch.addSegment(
                bytes(at: piece.offset &+ passed, piece.count &- passed), count: piece.count &- passed)
        }
        return true
    }
}

extension FrameStore {
    /// Copies `count` bytes of the first record to `offset` in `memory`, from the record's byte `start` on.
    func copyFirst(from start: Int, _ count: Int, to memory: borrowing SharedMemory, at offset: Int) {
        // SAFETY: both ranges are checked to lie in the record and in the memory.
        unsafe memory.bytes(at: offset, count).copyMemory(from: firstRecord(from: start, count), byteCount: count)
    }
}
