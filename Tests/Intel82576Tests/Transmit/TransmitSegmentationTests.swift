// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

extension TestDriver {
    /// FIN and PSH in the last segment only, CWR in the first only: what the reference below expects. The reset value of
    /// the middle mask is not certain.
    func setFlagMasks() { (self[raw: DTXTCPFLGL.self], self[raw: DTXTCPFLGH.self]) = (0x0F76_0FF6, 0x0F7F) }

    /// Posts context and data of a packet to be segmented, its bytes in random pieces.
    func post(
        _ large: SegmentationTests.Large, tag: UInt16? = nil, options: UInt64 = 1 << 40 | 1 << 41,
        to ring: inout TransmitRing,
        _ generator: inout SeededGenerator
    ) {
        postContext(
            mac: large.layout.macLength, ip: large.layout.ipLength, l4: large.layout.transportLength,
            segmentSize: large.segmentSize, isIPv4: large.layout.isIPv4, type: large.recipe.type, vlanTag: tag ?? 0,
            to: &ring)
        var pieces: [[UInt8]] = []
        var rest = large.bytes[...]
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(generator.number(pieces.isEmpty ? 1...300 : 500...16000))))
            rest = rest.dropFirst(pieces.last!.count)
        }
        post(
            pieces: pieces, command: 1 << 31 | (tag == nil ? 0 : 1 << 30), options: options,
            payloadLength: large.recipe.payload.count, to: &ring)
    }
}

extension SegmentationTests.Large {
    /// A random one with payload and segments that are not tiny.
    static func sendable(_ generator: inout SeededGenerator, maximum: Int = 20000) -> SegmentationTests.Large {
        var large = SegmentationTests.Large(&generator, maximum: maximum)
        large.segmentSize = generator.number(100...1460)
        if large.recipe.payload.isEmpty { large.recipe.payload = [1] }
        return large
    }
}

@Suite("Segmented packets at the port")
struct TransmitSegmentationTests {
    @Test("random TCP and UDP packets leave as the segments a sender would build", arguments: 0..<60 as Range<UInt64>)
    func software(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        let large = SegmentationTests.Large.sendable(&generator)
        let tag: UInt16? = generator.chance(40) ? 0x456 : nil
        driver.post(large, tag: tag, to: &ring, &generator)
        driver.ring(ring)
        let segments = large.segments.map { tag == nil ? $0 : tagged($0, 0x456) }
        #expect(driver.sentFrames == segments.map(padded))
        #expect(driver.uplink.sent.allSatisfy { $0.offload == FrameBatch.Offload() })
        #expect(driver[raw: TSCTC.self] == 1)
        #expect(driver[raw: GPTC.self] == UInt32(segments.count))
    }

    @Test(
        "an uplink with checksum offload alone gets segments with the sum left open", arguments: 0..<10 as Range<UInt64>
    )
    func openSums(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let driver = TestDriver.started(offloads: .checksum)
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        let large = SegmentationTests.Large.sendable(&generator)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(driver.uplink.sent.map { completed($0) } == large.segments.map(padded))
    }

    /// What an uplink makes of an open sum: plain RFC 1071.
    private func completed(_ sent: TestUplink.Sent) -> [UInt8] {
        guard sent.offload.needsChecksum else { return [] }
        let start = Int(sent.offload.checksumStart)
        let field = start + Int(sent.offload.checksumOffset)
        var checksum = Slow.checksum(sent.bytes[start...])
        if checksum == 0 && sent.offload.checksumOffset == 6 { checksum = 0xFFFF }
        return sent.bytes[..<field] + networkBytes(checksum) + sent.bytes[(field + 2)...]
    }

    @Test("the largest payload leaves in more segments than a batch holds, and packets around it keep their order")
    func largest() {
        var generator = SeededGenerator(1)
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe.payload = generator.bytes(0x3FFFF)
        large.recipe.transport = .tcp
        large.segmentSize = 536
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.post(large, to: &ring, &generator)
        driver.post(pieces: [TestDriver.frame(2)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1)] + large.segments.map(padded) + [TestDriver.frame(2)])
        #expect(driver.uplink.batches.allSatisfy { $0 <= FrameBatch.capacity })
        #expect(driver.transmitHead() == ring.tail)
    }

    @Test("two packets to be segmented in one batch do not mix")
    func two() {
        var generator = SeededGenerator(2)
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        let packets = (0..<8).map { _ in SegmentationTests.Large.sendable(&generator, maximum: 6000) }
        for packet in packets { driver.post(packet, to: &ring, &generator) }
        driver.ring(ring)
        #expect(driver.sentFrames == packets.flatMap(\.segments).map(padded))
    }

    @Test("a short last segment is padded with TCTL.PSP and stays short without", arguments: [false, true])
    func shortLastSegment(pads: Bool) {
        let driver = TestDriver.started()
        driver.setFlagMasks()
        if !pads { driver[raw: TCTL.self] &= ~(1 << 3) }
        var generator = SeededGenerator(6)
        var ring = driver.makeTransmitRing()
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(601), 200)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(large.segments.last?.count == 55)
        #expect(driver.sentFrames == (pads ? large.segments.map(padded) : large.segments))
    }

    @Test("one context serves many packets")
    func sharedContext() {
        var generator = SeededGenerator(3)
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        let large = SegmentationTests.Large.sendable(&generator, maximum: 6000)
        driver.post(large, to: &ring, &generator)
        for _ in 0..<2 {
            driver.post(
                pieces: [large.bytes], command: 1 << 31, options: 1 << 40 | 1 << 41,
                payloadLength: large.recipe.payload.count, to: &ring)
        }
        driver.ring(ring)
        let once = large.segments.map(padded)
        #expect(driver.sentFrames == once + once + once)
    }

    @Test("TCP flags are masked as DTXTCPFLGL and DTXTCPFLGH say")
    func flags() {
        var generator = SeededGenerator(4)
        let driver = TestDriver.started()
        driver.setFlagMasks()
        (driver[raw: DTXTCPFLGL.self], driver[raw: DTXTCPFLGH.self]) = (0x0F0F_00FF, 0x0123)
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.recipe.tcpFlags, large.segmentSize) = (Array(repeating: 1, count: 900), 0xFFF, 300)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(driver.sentFrames.map { network16($0, 46) } == [0x50FF, 0x5F0F, 0x5123])
    }

    @Test("a packet of very many segments leaves in several runs, whole, and others' packets between them")
    func manySegments() {
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var generator = SeededGenerator(5)
        var (ring, other) = (driver.makeTransmitRing(count: 256), driver.makeTransmitRing(1))
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(40000), 8)
        driver.post(large, to: &ring, &generator)
        driver.post(pieces: [TestDriver.frame(1)], to: &other)
        driver[raw: TDT.self] = UInt32(ring.tail)
        driver[raw: TDT.self, 1] = UInt32(other.tail)
        driver.port.run()
        #expect(driver.uplink.sent.count <= Transmit.runFrames + FrameBatch.capacity + 1 && driver.port.hasWork)
        #expect(driver.uplink.sent.last?.bytes == TestDriver.frame(1))
        driver.advance()
        #expect(driver.sentFrames.filter { $0 != TestDriver.frame(1) } == large.segments.map(padded))
        #expect(driver.transmitHead() == ring.tail)
        #expect(driver[.TSCTC] == 1)
    }

    /// A driver, its ring and a packet of 5,000 segments that has left in part.
    private func begun(
        _ generator: inout SeededGenerator
    ) -> (TestDriver, TestDriver.TransmitRing, SegmentationTests.Large) {
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(40000), 8)
        driver.post(large, to: &ring, &generator)
        driver[raw: TDT.self] = UInt32(ring.tail)
        driver.port.run()
        return (driver, ring, large)
    }

    @Test("a driver that puts another packet in its place harms nobody: the next one is whole")
    func replaced() {
        var generator = SeededGenerator(5)
        let driver: TestDriver
        var (ring, large): (TestDriver.TransmitRing, SegmentationTests.Large)
        (driver, ring, large) = begun(&generator)
        driver.uplink.sent = []
        // Its descriptors but the last, and the last with a plain frame.
        let last = ring.base + 16 * UInt64(ring.tail - 1)
        for index in driver.transmitHead()..<ring.tail - 1 {
            driver.memory.store(UInt64(2) << 20 | 1 << 29, at: ring.base + 16 * UInt64(index) + 8)
        }
        let place = driver.memory.allocate(64)
        driver.memory.write(TestDriver.frame(1), at: place)
        driver.memory.store(place, at: last)
        driver.memory.store(64 | 3 << 20 | 1 << 24 | 1 << 27 | 1 << 29 | 64 << 46, at: last + 8)
        (large.recipe.payload, large.segmentSize) = (generator.bytes(3000), 1000)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1)] + large.segments.map(padded))
    }

    @Test("a queue that is set up anew forgets the packet it was sending")
    func forgotten() {
        var generator = SeededGenerator(5)
        let driver: TestDriver
        var (ring, large): (TestDriver.TransmitRing, SegmentationTests.Large)
        (driver, ring, large) = begun(&generator)
        driver[raw: TXDCTL.self] = 0
        driver.uplink.sent = []
        ring = driver.makeTransmitRing(count: 256)
        (large.recipe.payload, large.segmentSize) = (generator.bytes(3000), 1000)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(driver.sentFrames == large.segments.map(padded))
    }

    @Test("with a budget used up a run ends and the next one goes on: nothing is lost")
    func budget() {
        let driver = TestDriver.started()
        driver.setFlagMasks()
        var generator = SeededGenerator(5)
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(60000), 1460)
        driver.post(large, to: &ring, &generator)
        for _ in 0..<59 {
            driver.post(
                pieces: [large.bytes], command: 1 << 31, options: 1 << 40 | 1 << 41, payloadLength: 60000, to: &ring)
        }
        driver[raw: TDT.self] = UInt32(ring.tail)
        driver.port.run()
        let first = driver.uplink.sent.reduce(0) { $0 + $1.bytes.count }
        #expect(first < Transmit.runBytes + 70000 && driver.port.hasWork)
        driver.advance()
        #expect(driver.uplink.sent.count == 60 * large.segments.count)
        #expect(driver.transmitHead() == ring.tail)
    }
}
