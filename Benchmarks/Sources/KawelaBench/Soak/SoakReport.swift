// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The table and the plot of a soak, and whether what must not grow did not.
struct SoakReport {
    /// A quantity that must stay as it is.
    private struct Quantity: Sendable {
        var name: String
        /// The most it may rise in an hour.
        var bound: Double
        var value: @Sendable (SoakSample) -> Double
    }

    private static let quantities = [
        Quantity(name: "private memory, MiB", bound: 1) { Double($0.process.anonymous) / 1024 },
        Quantity(name: "descriptors", bound: 0.5) { Double($0.process.descriptors) },
        Quantity(name: "mappings", bound: 5) { Double($0.process.mappings) },
        Quantity(name: "threads", bound: 0.5) { Double($0.process.threads) },
        Quantity(name: "register read, p50, ms", bound: 0.5) { $0.latency.median },
        Quantity(name: "register read, p99, ms", bound: 20) { $0.latency.quantile(0.99) },
    ]

    private let log: SoakLog
    private let seconds: Double
    private let seed: UInt64

    init(_ log: SoakLog, seconds: Double, seed: UInt64) { (self.log, self.seconds, self.seed) = (log, seconds, seed) }

    /// Samples after the first tenth, or the first ten minutes: what a process needs it has by then.
    private var settled: ArraySlice<SoakSample> {
        let late = log.samples.drop { $0.seconds < min(600, seconds / 10) }
        return late.count >= 2 ? late : log.samples[...]
    }

    private func slope(_ quantity: Quantity) -> Double {
        Trend(settled.map { ($0.seconds / 3600, quantity.value($0)) }).slope
    }

    /// A shorter run turns the smallest step into a steep slope.
    private var isLongEnough: Bool { (settled.last?.seconds ?? 0) - (settled.first?.seconds ?? 0) >= 1800 }

    var isFlat: Bool { !isLongEnough || Self.quantities.allSatisfy { slope($0) <= $0.bound } }

    var table: String {
        guard !log.samples.isEmpty else { return "no round ended" }
        let rows = Self.quantities.map { quantity in
            let (slope, values) = (slope(quantity), Samples(settled.map(quantity.value)))
            let figures = [values.minimum, values.median, values.quantile(1), slope, quantity.bound].map(signed)
            let verdict = !isLongEnough ? "too short to tell" : slope <= quantity.bound ? "flat" : "**rises**"
            return "| \(quantity.name) | " + figures.joined(separator: " | ") + " | \(verdict) |"
        }
        return """
            | | least | median | most | slope, an hour | bound | |
            |---|--:|--:|--:|--:|--:|---|
            \(rows.joined(separator: "\n"))

            \(happened)
            """
    }

    private func signed(_ value: Double) -> String { value < 0 ? "-" + figure(-value) : figure(value) }

    private var happened: String {
        let last = log.samples.last
        let events = SoakEvent.allCases.map { "\($0.rawValue): \(log.events[$0] ?? 0)" }.joined(separator: "; ")
        let refused = log.refused.isEmpty ? "" : " \(log.refused.count) found nobody to attack: \(log.refused[0])."
        return """
            \(figure(seconds / 3600)) hours, seed \(seed): \(log.samples.count) rounds, \(last?.frames ?? 0) frames through the uplinks,
            \(last?.attacks ?? 0) attacks, \(last?.events ?? 0) events, \(last?.secondAttempts ?? 0) steps that took more than one attempt.\(refused)
            Events: \(events).
            """
    }

    var plot: String {
        SoakPlot(
            minutes: log.samples.map(\.minutes),
            panels: [
                .init("private memory, MiB", [("", log.samples.map { Double($0.process.anonymous) / 1024 })]),
                .init("descriptors", [("", log.samples.map { Double($0.process.descriptors) })]),
                .init(
                    "register read, ms", isLogarithmic: true,
                    [
                        ("p50", log.samples.map { $0.latency.median }),
                        ("p99", log.samples.map { $0.latency.quantile(0.99) }),
                        ("max", log.samples.map { $0.latency.quantile(1) }),
                    ]),
                .init("frames through the uplinks, thousand a second", [("", rates)]),
            ]
        ).svg
    }

    private var rates: [Double] {
        let earlier = [(0, 0.0)] + log.samples.map { ($0.frames, $0.seconds) }
        return zip(log.samples, earlier).map { Double($0.frames - $1.0) / max(1, $0.seconds - $1.1) / 1000 }
    }
}
