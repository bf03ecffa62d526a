// SPDX-License-Identifier: Apache-2.0

import CBench
import KawelaGuest

/// Small batches and large ones of the same work: what somebody waits for who has one frame, or a few.
struct BatchRow {
    static let sizes = [1, 8, 32, 255]

    var name: String
    var wire: Card.Wire
    /// Sets a card up for this work.
    var start: (Card) throws -> any Work

    static var all: [BatchRow] {
        [
            BatchRow(name: "transmit 60 B to null", wire: .null) { try Sending($0, length: 60) },
            BatchRow(name: "transmit 1514 B with IP and UDP checksum to null", wire: .null) {
                try Sending($0, length: 1514, options: TransmitBatch.checksums)
            },
            BatchRow(name: "pool to pool 60 B", wire: .null) { try PoolToPool($0, length: 60) },
            BatchRow(name: "pool to pool 1514 B", wire: .null) { try PoolToPool($0, length: 1514) },
            BatchRow(name: "receive 60 B from a UNIX stream", wire: .stream) {
                try Receiving($0, length: 60, isHeldBack: false)
            },
            BatchRow(name: "receive 1514 B from a UNIX stream", wire: .stream) {
                try Receiving($0, length: 1514, isHeldBack: false)
            },
        ]
    }

    /// One size of batch.
    struct Result: Codable, ByContestant {
        var name: String
        var size: Int
        var kawela = Figures(), igb = Figures()
    }

    /// Medians of each round, in nanoseconds.
    struct Figures: Codable {
        /// From the doorbell, or the first byte sent, until all is verified in guest memory.
        var whole: [Double] = []
        /// Of a frame, without what an empty doorbell takes.
        var perFrame: [Double] = []
        /// The same until the last descriptor is done, before anybody has read the frames.
        var untilDone: [Double] = []
    }

    /// All cards, a round each in turn.
    func measure(_ effort: Row.Effort) throws -> [Result] {
        let run = try Run()
        defer { run.close() }
        let cards = try Card.all(wire, in: run)
        let works = try cards.map(start)
        var results = Self.sizes.map { Result(name: name, size: $0) }
        for (card, work) in zip(cards, works) { _ = try round(card, work, batches: 10) }
        for round in 0..<effort.rounds {
            for contestant in Contestant.order(round) {
                let (card, work) = (cards[contestant.rawValue], works[contestant.rawValue])
                let (empty, passages) = try self.round(card, work, batches: effort.batches)
                for (index, size) in Self.sizes.enumerated() {
                    let whole = Samples(passages[index].map { Double($0.untilVerified) }).median
                    let done = Samples(passages[index].map { Double($0.untilDone) }).median
                    results[index][contestant].whole.append(whole)
                    results[index][contestant].perFrame.append((whole - empty) / Double(size))
                    results[index][contestant].untilDone.append((done - empty) / Double(size))
                }
            }
        }
        for work in works { try work.finish() }
        return results
    }

    /// A batch of each size in turn, and a doorbell without work, of which the median is returned.
    private func round(_ card: Card, _ work: any Work, batches: Int) throws -> (empty: Double, passages: [[Passage]]) {
        var empty: [Double] = []
        var passages = Self.sizes.map { _ in [Passage]() }
        for _ in 0..<batches {
            if let doorbell = work.emptyDoorbell {
                empty.append(Double(try card.time(card.registers.line(doorbell))))
            }
            for (index, size) in Self.sizes.enumerated() {
                passages[index].append(try work.move(size))
            }
        }
        return (empty.isEmpty ? 0 : Samples(empty).median, passages)
    }
}

extension BatchRow.Result {
    /// What a doorbell takes was subtracted.
    var hasDoorbell: Bool { kawela.perFrame.first != kawela.whole.first.map { $0 / Double(size) } }
    /// How many times as long QEMU's card takes for a whole batch, and for a frame without the doorbell.
    var wholeRatio: Samples { Samples(zip(igb.whole, kawela.whole).map { $0 / $1 }) }
    var frameRatio: Samples { Samples(zip(igb.perFrame, kawela.perFrame).map { $0 / $1 }) }
}
