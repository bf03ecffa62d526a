// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What it costs that somebody looks into a NIC while it works.
enum Observing {
    /// Prints a Markdown table.
    static func run(selection: String, _ effort: Row.Effort) throws {
        let works = ObservedWork.all.filter { selection.isEmpty || $0.name.contains(selection) }
        guard !works.isEmpty else { throw BenchError("no work has '\(selection)' in its name") }
        let columns = try works.map { work in
            FileHandle.standardError.write(Data("\(work.name) ...\n".utf8))
            return cells(try work.measure(effort))
        }
        print("| | " + works.map { "\($0.name), \($0.unit)" }.joined(separator: " | ") + " |")
        print("|---|" + works.map { _ in "--:|" }.joined())
        for (index, watch) in Watch.allCases.enumerated() {
            print("| \(watch.title) | " + columns.map { $0[index] }.joined(separator: " | ") + " |")
        }
    }

    /// The median of each way to watch, and how many times as long that is as with nobody watching.
    private static func cells(_ times: [[Double]]) -> [String] {
        times.enumerated().map { index, rounds in
            let ratio = Samples(zip(rounds, times[0]).map { $0 / $1 }).median
            return figure(Samples(rounds).median) + (index == 0 ? "" : " (\(figure(ratio)))")
        }
    }
}
