// SPDX-License-Identifier: Apache-2.0

/// Draws the model on a screen: a header, the view that was chosen, a line with the keys.
struct Page {
    static let smallest = ScreenSize(columns: 80, rows: 24)
    /// Rows above the view.
    static let headerRows = 6

    let model: Model
    let glyphs: Glyphs
    var screen: Screen

    /// - Parameter hasKeys: whether there is somebody to press them; without, their line is left out.
    static func draw(_ model: Model, _ size: ScreenSize, glyphs: Glyphs, hasKeys: Bool = true) -> Screen {
        var page = Page(model: model, glyphs: glyphs, screen: Screen(size))
        guard size.columns >= smallest.columns, size.rows >= smallest.rows else {
            page.drawRefusal()
            return page.screen
        }
        page.drawBody(before: size.rows - (hasKeys ? 2 : 0))
        if hasKeys { page.drawKeys() }
        return page.screen
    }

    private mutating func drawBody(before end: Int) {
        drawTitle()
        if model.showsHelp { return drawHelp() }
        guard let port = model.port else {
            screen.write("No port is known yet.", column: 0, row: 2)
            return
        }
        drawHeader(port)
        switch model.view {
        case .overview: drawOverview(port, before: end)
        case .queues: drawQueues(port, before: end)
        case .switch: drawSwitch(port, before: end)
        case .reasons: drawReasons(port, row: Self.headerRows, before: end)
        }
    }

    private mutating func drawRefusal() {
        let (size, smallest) = (screen.size, Self.smallest)
        screen.write("\(size.columns)x\(size.rows) is too small:", column: 0, row: 0)
        screen.write("kawela top needs \(smallest.columns)x\(smallest.rows).", column: 0, row: 1)
        screen.write("q quits.", column: 0, row: 2)
    }
}

extension Page {
    /// The rows of a table in the order that was chosen: highest rates first, equal ones as they were.
    func ordered<Row>(_ rows: [Row], by rates: (Row) -> Measures<Double>) -> [Row] {
        guard let order = model.order else { return rows }
        let keyed = rows.enumerated().map { (position: $0.offset, rate: rates($0.element)[order], row: $0.element) }
        return keyed.sorted { ($1.rate, $0.position) < ($0.rate, $1.position) }.map(\.row)
    }

    /// The last minute of a row as a sparkline.
    func sparkline(_ row: History.Row, width: Int) -> String {
        glyphs.sparkline(model.shown.history.lastMinute(of: row, width: width))
    }

    /// A rate in a table: faint when there is nothing.
    func entry(_ rate: Double, _ style: Style = .plain) -> Table.Entry {
        Table.Entry(text: short(rate), style: rate > 0 ? style : .faint)
    }

    /// The rates of `measures` in a table. Lost frames stand out.
    func entries(_ rates: Measures<Double>, _ measures: [Measure]) -> [Table.Entry] {
        measures.map { entry(rates[$0], $0 == .drops ? .bad : .plain) }
    }
}
