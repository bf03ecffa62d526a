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

extension String {
    func padded(_ width: Int) -> String { padding(toLength: width, withPad: " ", startingAt: 0) }
}

extension [String] {
    /// As columns of a table, to the right.
    var columns: String { map { String(repeating: " ", count: Swift.max(1, 15 - $0.count)) + $0 }.joined() }
}
