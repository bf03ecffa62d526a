// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import KawelaGuest

/// One row of the comparison: the same work for two cards.
struct Row {
    var name: String
    var unit = "frame"
    var wire: Card.Wire
    /// Sets a card up for this work.
    var start: (Card) throws -> any Work
}

extension Row {
    /// Batches of a round and rounds, for a card each in turn.
    struct Effort { var batches, rounds: Int }

    static var all: [Row] {
        [
            Row(name: "transmit 60 B to null", wire: .null) { try Sending($0, length: 60, repeats: 16) },
            Row(name: "transmit 1514 B with IP and UDP checksum to null", wire: .null) {
                try Sending($0, length: 1514, options: TransmitBatch.checksums)
            },
            Row(name: "TSO 64 KB cut into 1448 B segments in software", unit: "packet", wire: .null) {
                try Sending(large: $0)
            },
            Row(name: "pool to pool 60 B", wire: .null) { try PoolToPool($0, length: 60) },
            Row(name: "pool to pool 1514 B", wire: .null) { try PoolToPool($0, length: 1514) },
            Row(name: "receive 60 B from a UNIX stream", wire: .stream) { try Receiving($0, length: 60) },
            Row(name: "receive 1514 B from a UNIX stream, checksums verified", wire: .stream) {
                try Receiving($0, length: 1514)
            },
            Row(name: "transmit 1514 B to TAP", wire: .tap) { try Sending($0, length: 1514) },
            Row(name: "TSO 64 KB to TAP with virtio-net header", unit: "packet", wire: .tap) {
                try Sending(large: $0)
            },
        ]
    }

    /// What was measured of one card.
    struct Figures: Codable {
        /// Nanoseconds per frame, of each round.
        var perFrame: [Double] = []
        /// Nanoseconds of a batch of one frame: a doorbell, the device's wake-up and the frame.
        var single: [Double] = []
    }

    struct Result: Codable, ByContestant {
        var name, unit: String
        var kawela = Figures(), igb = Figures()
    }

    /// All cards, a round each in turn. A round stands for the median of its batches.
    func measure(_ effort: Effort) throws -> Result {
        let run = try Run()
        defer { run.close() }
        let cards = try Card.all(wire, in: run)
        let works = try cards.map(start)
        var result = Result(name: name, unit: unit)
        for work in works { _ = try Self.round(work, batches: 10) }
        for round in 0..<effort.rounds {
            for contestant in Contestant.order(round) {
                let (perFrame, single) = try Self.round(works[contestant.rawValue], batches: effort.batches)
                result[contestant].perFrame.append(perFrame)
                result[contestant].single.append(single)
            }
        }
        for work in works { try work.finish() }
        return result
    }

    /// Full batches and batches of one frame in turn.
    /// - Returns: the nanoseconds that a frame more takes, and those of a batch of one.
    static func round(_ work: any Work, batches: Int) throws -> (perFrame: Double, single: Double) {
        var (full, single) = ([Double](), [Double]())
        for _ in 0..<batches {
            full.append(Double(try work.move(work.frames).untilVerified))
            single.append(Double(try work.move(1).untilVerified))
        }
        let one = Samples(single).median
        return ((Samples(full).median - one) / Double(work.frames - 1), one)
    }
}

extension Row.Result {
    /// How many times as long QEMU's card takes: the median of the rounds' ratios.
    var ratio: Samples { Samples(zip(igb.perFrame, kawela.perFrame).map { $0 / $1 }) }
}
