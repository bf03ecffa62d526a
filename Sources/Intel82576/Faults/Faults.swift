// SPDX-License-Identifier: Apache-2.0

/// Which faults are injected on purpose, how often, and where. Nothing by default.
///
/// The same faults meet the same events with the same ``seed``: each kind has numbers of its own, which advance with the
/// events of that kind alone. What strikes by the clock does so from the moment on when the faults were put in force.
package struct Faults: Equatable, Sendable {
    package static let defaultSeed: UInt64 = 1

    package var seed = Faults.defaultSeed
    package var rules: [FaultKind: FaultRule] = [:]

    package init(seed: UInt64 = Faults.defaultSeed, _ rules: [FaultKind: FaultRule] = [:]) {
        (self.seed, self.rules) = (seed, rules)
    }

    /// Decides about the events of `kind`; `nil` without a rule, or with one that is not for `direction` or `function`.
    package func sequence(
        _ kind: FaultKind, direction: FaultRule.Direction? = nil, function: FaultRule.Function? = nil
    ) -> FaultSequence? {
        guard let rule = rules[kind], rule.applies(to: direction), rule.applies(to: function) else { return nil }
        let stream = direction.map { $0 == .fromWire ? 0 : 1 } ?? function?.number ?? 0
        return FaultSequence(rule, FaultNumbers(seed: seed, kind, stream: stream))
    }

    /// When faults of `kind` begin and end; `nil` without a rule.
    package func schedule(_ kind: FaultKind, now: UInt64) -> FaultSchedule? {
        rules[kind].flatMap { FaultSchedule($0, now: now) }
    }
}

/// How often a fault strikes, and where. Which of it means something is for the kind to say: ``FaultKind/words``.
package struct FaultRule: Equatable, Sendable {
    package enum Frequency: Equatable, Sendable {
        /// Each event has this chance, in millionths.
        case chance(millionths: UInt64)
        /// The Nth event, and each Nth after it.
        case every(UInt64)
        /// So many nanoseconds after the faults were put in force, and again after each as many.
        case period(UInt64)
    }

    package enum Direction: Equatable, Sendable, CaseIterable {
        case fromWire
        case toWire
    }

    package enum Function: Equatable, Sendable {
        case pf
        case vf(Int)

        /// 0 for the PF, v + 1 for VF v.
        package var number: Int {
            switch self {
            case .pf: 0
            case .vf(let index): index + 1
            }
        }
    }

    package var frequency: Frequency
    /// Strikes at most; `nil` for no limit.
    package var limit: UInt64?
    /// Nanoseconds that a strike lasts.
    package var duration: UInt64 = 0
    /// Nanoseconds by which something is late.
    package var delay: UInt64 = 0
    /// `nil` for both.
    package var direction: Direction?
    /// `nil` for all.
    package var function: Function?
    /// `nil` for all.
    package var queue: Int?

    package init(_ frequency: Frequency) { self.frequency = frequency }

    fileprivate func applies(to direction: Direction?) -> Bool {
        direction == nil || self.direction == nil || self.direction == direction
    }

    fileprivate func applies(to function: Function?) -> Bool {
        function == nil || self.function == nil || self.function == function
    }

    /// Whether the rule is for the function with ``Function/number`` `number`.
    package func isFor(function number: Int) -> Bool { function == nil || function?.number == number }

    /// The queues that the rule is for, a bit each.
    package var queues: UInt32 { queue.map { 1 &<< UInt32(truncatingIfNeeded: $0) } ?? 0xFFFF }
}
