// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// Work of which a frame, or an access, is timed while somebody watches the NIC, and while nobody does.
struct ObservedWork {
    var name, unit: String
    var wire: Card.Wire
    /// Sets a card up.
    var start: (Card) throws -> Timed

    /// The work of one card.
    struct Timed {
        /// What one takes, in the unit: the median of so many batches.
        var round: (_ batches: Int) throws -> Double
        /// - Throws: unless the card counted what was moved.
        var finish: () throws -> Void = {}
    }

    static var all: [ObservedWork] {
        let frames = [
            "transmit 60 B to null", "pool to pool 60 B", "pool to pool 1514 B", "receive 60 B from a UNIX stream",
        ]
        return Row.all.filter { frames.contains($0.name) }.map(Self.init)
            + AccessRow.all.filter { $0.name == "read a register (STATUS)" }.map(Self.init)
    }

    private init(_ row: Row) {
        (name, unit, wire) = (row.name, "ns", row.wire)
        start = { card in
            let work = try row.start(card)
            return Timed(round: { try Row.round(work, batches: $0).perFrame }, finish: { try work.finish() })
        }
    }

    private init(_ row: AccessRow) {
        (name, unit, wire) = (row.name, "us", .null)
        start = { card in
            let access = try row.start(card)
            return Timed(round: { try AccessRow.round(access, accesses: $0) / 1000 })
        }
    }

    /// The time of each round, in the order of ``Watch``. A NIC with a control socket and one without run at the same time, and
    /// all ways to watch come in turn within a round.
    func measure(_ effort: Row.Effort) throws -> [[Double]] {
        let run = try Run()
        defer { run.close() }
        let cards = try Card.onOtherProcessors {
            try [false, true].map { try Card(.kawela, wire, isControlled: $0, in: run) }
        }
        let works = try cards.map(start)
        for work in works { _ = try work.round(10) }
        var times = Watch.allCases.map { _ in [Double]() }
        let order = Array(Watch.allCases.enumerated())
        for round in 0..<effort.rounds {
            for (index, watch) in round % 2 == 0 ? order : order.reversed() {
                let place = watch == .off ? 0 : 1
                let time = try watch.during(cards[place].controlSocket) { try works[place].round(effort.batches) }
                times[index].append(time)
            }
        }
        for work in works { try work.finish() }
        return times
    }
}
