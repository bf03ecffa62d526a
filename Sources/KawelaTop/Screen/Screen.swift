// SPDX-License-Identifier: Apache-2.0

/// How large a terminal is, in cells.
struct ScreenSize: Equatable, Sendable {
    var columns: Int
    var rows: Int

    /// What a terminal says of itself is held within what one can be.
    init(columns: Int, rows: Int) {
        self.columns = min(max(columns, 1), 500)
        self.rows = min(max(rows, 1), 200)
    }
}

/// How text stands out.
enum Style: Sendable {
    case plain, faint, strong, heading
    /// In colour, where there is any.
    case good, bad
}

/// A character of one cell's width.
struct Cell: Equatable, Sendable {
    var character: Unicode.Scalar = " "
    var style = Style.plain
}

/// What is to stand in a terminal.
struct Screen: Equatable, Sendable {
    let size: ScreenSize
    private(set) var rows: [[Cell]]

    init(_ size: ScreenSize) {
        self.size = size
        rows = [[Cell]](repeating: [Cell](repeating: Cell(), count: size.columns), count: size.rows)
    }

    /// Writes `text`, each of whose characters is one cell wide; what lies outside is cut off.
    /// - Returns: the column behind it.
    @discardableResult
    mutating func write(_ text: String, column: Int, row: Int, _ style: Style = .plain) -> Int {
        var column = column
        for character in text.unicodeScalars {
            if rows.indices.contains(row), rows[row].indices.contains(column) {
                rows[row][column] = Cell(character: character, style: style)
            }
            column += 1
        }
        return column
    }

    mutating func clear(row: Int) { rows[row] = [Cell](repeating: Cell(), count: size.columns) }

    /// Without styles; lines without blanks at their ends.
    var text: String {
        rows.map { row in
            var line = String(String.UnicodeScalarView(row.map(\.character)))
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
