// SPDX-License-Identifier: Apache-2.0

/// Random numbers that are the same for the same seed: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014).
package struct FaultNumbers: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// Numbers of one kind of faults. Those of another kind or stream are others.
    init(seed: UInt64, _ kind: FaultKind, stream: Int) {
        var mixed = FaultNumbers(seed: seed &+ UInt64(kind.index) &* 64 &+ UInt64(stream))
        state = mixed.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ number &>> 30) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ number &>> 27) &* 0x94D0_49BB_1331_11EB
        return number ^ number &>> 31
    }

    /// A number from 0 to before `bound`.
    package mutating func next(below bound: Int) -> Int {
        bound > 0 ? Int(truncatingIfNeeded: next() % UInt64(bound)) : 0
    }
}

/// Decides which of the events of one kind meet a fault.
package struct FaultSequence: Sendable {
    private let frequency: FaultRule.Frequency
    private let limit: UInt64?
    /// Nanoseconds by which something is late.
    package let delay: UInt64
    /// What the fault is like, where that is open. The same for the same events.
    package var numbers: FaultNumbers
    private var events: UInt64 = 0
    /// Faults so far.
    package private(set) var count: UInt64 = 0

    package init(_ rule: FaultRule, _ numbers: FaultNumbers) {
        (frequency, limit, delay, self.numbers) = (rule.frequency, rule.limit, rule.delay, numbers)
    }

    /// An event happens. Whether it meets the fault.
    package mutating func strikes() -> Bool {
        events &+= 1
        let isHit =
            switch frequency {
            case .chance(let millionths): numbers.next() % 1_000_000 < millionths
            case .every(let number): number > 0 && events % number == 0
            case .period: false
            }
        guard isHit, count < limit ?? .max else { return false }
        count &+= 1
        return true
    }
}

extension FaultSequence? {
    /// An event happens. Whether it meets the fault; never without a rule.
    package mutating func strikes() -> Bool { self?.strikes() ?? false }
    /// Faults so far.
    package var count: UInt64 { self?.count ?? 0 }
}

/// When a fault that strikes by the clock begins and ends.
package struct FaultSchedule: Sendable {
    package enum Change: Sendable {
        case began
        case ended
    }

    package let rule: FaultRule
    private let period: UInt64
    /// Between beginning and end of a strike that lasts.
    package private(set) var isActive = false
    /// When ``advance(to:)`` has news next, in nanoseconds; `nil` after the last strike.
    package private(set) var nextChange: UInt64?
    /// The beginning of the present or next strike.
    private var start: UInt64
    /// Strikes so far.
    package private(set) var count: UInt64 = 0

    /// `nil` for a rule that does not go by the clock.
    package init?(_ rule: FaultRule, now: UInt64) {
        guard case .period(let period) = rule.frequency, period > 0 else { return nil }
        (self.rule, self.period, start) = (rule, period, now &+ period)
        nextChange = start
    }

    /// Lets time pass. The change that is due, one at a time; `nil` when there is none. Strikes that were missed by more
    /// than a period are left out.
    package mutating func advance(to now: UInt64) -> Change? {
        guard let due = nextChange, due <= now else { return nil }
        if isActive {
            isActive = false
            scheduleNext(after: now)
            return .ended
        }
        count &+= 1
        if rule.duration > 0 {
            isActive = true
            nextChange = now &+ rule.duration
        } else {
            scheduleNext(after: now)
        }
        return .began
    }

    private mutating func scheduleNext(after now: UInt64) {
        start &+= period
        if start <= now { start = now &+ period &- (now &- start) % period }
        nextChange = count < rule.limit ?? .max ? start : nil
    }
}
