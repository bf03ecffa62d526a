// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// Functions, then why frames were lost.
    mutating func drawOverview(_ port: PortCounters, before end: Int) {
        let table = functionTable(port)
        screen.draw(table, row: Self.headerRows, before: end, order: model.order)
        drawReasons(port, row: Self.headerRows + table.rows.count + 2, before: end)
    }

    private func functionTable(_ port: PortCounters) -> Table {
        let hasAddresses = screen.size.columns >= 100
        var columns: [Table.Column] = [
            .init(title: "function", width: 8, isName: true), .init(title: "client", width: 6, isName: true),
        ]
        if hasAddresses { columns.append(.init(title: "address", width: 17, isName: true)) }
        columns += Table.Column.measures(Measure.allCases)
        let width = min(60, screen.size.columns - Table.width(of: columns) - 1)
        columns.append(.init(title: "last minute", width: width, isName: true))

        let rates = model.shown.rates(of: port).functions
        // A VF that is off and that nobody waits for would only take room.
        let functions = port.functions.filter { $0.exists || $0.hasClient }
        let rows = ordered(functions) { rates[$0.name] ?? Measures() }.map { function in
            let style = function.exists ? Style.plain : .faint
            var row = [
                Table.Entry(text: function.name, style: style),
                Table.Entry(text: function.hasClient ? "yes" : "no", style: style),
            ]
            if hasAddresses { row.append(.init(text: function.address, style: style)) }
            row += entries(rates[function.name] ?? Measures(), Measure.allCases)
            row.append(.init(text: sparkline(.function(port: port.name, name: function.name), width: width)))
            return row
        }
        return Table(columns: columns, rows: rows)
    }
}
