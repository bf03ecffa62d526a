// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest

/// Kawela beside QEMU's own igb, row by row.
enum Comparison {
    static func run(selection: String, _ effort: Row.Effort) throws -> [Row.Result] {
        print("ns per".padded(64) + ["Kawela", "igb", "ratio", "quartiles", "single"].columns)
        return try Row.all.filter { selection.isEmpty || $0.name.contains(selection) }.map { row in
            let result = try row.measure(effort)
            let ratio = result.ratio
            let times = Contestant.allCases.map { figure(Samples(result[$0].perFrame).median) }
            let single = Contestant.allCases.map { figure(Samples(result[$0].single).median) }
            let columns =
                times + [
                    figure(ratio.median), "\(figure(ratio.quartiles.lower))...\(figure(ratio.quartiles.upper))",
                    single.joined(separator: "/"),
                ]
            print("\(row.unit): \(row.name)".padded(64) + columns.columns)
            return result
        }
    }
}

extension Comparison {
    /// Batches from one frame to a ring full.
    static func batches(selection: String, _ effort: Row.Effort) throws -> [BatchRow.Result] {
        print("us a batch, ns a frame".padded(64) + ["batch", "Kawela", "igb", "ratio", "quartiles"].columns)
        return try BatchRow.all.filter { selection.isEmpty || $0.name.contains(selection) }.flatMap { row in
            let results = try row.measure(effort)
            for result in results {
                if result.size == 1 {
                    let times = Contestant.allCases.map { Samples(result[$0].whole).median / 1000 }
                    print(line(row.name, "1, us", times, result.wholeRatio))
                }
                let times = Contestant.allCases.map { Samples(result[$0].perFrame).median }
                print(line(row.name, "\(result.size)", times, result.frameRatio))
            }
            return results
        }
    }

    /// Register accesses and messages.
    static func accesses(selection: String, _ effort: Row.Effort) throws -> [AccessRow.Result] {
        try AccessRow.all.filter { selection.isEmpty || $0.name.contains(selection) }.map { row in
            let result = try row.measure(effort)
            print(line(row.name, "us", Contestant.allCases.map { Samples(result[$0]).median / 1000 }, result.ratio))
            return result
        }
    }

    private static func line(_ name: String, _ batch: String, _ times: [Double], _ ratio: Samples) -> String {
        let spread = "\(figure(ratio.quartiles.lower))...\(figure(ratio.quartiles.upper))"
        return name.padded(64) + ([batch] + times.map(figure) + [figure(ratio.median), spread]).columns
    }
}

extension String {
    func padded(_ width: Int) -> String { padding(toLength: width, withPad: " ", startingAt: 0) }
}

extension [String] {
    /// As columns of a table, to the right.
    var columns: String { map { String(repeating: " ", count: Swift.max(1, 15 - $0.count)) + $0 }.joined() }
}
