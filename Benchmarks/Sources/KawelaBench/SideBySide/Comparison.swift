import Foundation
import KawelaGuest

/// Kawela beside QEMU's own igb, row by row.
enum Comparison {
    static func run(selection: String, _ effort: Row.Effort) throws -> [Row.Result] {
        print("ns per".padded(64) + ["Kawela", "minimum", "igb", "minimum", "ratio", "quartiles", "single"].columns)
        return try Row.all.filter { selection.isEmpty || $0.name.contains(selection) }.map { row in
            let result = try row.measure(effort)
            let (kawela, igb, ratio) = (Samples(result.kawela.perFrame), Samples(result.igb.perFrame), result.ratio)
            let columns = [
                figure(kawela.median), figure(result.kawela.minimum), figure(igb.median), figure(result.igb.minimum),
                figure(ratio.median), "\(figure(ratio.quartiles.lower))...\(figure(ratio.quartiles.upper))",
                "\(figure(Samples(result.kawela.single).median))/\(figure(Samples(result.igb.single).median))",
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
