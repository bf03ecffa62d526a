// SPDX-License-Identifier: Apache-2.0

/// How fast a counter grew. One that fell started anew, at zero.
func perSecond(from old: UInt64, to new: UInt64, seconds: Double) -> Double {
    seconds > 0 ? Double(new >= old ? new - old : new) / seconds : 0
}

extension Measures<Double> {
    init(from old: Measures<UInt64>, to new: Measures<UInt64>, seconds: Double) {
        self.init { perSecond(from: old[$0], to: new[$0], seconds: seconds) }
    }

    /// The sums of both.
    static func + (one: Self, other: Self) -> Self { Self { one[$0] + other[$0] } }
}

/// How fast a port's counters grew from one snapshot to the next. What only one of them has did not grow.
struct PortRates: Equatable, Sendable {
    /// By the name of the function.
    var functions: [String: Measures<Double>] = [:]
    /// By the number of the queue.
    var queues: [Int: Measures<Double>] = [:]
    /// Frames lost, by reason.
    var reasons: [String: Double] = [:]
    /// Frames from each sender, a row, to each receiver; `nil` while they are not counted.
    var matrix: [[Double]]?

    /// Those of an only snapshot.
    init() {}

    init(from old: PortCounters, to new: PortCounters, seconds: Double) {
        functions = Self.rates(old.functions, new.functions, by: \.name, \.counts, seconds)
        queues = Self.rates(old.queues, new.queues, by: \.number, \.counts, seconds)
        for (reason, count) in new.reasons {
            guard let before = old.reasons[reason] else { continue }
            reasons[reason] = perSecond(from: before, to: count, seconds: seconds)
        }
        guard let rows = new.matrix?.rows else { return }
        let before = old.matrix?.rows ?? rows
        matrix = zip(before, rows).map { zip($0, $1).map { perSecond(from: $0, to: $1, seconds: seconds) } }
    }

    /// All functions together.
    var total: Measures<Double> { functions.values.reduce(Measures()) { $0 + $1 } }

    /// Frames lost, for all reasons.
    var lost: Double { reasons.values.reduce(0, +) }

    private static func rates<Row, Key: Hashable>(
        _ old: [Row], _ new: [Row], by key: (Row) -> Key, _ counts: (Row) -> Measures<UInt64>, _ seconds: Double
    ) -> [Key: Measures<Double>] {
        let before = Dictionary(old.map { (key($0), counts($0)) }) { first, _ in first }
        let rates = new.compactMap { row in
            before[key(row)].map { (key(row), Measures(from: $0, to: counts(row), seconds: seconds)) }
        }
        return Dictionary(rates) { first, _ in first }
    }
}
