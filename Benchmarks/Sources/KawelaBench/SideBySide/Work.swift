// SPDX-License-Identifier: Apache-2.0

import CBench

/// Work that comes in batches of frames.
protocol Work: AnyObject {
    /// Frames of a full batch.
    var frames: Int { get }
    /// Moves `count` frames.
    func move(_ count: Int) throws -> Passage
    /// The doorbell as it was rung last, for which there is nothing to do; `nil` when none starts a batch.
    var emptyDoorbell: (offset: Int, value: UInt32)? { get }
    /// - Throws: unless the device's and the wire's own counters agree with what was moved.
    func finish() throws
}

/// How a batch went: when its doorbell was rung, or its first byte sent, when the last descriptor said that it is done, and
/// when all of it had been found right.
struct Passage {
    private let start, done: UInt64
    private var verified: UInt64

    init(start: UInt64, done: UInt64) { (self.start, self.done, verified) = (start, done, done) }

    /// Says that descriptors and frames have been looked at.
    func checked() -> Passage {
        var passage = self
        passage.verified = cb_now()
        return passage
    }

    /// Nanoseconds.
    var untilDone: UInt64 { done - start }
    /// Nanoseconds, with what a driver waits for and reads: QEMU's answer, each descriptor, each byte received.
    var untilVerified: UInt64 { verified - start }
}
