// SPDX-License-Identifier: Apache-2.0

extension Page {
    /// The last row: the views, and what keys do.
    mutating func drawKeys() {
        let row = screen.size.rows - 1
        var column = 0
        for (number, view) in TopView.allCases.enumerated() {
            let isShown = view == model.view && !model.showsHelp
            let title = "\(number + 1) \(view.rawValue)"
            column = screen.write(title, column: column, row: row, isShown ? .heading : .plain) + 1
        }
        screen.write(" s sort  p pause  n port  h help  q quit", column: column, row: row, .faint)
    }

    /// What keys do, and what columns mean.
    mutating func drawHelp() {
        for (offset, line) in Self.help.enumerated() { screen.write(line, column: 0, row: 2 + offset) }
    }

    private static let help = [
        "1 2 3 4    overview, queues, switch, reasons; Tab goes to the next",
        "s          sort by the next column, the highest first; S: as numbered",
        "p, space   pause, and go on",
        "n, N       next and previous port; right and left arrow too",
        "h, ?       this help, and back",
        "q, Ctrl-C  quit",
        "",
        "f/s b/s    frames and bits a second; tx: sent by the guest, rx: received",
        "drop/s     frames a second that found no descriptor",
        "intr/s     interrupts a second",
        "bell/s     doorbells a second: writes of a tail register",
        "tx ring    descriptors to be sent, of all in the ring",
        "rx free    descriptors with free buffers, of all in the ring",
        "switch     frames a second from each sender, a row, to each receiver;",
        "           they are counted while the view is shown",
        "reasons    why frames were lost: now, and since the server started",
    ]
}
