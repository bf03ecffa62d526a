// SPDX-License-Identifier: Apache-2.0

/// What turns one screen into another, in the language of terminals (ECMA-48).
struct ScreenUpdate {
    /// Whether there is colour; without it what would have some stands out by weight.
    let hasColour: Bool

    /// - Parameter old: what stands there; `nil` when that is not known.
    func commands(from old: Screen?, to new: Screen) -> String {
        let old = old?.size == new.size ? old : nil
        var commands = old == nil ? "\u{1B}[0m\u{1B}[2J" : ""
        let blank = [Cell](repeating: Cell(), count: new.size.columns)
        for row in new.rows.indices {
            append(new.rows[row], over: old?.rows[row] ?? blank, row, to: &commands)
        }
        return commands
    }

    /// Cells that differ, each run of them with its place before it.
    private func append(_ cells: [Cell], over old: [Cell], _ row: Int, to commands: inout String) {
        var style: Style?
        var isInRun = false
        for (column, cell) in cells.enumerated() {
            guard cell != old[column] else {
                isInRun = false
                continue
            }
            if !isInRun { commands += "\u{1B}[\(row + 1);\(column + 1)H" }
            if style != cell.style { commands += "\u{1B}[\(parameters(of: cell.style))m" }
            commands.unicodeScalars.append(cell.character)
            (style, isInRun) = (cell.style, true)
        }
        if style != nil { commands += "\u{1B}[0m" }
    }

    /// Parameters of SGR, Select Graphic Rendition: all off, then what the style is.
    private func parameters(of style: Style) -> String {
        switch style {
        case .plain: "0"
        case .faint: "0;2"
        case .strong: "0;1"
        case .heading: "0;7"
        case .good: hasColour ? "0;32" : "0"
        case .bad: hasColour ? "0;1;31" : "0;1"
        }
    }
}
