// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// Shortcuts are taken where memory lies in one piece in this process and nobody watches. A client whose memory is reached
/// by messages alone never gets one, nor does one whose frames are watched, and both must see the same frames, descriptors
/// and counters.
@Suite("Shortcuts for memory in one piece")
struct ShortcutTests {
    /// Why the second card takes no shortcuts.
    enum Obstacle: CaseIterable {
        case messages
        case observer
    }

    /// The same card twice: one that takes shortcuts, and one that cannot.
    private struct Twins {
        let cards: [TestDriver]
        var rings: [[TestDriver.ReceiveRing]] = [[], []]
        private var record: RecordedSightings?

        init(_ obstacle: Obstacle) throws {
            guard obstacle == .messages else {
                cards = [TestDriver.started(), TestDriver.started()]
                record = cards[1].watch()
                return
            }
            let distant = TestDriver(maps: false)
            distant.host.memory = distant.memory
            var mapping = distant.memory.mapping
            mapping.backing = .messages
            try distant.function.map(mapping)
            distant.start()
            cards = [TestDriver.started(), distant]
        }

        func set(_ offset: Int, _ value: UInt32) { for card in cards { card[offset] = value } }

        mutating func makeRings(count: Int) {
            for index in 0..<2 { rings[index] = (0..<16).map { cards[index].makeReceiveRing($0, count: count) } }
        }

        /// What arrived in each queue since the last call, and what the cards counted.
        mutating func expectSame(_ comment: Comment) {
            var received = [[String]](repeating: [], count: 2)
            for index in 0..<2 {
                for queue in 0..<16 {
                    while let packet = cards[index].take(&rings[index][queue]) {
                        received[index].append("\(queue) \(packet)")
                    }
                }
            }
            #expect(received[0] == received[1], comment)
            let statistics =
                Array(stride(from: 0x4000, to: 0x41B0, by: 4)) + Array(stride(from: 0x10010, to: 0x10160, by: 4))
            let counted = cards.map { card in statistics.map { card[$0] } }
            #expect(counted[0] == counted[1], comment)
            #expect(cards[0].port.counters.map(\.value) == cards[1].port.counters.map(\.value), comment)
            #expect(cards[0].uplink.sent.map(\.bytes) == cards[1].uplink.sent.map(\.bytes), comment)
            for card in cards { card.uplink.sent = [] }
            if let record { #expect(record.differences(from: cards[1].port.counters) == [], comment) }
        }
    }

    /// A frame for `destination` that is IPv4 with TCP or UDP more often than not, and something near to it else.
    private func frame(_ generator: inout SeededGenerator, to destination: [UInt8]) -> [UInt8] {
        var recipe = FrameRecipe.random(&generator)
        if generator.chance(40) {
            (recipe.network, recipe.tags, recipe.hasSNAP, recipe.options) = (.ipv4, [], false, [])
            (recipe.source, recipe.destination) = (generator.bytes(4), generator.bytes(4))
            recipe.extensions = []
        }
        if generator.chance(10) { recipe.fragment = [0x2000, 0x0010, 0x4000][generator.number(0...2)] }
        recipe.hasUDPChecksum = !generator.chance(10)
        if generator.chance(20) { recipe.payload = generator.bytes(generator.number(0...30)) }
        var bytes = recipe.bytes
        bytes.replaceSubrange(0..<6, with: destination)
        if generator.chance(30) {
            // Lengths and types that are wrong, too.
            let last = min(bytes.count - 1, generator.chance(70) ? 54 : bytes.count - 1)
            bytes[generator.number(12...last)] ^= 1 << UInt8(generator.number(0...7))
        }
        return bytes
    }

    @Test("change nothing for frames from the wire", arguments: 0..<60 as Range<UInt64>, Obstacle.allCases)
    func wire(seed: UInt64, obstacle: Obstacle) throws {
        var generator = SeededGenerator(seed)
        var twins = try Twins(obstacle)
        twins.set(0x5000, [0x2300, 0x2300, 0x2100, 0x2200, 0x2B00, 0x0300][generator.number(0...5)])
        twins.set(
            0x5818, generator.chance(50) ? UInt32(truncatingIfNeeded: generator.next()) & 0xFFFF_0000 | 2 : 2 << 3)
        for index in 0..<10 { twins.set(0x5C80 + 4 * index, UInt32(truncatingIfNeeded: generator.next())) }
        for index in 0..<32 {
            twins.set(0x5C00 + 4 * index, UInt32(truncatingIfNeeded: generator.next()) & 0x0F0F_0F0F)
        }
        twins.set(0x5004, UInt32(generator.number(500...1600)))
        twins.makeRings(count: generator.chance(20) ? 8 : 64)
        let bits: [UInt32] = [1 << 3, 1 << 4, 1 << 5, 1 << 18]
        let control = bits.reduce(0) { $0 | (generator.chance(40) ? $1 : 0) }
        twins.set(0x100, 1 << 1 | 1 << 15 | (generator.chance(90) ? 1 << 26 : 0) | control)
        for round in 0..<40 {
            let destination =
                generator.chance(70) ? TestDriver.ownAddress : [2, 0, 0, 9, 9, UInt8(generator.number(0...3))]
            var offload = FrameBatch.Offload()
            offload.isChecksumValid = generator.chance(10)
            let frames = (0..<generator.number(1...4)).map { _ in frame(&generator, to: destination) }
            for card in twins.cards {
                card.uplink.incoming += frames.map { ($0, offload) }
                card.port.receiveFromUplink()
                card.advance()
            }
            twins.expectSame("round \(round): \(frames)")
        }
    }

    @Test(
        "change nothing for frames between pools and from the wire to pools", arguments: 0..<60 as Range<UInt64>,
        Obstacle.allCases)
    func pools(seed: UInt64, obstacle: Obstacle) throws {
        var generator = SeededGenerator(seed)
        var twins = try Twins(obstacle)
        twins.set(0x5000, 0x2300)
        for pool in 0..<4 {
            twins.set(0x5400 + 8 * pool, 0x0000_0002)
            twins.set(0x5404 + 8 * pool, UInt32(pool) << 8 | 1 << (18 + UInt32(pool)) | 1 << 31)
            let limit: UInt32 = generator.chance(30) ? 1 << 16 | UInt32(generator.number(100...1600)) : 0
            twins.set(
                0x5AD0 + 4 * pool,
                limit | (generator.chance(80) ? 1 << 31 : 0) | (generator.chance(30) ? 1 << 30 : 0) | 1 << 27 | 1 << 24)
        }
        twins.set(0x0C8C, generator.chance(80) ? 0xFF : 0xFD)
        twins.set(0x0C90, 0xFF)
        twins.set(0x581C, (generator.chance(80) ? 1 << 30 : 0) | (generator.chance(20) ? 1 << 29 : 0))
        twins.set(0x5818, 3)
        for pool in 0..<4 where generator.chance(30) { twins.set(0x3700 + 4 * pool, UInt32(1 << 30 | 0x2005 + pool)) }
        for index in 0..<4 { twins.set(0x5D00 + 4 * index, UInt32(5 + index) | 0xFF << 12 | 1 << 31) }
        if generator.chance(30) { twins.set(0x5004, UInt32(generator.number(300...1600))) }
        twins.set(0x3500, 1 << 31 | (generator.chance(30) ? 0x0F0F : 0) | (generator.chance(20) ? 0xF0_0000 : 0))
        twins.makeRings(count: generator.chance(20) ? 8 : 64)
        twins.set(0x100, 1 << 1 | 1 << 15 | 1 << 26 | (generator.chance(50) ? 1 << 5 : 0))
        exchange(&generator, &twins, type: UInt64(seed & 1))
    }

    /// Thirty rounds of packets that pools send and, at times, frames from the wire.
    private func exchange(_ generator: inout SeededGenerator, _ twins: inout Twins, type: UInt64) {
        var transmit = twins.cards.map { card in (0..<4).map { card.makeTransmitRing($0) } }
        for round in 0..<30 {
            let sender = generator.number(0...3)
            let packets = (0..<generator.number(1...6)).map { _ in
                var bytes = frame(&generator, to: [2, 0, 0, 0, 0, UInt8(generator.number(0...5))])
                bytes.replaceSubrange(6..<12, with: [2, 0, 0, 0, 0, UInt8(generator.chance(80) ? sender : 2)])
                return (bytes: bytes, options: UInt64(generator.number(0...3)) << 40)
            }
            for index in 0..<2 {
                twins.cards[index].postContext(type: type, to: &transmit[index][sender])
                for packet in packets {
                    let pieces =
                        round % 5 == 4
                        ? [Array(packet.bytes.prefix(20)), Array(packet.bytes.dropFirst(20))] : [packet.bytes]
                    twins.cards[index].post(pieces: pieces, options: packet.options, to: &transmit[index][sender])
                }
                twins.cards[index].ring(transmit[index][sender])
            }
            if generator.chance(40) {
                let frames = (0..<3).map { _ in
                    frame(&generator, to: [2, 0, 0, 0, 0, UInt8(generator.number(0...5))])
                }
                for card in twins.cards {
                    card.uplink.incoming += frames.map { ($0, FrameBatch.Offload()) }
                    card.port.receiveFromUplink()
                    card.advance()
                }
            }
            twins.expectSame("round \(round): \(packets)")
        }
    }
}
