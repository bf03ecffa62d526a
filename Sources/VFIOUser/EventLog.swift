// SPDX-License-Identifier: Apache-2.0

import Logging

/// A log that a client or peer cannot flood: a burst of messages, then one a second. What was left out is counted.
package final class EventLog {
    private static let burst = 20
    private let log: Logger
    private var credit = EventLog.burst
    private var lastRefill = ContinuousClock.now
    private var suppressed = 0

    package init(_ log: Logger) { self.log = log }

    func debug(_ message: @autoclosure () -> Logger.Message) { write(.debug, message) }
    package func info(_ message: @autoclosure () -> Logger.Message) { write(.info, message) }
    package func warning(_ message: @autoclosure () -> Logger.Message) { write(.warning, message) }

    private func write(_ level: Logger.Level, _ message: () -> Logger.Message) {
        guard log.logLevel <= level else { return }
        refill()
        guard credit > 0 else {
            suppressed += 1
            return
        }
        credit -= 1
        log.log(level: level, message(), metadata: suppressed > 0 ? ["suppressed": "\(suppressed)"] : nil)
        suppressed = 0
    }

    private func refill() {
        let seconds = (ContinuousClock.now - lastRefill).components.seconds
        guard seconds > 0 else { return }
        credit = Int(min(Int64(Self.burst), Int64(credit) + seconds))
        lastRefill = .now
    }
}
