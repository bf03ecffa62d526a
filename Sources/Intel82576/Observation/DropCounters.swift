// SPDX-License-Identifier: Apache-2.0

/// Frames that went nowhere since the port was made, by reason: all of them, those of each function, and those of each
/// queue. Neither drivers nor resets clear them.
final class DropCounters {
    private static let reasons = DropReason.allCases.count
    private static let queues = 16
    /// The PF, then each VF.
    private static let functions = 9

    /// A row for the port, then one for each function, then one for each queue.
    private let counts = FixedBuffer<UInt64>(repeating: 0, count: (1 + functions + queues) * reasons)

    /// Counts `frames` frames that are lost.
    /// - Parameters:
    ///   - queue: that sent them or would have got them, as far as it is known.
    ///   - function: that they are lost for: 0 for the PF, v + 1 for VF v.
    @inline(never)
    func count(_ reason: DropReason, queue: Int? = nil, function: Int? = nil, frames: Int = 1) {
        let frames = UInt64(truncatingIfNeeded: frames)
        counts[reason.rawValue] &+= frames
        if let function { counts[(1 + function) * Self.reasons + reason.rawValue] &+= frames }
        if let queue { counts[(1 + Self.functions + queue) * Self.reasons + reason.rawValue] &+= frames }
    }

    /// Of the whole port.
    subscript(reason: DropReason) -> UInt64 { counts[reason.rawValue] }

    /// Of `function`.
    subscript(reason: DropReason, function function: Int) -> UInt64 {
        counts[(1 + function) * Self.reasons + reason.rawValue]
    }

    /// Of `queue`.
    subscript(reason: DropReason, queue queue: Int) -> UInt64 {
        counts[(1 + Self.functions + queue) * Self.reasons + reason.rawValue]
    }
}
