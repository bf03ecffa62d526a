import CBench
import Foundation
import KawelaGuest

/// One row of the comparison: the same work for two cards.
struct Row {
    var name: String
    var unit = "frame"
    var wire: Card.Wire
    /// How many times as long as Kawela igb is to take.
    var aim: Double
    /// Sets a card up for this work.
    var start: (Card) throws -> any Work
}

/// Work that comes in batches of frames.
protocol Work: AnyObject {
    /// Frames of a full batch.
    var frames: Int { get }
    /// Moves `count` frames, verified. Nanoseconds it took, with the doorbell and the wait.
    func time(_ count: Int) throws -> UInt64
    /// - Throws: unless the device's and the wire's own counters agree with what was moved.
    func finish() throws
}

extension Row {
    /// Batches of a round and rounds, for a card each in turn.
    struct Effort { var batches, rounds: Int }

    static var all: [Row] {
        [
            Row(name: "transmit 60 B to null", wire: .null, aim: 10) { try Sending($0, length: 60, repeats: 16) },
            Row(name: "transmit 1514 B with IP and UDP checksum to null", wire: .null, aim: 8) {
                try Sending($0, length: 1514, options: TransmitBatch.checksums)
            },
            Row(name: "TSO 64 KB cut into 1448 B segments in software", unit: "packet", wire: .null, aim: 6) {
                try Sending(large: $0)
            },
            Row(name: "pool to pool 60 B", wire: .null, aim: 15) { try PoolToPool($0, length: 60) },
            Row(name: "pool to pool 1514 B", wire: .null, aim: 10) { try PoolToPool($0, length: 1514) },
            Row(name: "receive 60 B from a UNIX stream", wire: .stream, aim: 6) { try Receiving($0, length: 60) },
            Row(name: "receive 1514 B from a UNIX stream, checksums verified", wire: .stream, aim: 4) {
                try Receiving($0, length: 1514)
            },
            Row(name: "transmit 1514 B to TAP", wire: .tap, aim: 1.9) { try Sending($0, length: 1514) },
            Row(name: "TSO 64 KB to TAP with virtio-net header", unit: "packet", wire: .tap, aim: 1.5) {
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
        /// The least of any round.
        var minimum = Double.infinity
    }

    struct Result: Codable, ByContestant {
        var name, unit: String
        var kawela = Figures(), igb = Figures()
    }

    /// All cards, a round each in turn. What else a machine does only ever makes a batch longer, so a round stands for the
    /// lowest tenth of its batches.
    func measure(_ effort: Effort) throws -> Result {
        let run = try Run()
        defer { run.close() }
        cb_use_last_processor(false)
        let cards = try Contestant.allCases.map { try Card($0, wire, in: run) }
        cb_use_last_processor(true)
        let works = try cards.map(start)
        var result = Result(name: name, unit: unit)
        for work in works { _ = try round(work, batches: 10) }
        for round in 0..<effort.rounds {
            for contestant in Contestant.order(round) {
                let work = works[contestant.rawValue]
                let (full, single) = try self.round(work, batches: effort.batches)
                let others = Double(work.frames - 1)
                result[contestant].perFrame.append((full.lowest - single.lowest) / others)
                result[contestant].single.append(single.lowest)
                result[contestant].minimum = min(
                    result[contestant].minimum, (full.minimum - single.minimum) / others)
            }
        }
        for work in works { try work.finish() }
        return result
    }

    /// Full batches and batches of one frame in turn.
    private func round(_ work: any Work, batches: Int) throws -> (full: Samples, single: Samples) {
        var (full, single) = ([Double](), [Double]())
        for _ in 0..<batches {
            full.append(Double(try work.time(work.frames)))
            single.append(Double(try work.time(1)))
        }
        return (Samples(full), Samples(single))
    }
}

extension Row.Result {
    /// How many times as long QEMU's card takes: the median of the rounds' ratios.
    var ratio: Samples { Samples(zip(igb.perFrame, kawela.perFrame).map { $0 / $1 }) }
}
