// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// The first row: what this is, of which port, and how it is shown.
    mutating func drawTitle() {
        let column = screen.write("kawela top", column: 0, row: 0, .strong)
        if let port = model.port {
            let count = model.shown.ports.count
            let name = port.name.isEmpty ? "" : "  port \(port.name)"
            screen.write(name + (count > 1 ? " (\(model.number) of \(count))" : ""), column: column, row: 0)
        }
        var right = "every \(short(model.interval)) s"
        if let order = model.order { right = "sorted by \(order.title)  " + right }
        let pause = model.isPaused ? "  PAUSED" : ""
        let start = screen.size.columns - right.count - pause.count
        let end = screen.write(right, column: start, row: 0, .faint)
        screen.write(pause, column: end, row: 0, .strong)
    }

    /// The port's link, who drives it and what it is plugged into, and what all of it sends, receives and loses.
    mutating func drawHeader(_ port: PortCounters) {
        let (link, style) = words(for: port.link)
        var column = screen.write("link \(link)", column: 0, row: 1, style)
        if !port.driver.isEmpty { column = screen.write("  driver: \(port.driver)", column: column, row: 1) }
        if !port.uplink.isEmpty { screen.write("  uplink \(port.uplink)", column: column, row: 1) }
        let rates = model.shown.rates(of: port)
        let total = rates.total
        drawTotal("sent", total[.transmitFrames], bits: total[.transmitBits], .sent(port: port.name), row: 2)
        drawTotal("received", total[.receiveFrames], bits: total[.receiveBits], .received(port: port.name), row: 3)
        drawTotal("lost", rates.lost, bits: nil, .lost(port: port.name), row: 4, rates.lost > 0 ? .bad : .plain)
    }

    private mutating func drawTotal(
        _ title: String, _ frames: Double, bits: Double?, _ history: History.Row, row: Int, _ style: Style = .plain
    ) {
        screen.write(title, column: 0, row: row)
        screen.write(padded(short(frames), to: 6) + " f/s", column: 9, row: row, style)
        if let bits { screen.write(padded(short(bits), to: 6) + " b/s", column: 20, row: row) }
        screen.write(sparkline(history, width: min(60, screen.size.columns - 32)), column: 32, row: row, style)
    }

    private func words(for link: Link) -> (String, Style) {
        guard link.isUp else { return (link.isUnplugged ? "down (unplugged)" : "down", .bad) }
        return ("up \(link.speed) Mb/s\(link.isFullDuplex ? " full duplex" : "")", .good)
    }
}
