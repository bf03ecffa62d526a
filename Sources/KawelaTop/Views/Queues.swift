// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// Queues, with bars of how full their rings are.
    mutating func drawQueues(_ port: PortCounters, before end: Int) {
        // Without a row between them, 16 queues fit the smallest screen.
        screen.draw(queueTable(port), row: Self.headerRows - 1, before: end, order: model.order)
    }

    private func queueTable(_ port: PortCounters) -> Table {
        let sent: [Measure] = [.transmitFrames, .transmitBits]
        let received: [Measure] = [.receiveFrames, .receiveBits, .drops]
        let names = [
            Table.Column(title: "queue", width: 5, isName: true), Table.Column(title: "of", width: 4, isName: true),
        ]
        let numbers = Table.Column.measures(sent + received + [.doorbells])
        let barWidth = min(20, (screen.size.columns - Table.width(of: names + numbers)) / 2 - 1)
        let bars = ["tx ring", "rx free"].map { Table.Column(title: $0, width: barWidth, isName: true) }
        var columns = names + numbers.prefix(sent.count)
        columns.append(bars[0])
        columns += numbers.dropFirst(sent.count).prefix(received.count)
        columns.append(bars[1])
        columns += numbers.suffix(1)

        let rates = model.shown.rates(of: port).queues
        let rows = ordered(port.queues) { rates[$0.number] ?? Measures() }.map { queue in
            let rates = rates[queue.number] ?? Measures()
            let style = queue.transmit.isEnabled || queue.receive.isEnabled ? Style.plain : .faint
            let names = [
                Table.Entry(text: String(queue.number), style: style), Table.Entry(text: queue.function, style: style),
            ]
            let transmit = entries(rates, sent) + [bar(queue.transmit, barWidth)]
            let receive = entries(rates, received) + [bar(queue.receive, barWidth, emptyStyle: .bad)]
            return names + transmit + receive + entries(rates, [.doorbells])
        }
        return Table(columns: columns, rows: rows)
    }

    private func bar(_ ring: RingFill, _ width: Int, emptyStyle: Style = .plain) -> Table.Entry {
        guard ring.isEnabled else { return Table.Entry(text: "off", style: .faint) }
        return Table.Entry(text: glyphs.bar(ring.share, width: width), style: ring.share > 0 ? .plain : emptyStyle)
    }
}
