// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// Why frames were lost: what grows now first, then what there was most of.
    mutating func drawReasons(_ port: PortCounters, row: Int, before end: Int) {
        let rates = model.shown.rates(of: port).reasons
        let found = port.reasons.filter { $0.value > 0 }.map { name, count in
            (name: name, rate: rates[name] ?? 0, count: count)
        }
        guard row + 1 < end else { return }
        guard !found.isEmpty else {
            screen.write("No frame was lost.", column: 0, row: row, .faint)
            return
        }
        var table = Table(columns: [
            .init(title: "lost because", width: 40, isName: true), .init(title: "now/s", width: 6),
            .init(title: "all", width: 6),
        ])
        let width = min(60, screen.size.columns - Table.width(of: table.columns) - 1)
        table.columns.append(.init(title: "last minute", width: width, isName: true))
        let ordered = found.sorted { ($1.rate, $1.count, $0.name) < ($0.rate, $0.count, $1.name) }
        table.rows = ordered.map { reason in
            [
                .init(text: reason.name), entry(reason.rate, .bad), .init(text: short(Double(reason.count))),
                .init(text: sparkline(.reason(port: port.name, name: reason.name), width: width)),
            ]
        }
        let room = end - row - 1
        screen.draw(table, row: row, before: end, order: nil)
        guard table.rows.count > room else { return }
        // The last row tells of those for which there is none.
        screen.clear(row: end - 1)
        screen.write("and \(table.rows.count - room + 1) more", column: 0, row: end - 1, .faint)
    }
}
