// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Reads a rule of one kind of faults: how often first, then what the kind may say besides, in any order.
///
///     WHEN     N%, every N; for what goes by the clock: every TIME
///     for TIME, by TIME, in, out, pf, vfN, queue N, times N, once
///
/// A TIME is a number with us, ms or s.
struct FaultRuleParser {
    /// Nanoseconds. What goes by the clock takes a turn of the port's thread each time.
    private static let periods: ClosedRange<UInt64> = 1_000_000...3_600_000_000_000
    private static let delays: ClosedRange<UInt64> = 1_000...10_000_000_000

    private let kind: FaultKind
    private let text: String
    private var words: ArraySlice<Substring>

    init(_ kind: FaultKind, _ text: String) {
        (self.kind, self.text) = (kind, text)
        words = text.split(separator: " ")[...]
    }

    mutating func rule() throws(InvalidSetting) -> FaultRule {
        var rule = FaultRule(try frequency())
        while let word = words.popFirst() { try apply(word, to: &rule) }
        try check(rule)
        return rule
    }

    private func check(_ rule: FaultRule) throws(InvalidSetting) {
        if kind.words.contains(.duration), rule.duration == 0 { throw complaint("say how long: add 'for TIME'") }
        if kind == .delay, rule.delay == 0 { throw complaint("say by how much: add 'by TIME'") }
        if case .period(let period) = rule.frequency, rule.duration >= period, rule.limit != 1 {
            throw complaint("it would not end before it begins again: make 'for' shorter than 'every'")
        }
        if kind == .vfReset, rule.function == .pf { throw complaint("the PF is no VF: use vf0 to vf7") }
    }

    // MARK: Words

    private mutating func frequency() throws(InvalidSetting) -> FaultRule.Frequency {
        let isTimed = kind.words.contains(.timed)
        let form = isTimed ? "begin with 'every TIME', for example 'every 10s'" : "begin with 'N%' or 'every N'"
        guard let word = words.popFirst() else { throw complaint(form) }
        if word == "every", let value = words.popFirst() {
            if isTimed { return .period(try time(value, within: Self.periods)) }
            guard let number = UInt64(value), number > 0 else { throw complaint(form) }
            return .every(number)
        }
        guard !isTimed, word.last == "%", let percent = Double(word.dropLast()), (0.0001...100).contains(percent) else {
            throw complaint(isTimed ? form : "\(form), 0.0001% to 100%")
        }
        return .chance(millionths: UInt64((percent * 10_000).rounded()))
    }

    private mutating func apply(_ word: Substring, to rule: inout FaultRule) throws(InvalidSetting) {
        switch word {
        case "for":
            try require(.duration, word)
            rule.duration = try time(words.popFirst() ?? "", within: Self.periods)
        case "by":
            try require(.delay, word)
            rule.delay = try time(words.popFirst() ?? "", within: Self.delays)
        case "in", "out":
            try require(.direction, word)
            rule.direction = word == "in" ? .fromWire : .toWire
        case "queue":
            try require(.queue, word)
            rule.queue = Int(try number(words.popFirst() ?? "", within: 0...15, of: "a queue"))
        case "once": rule.limit = 1
        case "times": rule.limit = try number(words.popFirst() ?? "", within: 1...UInt64.max, of: "a number of times")
        default: rule.function = try function(word)
        }
    }

    private func function(_ word: Substring) throws(InvalidSetting) -> FaultRule.Function {
        if word == "pf" {
            try require(.function, word)
            return .pf
        }
        guard word.hasPrefix("vf") else { throw complaint("it does not know '\(word)'") }
        try require(.function, word)
        return .vf(Int(try number(word.dropFirst(2), within: 0...7, of: "a VF")))
    }

    private func require(_ needed: FaultKind.Words, _ word: Substring) throws(InvalidSetting) {
        guard kind.words.contains(needed) else { throw complaint("'\(word)' means nothing here: leave it out") }
    }

    // MARK: Values

    private func number(
        _ word: Substring, within limits: ClosedRange<UInt64>, of what: String
    ) throws(InvalidSetting) -> UInt64 {
        guard let number = UInt64(word), limits.contains(number) else {
            throw complaint("'\(word)' is not \(what): use \(limits.lowerBound) to \(limits.upperBound)")
        }
        return number
    }

    private func time(_ word: Substring, within limits: ClosedRange<UInt64>) throws(InvalidSetting) -> UInt64 {
        let digits = word.prefix { ("0"..."9").contains($0) }
        let units: [Substring: UInt64] = ["us": 1000, "ms": 1_000_000, "s": 1_000_000_000]
        let nanoseconds = UInt64(digits).flatMap { number in
            units[word.dropFirst(digits.count)].map { number.multipliedReportingOverflow(by: $0) }
        }
        guard let nanoseconds, !nanoseconds.overflow, limits.contains(nanoseconds.partialValue) else {
            throw complaint(
                "'\(word)' is not a time: use a number with us, ms or s, \(limits.lowerBound / 1000)us to "
                    + "\(limits.upperBound / 1_000_000_000)s")
        }
        return nanoseconds.partialValue
    }

    private func complaint(_ what: String) -> InvalidSetting {
        InvalidSetting("faults.\(kind.rawValue): '\(text)' is not possible: \(what)")
    }
}
