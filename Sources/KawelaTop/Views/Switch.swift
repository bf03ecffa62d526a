// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// Who sends to whom, in frames a second.
    mutating func drawSwitch(_ port: PortCounters, before end: Int) {
        guard let matrix = model.shown.rates(of: port).matrix else {
            let text = model.refusal.map { "Nobody counts who sends to whom: \($0)" } ?? "The count begins."
            screen.write(text, column: 0, row: Self.headerRows)
            return
        }
        let names = SwitchMatrix.names
        var table = Table(columns: [.init(title: "from", width: 7, isName: true)])
        table.columns += names.map { .init(title: $0, width: 7) }
        table.rows = zip(names, matrix).map { name, rates in
            [Table.Entry(text: name)] + rates.map { $0 > 0 ? entry($0) : Table.Entry(text: "-", style: .faint) }
        }
        screen.draw(table, row: Self.headerRows, before: end, order: nil)
        screen.write("Frames a second, from rows to columns.", column: 0, row: Self.headerRows + 11, .faint)
    }
}
