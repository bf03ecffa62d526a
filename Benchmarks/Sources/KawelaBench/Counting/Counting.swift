// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Instructions and allocations per frame. Under callgrind they do not depend on what else the machine does.
enum Counting {
    private static let runs = 2

    /// The part that runs under callgrind. Prints a line for each scenario: name, frames, allocations.
    /// - Parameter selection: what the names have in common.
    static func count(selection: String) throws {
        for scenario in try DeviceBenchmarks.portable() where selection.isEmpty || scenario.name.contains(selection) {
            let allocations = try scenario.count(runs: runs)
            print("\(scenario.name)\t\(scenario.frames * runs)\t\(allocations)")
        }
    }

    /// - Throws: when a scenario, or something asked of the daemon, costs more than its threshold allows.
    static func check(updates: Bool) throws {
        var thresholds = try Thresholds.load()
        let verdicts = try checkDaemon(&thresholds) + checkDevice(&thresholds)
        if updates { return try thresholds.save() }
        let better = verdicts.filter { if case .better = $0.verdict { true } else { false } }.count
        if better > 0 {
            print("\(better) cost less than their thresholds say: `make bench-thresholds` takes that over")
        }
        let offences = verdicts.compactMap { name, verdict in
            if case .worse(let reason) = verdict { "\(name): \(reason)" } else { nil }
        }
        guard offences.isEmpty else { throw BenchError("above the thresholds:\n" + offences.joined(separator: "\n")) }
        print("all \(verdicts.count) within their thresholds")
    }

    /// The daemon alone, for a closer look.
    static func checkDaemon() throws {
        var thresholds = try Thresholds.load()
        _ = try checkDaemon(&thresholds)
    }

    private typealias Judged = [(name: String, verdict: Thresholds.Verdict)]

    /// Leaves in `thresholds` what was found.
    private static func checkDaemon(_ thresholds: inout Thresholds) throws -> Judged {
        print("each".padded(64) + ["system calls", "threshold", "sleeps", "threshold"].columns)
        let found = try DaemonCounting.measure()
        let verdicts = found.map { name, cost, calls in
            let limit = thresholds.daemon?[name]
            let columns = [
                figure(cost.calls), limit.map { figure($0.calls) } ?? "-", figure(cost.sleeps),
                limit.map { figure($0.sleeps) } ?? "-",
            ]
            print(name.padded(64) + columns.columns + "  " + calls)
            return (name, thresholds.judge(name, cost))
        }
        let gone = Set((thresholds.daemon ?? [:]).keys).subtracting(found.map(\.name)).sorted()
        thresholds.daemon = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.cost) })
        return verdicts + gone.map { ($0, .worse("was not measured")) }
    }

    /// Leaves in `thresholds` what was found.
    private static func checkDevice(_ thresholds: inout Thresholds) throws -> Judged {
        let found = try measure()
        print("per frame".padded(64) + ["instructions", "threshold", "references", "allocations"].columns)
        let verdicts = found.map { name, cost in
            let limit = thresholds.limits[name]
            let columns = [
                figure(cost.instructions), limit.map { figure($0.instructions) } ?? "-", figure(cost.references),
                "\(cost.allocations)",
            ]
            print(name.padded(64) + columns.columns)
            return (name, thresholds.judge(name, cost))
        }
        let gone = Set(thresholds.limits.keys).subtracting(found.map(\.name)).sorted()
        thresholds.limits = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.cost) })
        return verdicts + gone.map { ($0, .worse("was not measured")) }
    }

    /// Of this program and of the other build of it, which has the stages.
    private static func measure() throws -> [(name: String, cost: Thresholds.Limit)] {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let stages = ProcessInfo.processInfo.environment["KAWELA_BENCH_STAGES"]
        return try [stages, program].compactMap(\.self).flatMap(measure)
    }

    private static func measure(_ program: String) throws -> [(name: String, cost: Thresholds.Limit)] {
        let run = try Run()
        defer { run.close() }
        let output = try run.execute(
            [
                "valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
                "--callgrind-out-file=\(run.path("callgrind"))", program, "count",
            ], seconds: 1200)
        let counted = try costs(in: run)
        return try output.split(separator: "\n").compactMap { line in
            let words = line.split(separator: "\t")
            guard words.count == 3, let frames = Double(words[1]), let allocations = Int(words[2]) else { return nil }
            guard let dump = counted[String(words[0])] else {
                throw BenchError("callgrind wrote nothing of \(words[0])")
            }
            let cost = Thresholds.Limit(
                instructions: (Double(dump.instructions) / frames * 10).rounded() / 10,
                references: (Double(dump.references) / frames * 100).rounded() / 100, allocations: allocations)
            return (String(words[0]), cost)
        }
    }

    private static func costs(in run: Run) throws -> [String: CallgrindOutput] {
        let files = try FileManager.default.contentsOfDirectory(atPath: run.folder).compactMap { name in
            name.hasPrefix("callgrind.") ? Int(name.dropFirst(10)) : nil
        }
        var (names, costs) = ([Substring: Substring](), [String: CallgrindOutput]())
        for number in files.sorted() {
            let dump = CallgrindOutput(
                try String(contentsOfFile: run.path("callgrind.\(number)"), encoding: .utf8), names: &names)
            costs[dump.name] = dump
        }
        return costs
    }
}
