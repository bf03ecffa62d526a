// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Large packets handed to the uplink whole")
struct HandOverTests {
    private static let all: UplinkOffloads = [.checksum, .segmentTCP4, .segmentTCP6, .segmentUDP]

    @Test(
        "an uplink that segments gets one frame with all lengths, seed and offload", arguments: 0..<60 as Range<UInt64>)
    func whole(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        let driver = TestDriver.started(offloads: Self.all)
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator, maximum: 60000)
        if large.recipe.tags.isEmpty == false { large.recipe.tags = [] }
        let tag: UInt16? = generator.chance(50) ? 0x456 : nil
        driver.post(large, tag: tag, to: &ring, &generator)
        driver.ring(ring)
        let sent = try #require(driver.uplink.sent.first)
        #expect(driver.uplink.sent.count == 1)
        // The recipe's own frame has all lengths right; the sum is left open.
        var expected = large.recipe.bytes
        expected.replaceSubrange(large.checksumField..<large.checksumField + 2, with: networkBytes(large.recipe.seed))
        #expect(sent.bytes == (tag.map { tagged(expected, $0) } ?? expected))
        let shift = tag == nil ? 0 : 4
        var offload = FrameBatch.Offload()
        offload.needsChecksum = true
        offload.checksumStart = UInt16(large.recipe.transportOffset + shift)
        offload.checksumOffset = large.recipe.transport == .tcp ? 16 : 6
        offload.segmentSize = UInt16(large.segmentSize)
        offload.headerLength = UInt16(large.layout.length + shift)
        offload.segmentation =
            large.recipe.transport == .udp ? .udp : large.recipe.network == .ipv4 ? .tcp4 : .tcp6
        #expect(sent.offload == offload)
    }

    @Test("statistics count the frames the wire will see", arguments: 0..<20 as Range<UInt64>)
    func statistics(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let large = SegmentationTests.Large.sendable(&generator)
        var counts: [[UInt64]] = []
        for offloads in [[], Self.all] {
            var generator = generator
            let driver = TestDriver.started(offloads: offloads)
            var ring = driver.makeTransmitRing(count: 256)
            driver.post(large, to: &ring, &generator)
            driver.ring(ring)
            counts.append(
                [0x4080, 0x40F8, 0x40F0, 0x40D8, 0x40DC, 0x40E0, 0x40E4, 0x40E8, 0x40EC].map { UInt64(driver[$0]) }
                    + [0x4090, 0x40C8].map { driver.counter64($0) })
        }
        #expect(counts[0] == counts[1])
        #expect(counts[0][0] == UInt64(large.segments.count))
        #expect(counts[0][9] == large.segments.reduce(0) { $0 + UInt64(padded($1).count + 4) })
    }

    @Test("what the uplink does not segment is segmented here", arguments: 0..<30 as Range<UInt64>)
    func notOffered(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe.payload = generator.bytes(5000)
        var offloads = Self.all
        switch (large.recipe.transport, large.recipe.network) {
        case (.udp, _): offloads.remove(.segmentUDP)
        case (_, .ipv4): offloads.remove(.segmentTCP4)
        case (_, .ipv6): offloads.remove(.segmentTCP6)
        }
        let driver = TestDriver.started(offloads: offloads)
        var ring = driver.makeTransmitRing(count: 256)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        #expect(driver.uplink.sent.count == large.segments.count)
        #expect(driver.uplink.sent.allSatisfy { $0.offload.segmentation == .none })
    }

    @Test("a tunnel, a packet without TXSM and one over 65535 bytes are segmented here")
    func unfit() {
        let cases: [(prefix: Int, options: UInt64, payload: Int)] = [
            (50, 1 << 40 | 1 << 41, 3000), (0, 1 << 40, 3000), (0, 1 << 41, 3000), (0, 1 << 40 | 1 << 41, 70000),
        ]
        for unfit in cases {
            let driver = TestDriver.started(offloads: Self.all)
            var ring = driver.makeTransmitRing()
            var recipe = FrameRecipe()
            recipe.payload = []
            let bytes =
                TestDriver.frame(1, length: unfit.prefix) + recipe.bytes + TestDriver.frame(2, length: unfit.payload)
            driver.postContext(mac: unfit.prefix + 14, l4: 20, segmentSize: 1000, to: &ring)
            driver.post(
                pieces: [Array(bytes[..<60000.clamped(bytes.count)]), Array(bytes[60000.clamped(bytes.count)...])],
                command: 1 << 31, options: unfit.options, payloadLength: unfit.payload, to: &ring)
            driver.ring(ring)
            #expect(driver.uplink.sent.count == unfit.payload / 1000)
            #expect(driver.uplink.sent.allSatisfy { $0.offload.segmentation == .none })
        }
    }

    /// As Linux sends TCP in VXLAN or GRE (igb_tso with GSO partial): IPLEN reaches from the outer IP header to the inner
    /// TCP header, and the outer checksum field has what cancels out everything behind the outer header.
    @Test("a tunnel inside IPLEN is segmented here, with right outer lengths and checksums", arguments: [24, 50])
    func tunnelInsideIPLEN(encapsulation: Int) throws {
        let driver = TestDriver.started(offloads: Self.all)
        var ring = driver.makeTransmitRing()
        var outer = FrameRecipe()
        outer.payload = []
        let between = TestDriver.frame(3, length: encapsulation)
        var bytes = Array(outer.bytes[..<34]) + between + outer.bytes[34...] + TestDriver.frame(2, length: 2500)
        bytes.replaceSubrange(16..<18, with: [0, 0])
        bytes[23] = encapsulation == 24 ? 47 : 17
        bytes.replaceSubrange(24..<26, with: networkBytes(Slow.checksum(between)))
        driver.postContext(ip: 20 + encapsulation, l4: 20, segmentSize: 1000, to: &ring)
        driver.post(
            pieces: [bytes], command: 1 << 31, options: 1 << 40 | 1 << 41, payloadLength: 2500, to: &ring)
        driver.ring(ring)
        try #require(driver.uplink.sent.count == 3)
        for (sent, payload) in zip(driver.uplink.sent, [1000, 1000, 500]) {
            #expect(sent.offload.segmentation == .none)
            #expect(sent.bytes.count == 54 + encapsulation + payload)
            #expect(Int(network16(sent.bytes, 16)) == 40 + encapsulation + payload)
            #expect(Slow.sum(sent.bytes[14..<34]) == 0xFFFF, "the outer header's checksum")
            #expect(Array(sent.bytes[34..<34 + encapsulation]) == between)
        }
    }

    /// An uplink parses what it gets whole by itself; cut here, headers are only what the context says they are.
    @Test(
        "what is no TCP or UDP over IP behind MACLEN is cut as the context says, and never handed over",
        arguments: [0, 1] as [UInt64], [true, false])
    func noIP(type: UInt64, isIPv4: Bool) {
        let driver = TestDriver.started(offloads: Self.all)
        var ring = driver.makeTransmitRing()
        // ARP's EtherType, zeros where headers should be, and a payload that can be told.
        let head = TestDriver.broadcast + [2, 0, 0, 0, 0, 1, 8, 6] + Array(repeating: 0, count: isIPv4 ? 40 : 60)
        let payload = Array(TestDriver.frame(5, length: 2500))
        driver.postContext(
            ip: isIPv4 ? 20 : 40, l4: 20, segmentSize: 1000, isIPv4: isIPv4, type: type, to: &ring)
        driver.post(
            pieces: [head + payload], command: 1 << 31, options: 1 << 40 | 1 << 41, payloadLength: 2500, to: &ring)
        driver.ring(ring)
        #expect(driver.uplink.sent.allSatisfy { $0.offload.segmentation == .none })
        #expect(driver.sentFrames.flatMap { $0[head.count...] } == payload)
        #expect(driver.sentFrames.count == 3)
    }
}

extension Int {
    fileprivate func clamped(_ limit: Int) -> Int { Swift.min(self, limit) }
}
