// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Holds the interrupts of a replay against those of its trace: which function sends which, and between which other events.
///
/// An interrupt is noted before the read that brings it about and after the write that does. So one of the trace may still
/// come with the event after it, and one here has to be in the trace before the next event. Those between the same two events
/// may have any order.
struct InterruptComparison {
    struct Interrupt: Equatable {
        /// Of the trace, that it is in, or of the event that it followed here.
        var line: Int
        var function: Int
        var interrupt: FunctionInterrupt
        /// Frames, which a replay has not, may have brought it about, or may have let it wait.
        var mayDiffer = false

        /// INTx is not asserted any more.
        var isRelease: Bool { interrupt == .intx(isAsserted: false) }

        func isSame(as other: Interrupt) -> Bool { function == other.function && interrupt == other.interrupt }
    }

    /// Of either side, that may wait for the other: more than the vectors of all functions.
    private static let limit = 256

    /// Of the trace, and not seen here yet.
    private(set) var missing: [Interrupt] = []
    /// Seen here, and not in the trace yet.
    private(set) var surplus: [Interrupt] = []
    /// Those that were in both.
    private(set) var equal = 0

    /// Takes one of the trace.
    /// - Returns: whether it was seen here.
    mutating func expect(_ interrupt: Interrupt) -> Bool {
        if let position = surplus.firstIndex(where: { $0.isSame(as: interrupt) }) {
            surplus.remove(at: position)
            equal += 1
            return true
        }
        missing.append(interrupt)
        return false
    }

    /// Takes one that was sent here.
    mutating func take(_ interrupt: Interrupt) {
        if let position = missing.firstIndex(where: { $0.isSame(as: interrupt) }) {
            missing.remove(at: position)
            equal += 1
        } else {
            surplus.append(interrupt)
        }
    }

    /// Whether the last one of the trace still waits.
    func isMissing(_ interrupt: Interrupt) -> Bool { missing.last == interrupt }

    /// Too many of the trace follow each other without another event.
    var isFull: Bool { missing.count >= Self.limit }

    mutating func takeMissing() -> [Interrupt] {
        defer { missing = [] }
        return missing
    }

    mutating func takeSurplus() -> [Interrupt] {
        defer { surplus = [] }
        return surplus
    }
}
