// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A bounded first-in first-out queue of frames, each with what is left to do of it and when it may go on.
struct QueuedFrames: ~Copyable {
    static let limit = 4096

    private struct Mark {
        var offload: FrameBatch.Offload
        /// Nanoseconds.
        var due: UInt64
    }

    private var frames = FrameStore()
    private var marks: [Mark] = []
    /// Marks of frames that left.
    private var left = 0

    var isEmpty: Bool { frames.isEmpty }
    /// When the first frame may go on, in nanoseconds.
    var nextDue: UInt64? { isEmpty ? nil : marks[left].due }

    /// Copies a frame. False when there is no room.
    /// - Parameter flipped: a bit that is changed on the way, counted from the frame's first.
    mutating func append(
        _ index: Int, of batch: borrowing FrameBatch, due: UInt64 = 0, flipped: Int? = nil
    ) -> Bool {
        guard frames.count < Self.limit, frames.append(index, of: batch) else { return false }
        if let flipped { frames.flip(bit: flipped) }
        if left == marks.count {
            marks.removeAll(keepingCapacity: true)
            left = 0
        }
        marks.append(Mark(offload: batch[index].offload, due: due))
        return true
    }

    /// Takes the first frame out and appends it to `batch` by reference: valid until the next `append`. False when there is
    /// none, or the batch is full.
    mutating func moveFirst(to batch: inout FrameBatch) -> Bool {
        guard frames.moveFirst(to: &batch) != nil else { return false }
        batch[batch.count - 1].offload = marks[left].offload
        left += 1
        return true
    }

    mutating func moveAll(to batch: inout FrameBatch) { while moveFirst(to: &batch) {} }
}
