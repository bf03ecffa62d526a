// SPDX-License-Identifier: Apache-2.0

import CBench
import Intel82576
import KawelaGuest

/// What a driver waits for one at a time: a register, a message.
struct AccessRow {
    var name: String
    /// Sets a card up; what it returns does it once and says how many nanoseconds that took.
    var start: (Card) throws -> () throws -> UInt64

    static var all: [AccessRow] {
        [
            AccessRow(name: "read a register (STATUS)") { card in
                let line = card.registers.line(reading: STATUS.offset(of: 0))
                return { try card.time(line) }
            },
            AccessRow(name: "write a register (a doorbell without work)") { card in
                let line = card.registers.line(try TransmitRing(card.driver).doorbell)
                return { try card.time(line) }
            },
            AccessRow(name: "send a frame, until its MSI-X message is in guest memory") { card in
                let work = try Interrupting(card)
                return { try work.once() }
            },
        ]
    }

    struct Result: Codable, ByContestant {
        var name: String
        /// Nanoseconds: the medians of the rounds.
        var kawela: [Double] = [], igb: [Double] = []
    }

    func measure(_ effort: Row.Effort) throws -> Result {
        let run = try Run()
        defer { run.close() }
        let works = try Card.all(.null, in: run).map(start)
        var result = Result(name: name)
        for work in works { for _ in 0..<10 { _ = try work() } }
        for round in 0..<effort.rounds {
            for contestant in Contestant.order(round) {
                result[contestant].append(try Self.round(works[contestant.rawValue], accesses: effort.batches))
            }
        }
        return result
    }

    /// Nanoseconds of one of `accesses`.
    static func round(_ access: () throws -> UInt64, accesses: Int) throws -> Double {
        Samples(try (0..<accesses).map { _ in Double(try access()) }).median
    }
}

extension AccessRow.Result {
    /// How many times as long QEMU's card takes.
    var ratio: Samples { Samples(zip(igb, kawela).map { $0 / $1 }) }
}
