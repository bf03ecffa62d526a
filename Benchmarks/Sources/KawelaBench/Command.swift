// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import KawelaGuest

/// What the command line asks for.
struct Command {
    static let usage = """
        kawela-bench all                       compare, device, guest and report
        kawela-bench compare [ROUNDS] [NAME]   Kawela beside QEMU's igb; NAME selects by words of the names
        kawela-bench device [SECONDS] [NAME]   stages and whole paths of the device, without QEMU
        kawela-bench guest [ROUNDS] [WORDS]    Debian guests; WORDS select rows, as "translating pktgen" or "PF, TCP"
        kawela-bench observe [ROUNDS] [NAME]   what it costs that somebody watches; NAME selects by words of the names
        kawela-bench attack [NAME]             what one VF's attack costs another; NAME selects by words of the names
        kawela-bench soak [TIME] [SEED] [PLOT] everything at once for TIME (7200, 90m, 2h); PLOT is a file for the plot
        kawela-bench report                    writes docs/performance.md from what was measured last
        kawela-bench check [--update]          instructions, allocations and system calls against thresholds.json, or into it
        kawela-bench daemon                    system calls and sleeps of kawela, a part of `check`
        kawela-bench count [NAME]              what `check` runs under callgrind; NAME selects by words of the names

        KAWELA_SERVE_OPTIONS="--busy-poll 300" has `compare`, `guest` and `observe` start kawela with these options; what they
        measure then is printed, and not kept for the report.
        """
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    func run() throws {
        setenv("KAWELA_BINARY", Artifacts.repository + "/.build/release/kawela", 0)
        switch words.first {
        case "device": try device(seconds: number(1) ?? 1)
        case "compare": try compare(rounds: Int(number(1) ?? 7))
        case "guest":
            let hasRounds = number(1) != nil
            try guest(rounds: Int(number(1) ?? 3), words.dropFirst(hasRounds ? 2 : 1).joined(separator: " "))
        case "all":
            try compare(rounds: 7)
            try device(seconds: 1)
            try guest(rounds: 3, "")
            try Report().write()
        case "observe":
            defer { cb_use_all_processors() }
            try Observing.run(selection: selection, Row.Effort(batches: 100, rounds: Int(number(1) ?? 9)))
        case "attack": _ = try UnderAttack.run(selection: words.dropFirst().joined(separator: " "))
        case "soak": try soak()
        case "report": try Report().write()
        case "daemon": try Counting.checkDaemon()
        case "count": try Counting.count(selection: words.dropFirst().first ?? "")
        case "check": try Counting.check(updates: words.dropFirst().first == "--update")
        default: throw BenchError("what to do?\n\(Self.usage)")
        }
    }

    /// The second argument selects by words of the name; only a whole set is kept for the report.
    private var selection: String { words.dropFirst(2).first ?? "" }

    private func device(seconds: Double) throws {
        let results = try DeviceBenchmarks.run(seconds: seconds, selection: selection)
        if selection.isEmpty { try Store.save(results, as: DeviceBenchmarks.results) }
    }

    private func compare(rounds: Int) throws {
        // What is started later, guests first of all, shall not be confined to the benchmark's processor.
        defer { cb_use_all_processors() }
        let effort = Row.Effort(batches: 100, rounds: rounds)
        let accesses = try Comparison.accesses(selection: selection, effort)
        let batches = try Comparison.batches(selection: selection, effort)
        let results = try Comparison.run(selection: selection, effort)
        guard selection.isEmpty, isKept else { return }
        try Store.save(accesses, as: "accesses")
        try Store.save(batches, as: "batches")
        try Store.save(results, as: "compare")
    }

    /// Whether what is measured is for the report: not with options of `kawela serve` that are not its defaults.
    private var isKept: Bool { Artifacts.addedOptions.isEmpty }

    /// Rows that are measured take the place of those of the same name that were measured before.
    private func guest(rounds: Int, _ selection: String) throws {
        let new = try EndToEnd.run(rounds: rounds, selection: selection)
        guard !new.isEmpty else { throw BenchError("no row has all of these words: \(selection)") }
        guard isKept else { return }
        let old: [EndToEnd.Result] = selection.isEmpty ? [] : try Store.load("guests") ?? []
        let rows = Set(new.map(\.row))
        try Store.save(old.filter { !rows.contains($0.row) } + new, as: "guests")
    }

    private func soak() throws {
        let time = words.dropFirst().first ?? "2h"
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = time.last.flatMap { units[$0] }
        guard let count = Double(unit == nil ? time : String(time.dropLast())), (1...1_000_000).contains(count) else {
            throw BenchError("how long is \(time)? 7200, 90m and 2h are times")
        }
        let seed = words.count > 2 ? UInt64(words[2]) : 82576
        guard let seed else { throw BenchError("a seed is a number, not \(words[2])") }
        try Soak.run(seconds: count * (unit ?? 1), seed: seed, plot: words.count > 3 ? words[3] : nil)
    }

    private func number(_ place: Int) -> Double? { place < words.count ? Double(words[place]) : nil }
}
