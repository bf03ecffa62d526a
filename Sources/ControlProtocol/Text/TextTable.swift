// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns, each as wide as its widest cell.
struct TextTable {
    private var rows: [[String]] = []
    /// Columns whose cells stand at the right: numbers.
    private let rightColumns: Set<Int>

    init(_ titles: [String], right: Set<Int> = []) {
        rows = [titles]
        rightColumns = right
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var lines: [String] {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightColumns.contains(column) ? padding + cell : cell + padding
            }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}

extension String {
    /// Without characters that would move a terminal's cursor or change its colours.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }))
    }
}
