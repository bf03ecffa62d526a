import KawelaTestSupport
import Testing

@testable import Intel82576

/// Plain packets go a short way, unless a filter is on that only the long way knows. A filter that matches nothing makes
/// the difference, and must be the only one.
@Suite("Plain packets")
struct PlainPacketTests {
    /// The same card twice, with the short way open and shut.
    private struct Twins {
        let cards = [TestDriver.started(), TestDriver.started()]
        var rings: [[TestDriver.ReceiveRing]] = [[], []]

        init() { cards[1][0x5CB8] = 0x88B5 | 1 << 26 }

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
        }
    }

    /// A frame for `destination` that is plain more often than not, and something near to it else.
    private func frame(_ generator: inout SeededGenerator, to destination: [UInt8]) -> [UInt8] {
        var recipe = FrameRecipe.random(&generator)
        if generator.chance(70) {
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

    @Test("from the wire are treated as on the long way", arguments: 0..<60 as Range<UInt64>)
    func wire(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var twins = Twins()
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

    @Test("between pools are treated as on the long way", arguments: 0..<60 as Range<UInt64>)
    func pools(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var twins = Twins()
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
        twins.set(0x3500, 1 << 31 | (generator.chance(30) ? 0x0F0F : 0) | (generator.chance(20) ? 0xF0_0000 : 0))
        twins.makeRings(count: generator.chance(20) ? 8 : 64)
        twins.set(0x100, 1 << 1 | 1 << 15 | 1 << 26)
        var transmit = twins.cards.map { card in (0..<4).map { card.makeTransmitRing($0) } }
        for round in 0..<30 {
            let sender = generator.number(0...3)
            let packets = (0..<generator.number(1...6)).map { _ in
                var bytes = frame(&generator, to: [2, 0, 0, 0, 0, UInt8(generator.number(0...5))])
                bytes.replaceSubrange(6..<12, with: [2, 0, 0, 0, 0, UInt8(generator.chance(80) ? sender : 2)])
                return (bytes: bytes, options: UInt64(generator.number(0...3)) << 40)
            }
            for index in 0..<2 {
                twins.cards[index].postContext(type: UInt64(seed & 1), to: &transmit[index][sender])
                for packet in packets {
                    let pieces =
                        round % 5 == 4
                        ? [Array(packet.bytes.prefix(20)), Array(packet.bytes.dropFirst(20))] : [packet.bytes]
                    twins.cards[index].post(pieces: pieces, options: packet.options, to: &transmit[index][sender])
                }
                twins.cards[index].ring(transmit[index][sender])
            }
            twins.expectSame("round \(round): \(packets)")
        }
    }

    @Test("are what the parser says they are", arguments: 0..<300 as Range<UInt64>)
    func parser(seed: UInt64) {
        var generator = SeededGenerator(seed)
        for _ in 0..<20 {
            let bytes = frame(&generator, to: TestDriver.ownAddress)
            let shown = min(bytes.count, generator.chance(80) ? 128 : generator.number(14...128))
            var batch = FrameBatch()
            var generator = SeededGenerator(seed)
            let memory = ScatteredMemory()
            batch.append(bytes, header: shown, in: memory, &generator)
            let headers = PacketHeaders(batch.header(of: 0), frameLength: bytes.count, tagTypes: TagTypes())
            guard let packet = PlainPacket(batch.header(of: 0), frameLength: bytes.count) else {
                let isPlain = headers.ip.kind == .ipv4 && !headers.isTagged && headers.networkOffset == 14
                #expect(
                    !isPlain || headers.ip.isFragment || (headers.ip.transport != .tcp && headers.ip.transport != .udp))
                continue
            }
            #expect(headers.destination == packet.destination && headers.source == packet.source)
            #expect(headers.ip.kind == .ipv4 && !headers.isTagged && !headers.ip.isFragment)
            #expect(headers.ip.transport == (packet.isTCP ? .tcp : .udp))
            #expect(headers.ip.transportEnd == packet.transportEnd)
            #expect(UInt64(headers.packetType) == packet.packetType)
            for rxcsum in [0x300, 0x100, 0x200, 0] as [UInt32] {
                let verification = ChecksumVerification(rxcsum: rxcsum, rfctl: 0)
                #expect(
                    verification.verify(packet, frame: 0, of: batch)
                        == verification.verify(headers, frame: 0, of: batch))
            }
        }
    }
}
