// SPDX-License-Identifier: Apache-2.0

/// Rows under titles.
struct Table {
    struct Column {
        var title: String
        var width: Int
        /// What rows are sorted by when it is marked.
        var measure: Measure?
        /// Names stand at the left, numbers at the right.
        var isName = false
    }

    struct Entry {
        var text: String
        var style = Style.plain
    }

    var columns: [Column]
    var rows: [[Entry]] = []

    /// Cells from the first column to behind the last, one between each two.
    static func width(of columns: [Column]) -> Int { columns.reduce(-1) { $0 + $1.width + 1 } }
}

extension Table.Column {
    static func measures(_ measures: [Measure]) -> [Self] {
        measures.map { Self(title: $0.title, width: 6, measure: $0) }
    }
}

extension Screen {
    /// Draws a table from `row` on, before `end`; rows that find no room are left out.
    /// - Parameter order: the measure whose title is marked.
    mutating func draw(_ table: Table, row: Int, before end: Int, order: Measure?) {
        guard row < end else { return }
        let titles = table.columns.map { column in
            let isMarked = column.measure != nil && column.measure == order
            return Table.Entry(text: column.title, style: isMarked ? .heading : .faint)
        }
        for (offset, entries) in ([titles] + table.rows).prefix(end - row).enumerated() {
            draw(entries, table.columns, row: row + offset)
        }
    }

    private mutating func draw(_ entries: [Table.Entry], _ columns: [Table.Column], row: Int) {
        var start = 0
        for (column, entry) in zip(columns, entries) {
            let text = String(entry.text.prefix(column.width))
            let indent = column.isName ? 0 : max(0, column.width - text.unicodeScalars.count)
            write(text, column: start + indent, row: row, entry.style)
            start += column.width + 1
        }
    }
}
