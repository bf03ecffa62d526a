// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How many times as long as usual a guest may take, on a machine that does other things as well: KAWELA_PATIENCE.
let patience = ProcessInfo.processInfo.environment["KAWELA_PATIENCE"].flatMap(Double.init) ?? 1

/// A point in time after which waiting stops.
public struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant
    public let seconds: Double

    public init(seconds: Double) {
        self.seconds = seconds
        instant = .now + .seconds(seconds)
    }

    public var hasPassed: Bool { .now >= instant }

    /// What poll(2) takes; 0 once the deadline has passed.
    public var milliseconds: CInt {
        let left = ContinuousClock.now.duration(to: instant)
        return CInt(max(0, min(Double(CInt.max), (left / .milliseconds(1)).rounded(.up))))
    }
}

/// Asks `condition` again and again until it says yes.
/// - Throws: after `seconds`, naming `what` was awaited.
public func eventually(
    _ what: @autoclosure () -> String, within seconds: Double, every interval: Double = 0.05,
    _ condition: () throws -> Bool
) throws {
    let deadline = Deadline(seconds: seconds * patience)
    while try !condition() {
        guard !deadline.hasPassed else { throw GuestError("not within \(deadline.seconds) s: \(what())") }
        usleep(useconds_t(interval * 1_000_000))
    }
}
