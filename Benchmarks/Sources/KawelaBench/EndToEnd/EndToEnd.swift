// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Debian guests under TCG: what their own drivers get out of each card.
enum EndToEnd {
    struct Result: Codable, ByContestant {
        var row: GuestRow
        /// Of each round.
        var kawela: [Double] = [], igb: [Double] = []
    }

    /// A value that cannot be measured is said so, and is missing in its row.
    /// - Parameter selection: words that are all in the names of the rows to be measured.
    static func run(rounds: Int, selection: String) throws -> [Result] {
        try Translation.allCases.flatMap { try machines($0, rounds, selection) } + twoGuests(rounds, selection)
    }

    // MARK: One guest

    private typealias Step = (measurement: Measurement, function: GuestRow.Function)

    /// A guest for each card, whose rows alternate.
    private static func machines(_ translation: Translation, _ rounds: Int, _ selection: String) throws -> [Result] {
        let steps = Measurement.allCases.flatMap { measurement in
            GuestRow.Function.allCases.compactMap { function -> Step? in
                let rows = measurement.rows(function, translation)
                let isWanted = measurement.isPossible(function) && rows.contains { $0.matches(selection) }
                return isWanted ? (measurement, function) : nil
            }
        }
        guard !steps.isEmpty else { return [] }
        print(translation.rawValue)
        let start = ContinuousClock.now
        let guests = try Contestant.allCases.map { try MeasuredGuest($0, translation) }
        for guest in guests { try guest.waitUntilReady() }
        var results: [Result] = []
        func measure(_ steps: [Step], after prepare: (MeasuredGuest) throws -> Void) throws {
            guard !steps.isEmpty else { return }
            for guest in guests { try prepare(guest) }
            results += self.measure(steps, guests, translation, rounds)
        }
        let of = { (phase: Measurement.Phase) in steps.filter { $0.measurement.phase == phase } }
        try measure(of(.bringUp)) { _ in }
        try measure(of(.linux)) { try $0.prepareLinux() }
        for function in [GuestRow.Function.vf, .pf] {
            try measure(of(.testpmd).filter { $0.function == function }) { try $0.prepareTestPMD(function) }
        }
        print("    \(results.count) rows in \((ContinuousClock.now - start).components.seconds) s")
        return results
    }

    private static func measure(
        _ steps: [Step], _ guests: [MeasuredGuest], _ translation: Translation, _ rounds: Int
    ) -> [Result] {
        var results = steps.map { step in step.measurement.rows(step.function, translation).map { Result(row: $0) } }
        for round in 0..<rounds {
            for (index, step) in steps.enumerated() {
                for contestant in Contestant.order(round) {
                    do {
                        let values = try guests[contestant.rawValue].measure(step.measurement, step.function)
                        for (place, value) in values.enumerated() { results[index][place].add(value, contestant) }
                    } catch {
                        // The row lacks this round; what else is measured is worth having.
                        print("    \(results[index][0].row.title), \(contestant): failed: \(error)")
                    }
                }
            }
        }
        return results.flatMap { $0 }
    }

    // MARK: Two guests

    private static func twoGuests(_ rounds: Int, _ selection: String) throws -> [Result] {
        var result = Result(
            row: GuestRow(
                machine: Translation.none.rawValue, name: "TCP stream, guest to guest (VFs; igb: TAPs, a bridge)",
                unit: "Mb/s"))
        guard result.row.matches(selection) else { return [] }
        let pairs = try Contestant.allCases.map { try GuestPair($0) }
        defer { for pair in pairs { pair.bench.close() } }
        for round in 0..<rounds {
            for contestant in Contestant.order(round) {
                let pair = pairs[contestant.rawValue]
                result.add(try pair.sender.send(to: pair.receiver, seconds: 2).bitsPerSecond / 1e6, contestant)
            }
        }
        return [result]
    }
}

extension EndToEnd.Result {
    fileprivate mutating func add(_ value: Double, _ contestant: Contestant) {
        // QEMU's own card has no messages.
        if value == 0, row.unit.isEmpty { return }
        self[contestant].append(value)
        print("    \(row.title), \(contestant): \(figure(value)) \(row.unit)")
    }

    /// How many times as good Kawela is; without a value where one of the two has none.
    var ratio: Double? {
        guard !kawela.isEmpty, !igb.isEmpty else { return nil }
        let (ours, theirs) = (Samples(kawela).median, Samples(igb).median)
        return row.isTime ? theirs / ours : ours / theirs
    }
}
