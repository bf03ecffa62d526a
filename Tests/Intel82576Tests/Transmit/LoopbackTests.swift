// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("MAC loopback")
struct LoopbackTests {
    private static let loopback: UInt32 = 1 << 6
    private let driver = TestDriver.started(offloads: [.checksum, .segmentTCP4, .segmentTCP6, .segmentUDP])

    @Test("what is sent is received and does not leave")
    func comesBack() {
        var received = driver.makeReceiveRing()
        driver.enableReceive(Self.loopback)
        var ring = driver.makeTransmitRing(7)
        let frames = (0..<30).map { TestDriver.frame($0, length: 60 + 40 * $0) }
        for frame in frames { driver.post(pieces: [frame], to: &ring) }
        driver.ring(ring)
        #expect(driver.takeAll(&received) == frames)
        #expect(driver.sentFrames.isEmpty)
        #expect(driver.transmitHead(7) == 30)
    }

    @Test("it needs no link")
    func withoutLink() {
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        var received = driver.makeReceiveRing()
        driver.enableReceive(Self.loopback)
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.takeAll(&received) == [TestDriver.frame()])
    }

    @Test("the filters apply, and a full ring drops")
    func filtered() {
        var received = driver.makeReceiveRing(count: 9)
        driver.enableReceive(Self.loopback)
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(0, to: [2, 0, 0, 0, 0, 9])], to: &ring)
        for number in 1...12 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        driver.ring(ring)
        #expect(driver.takeAll(&received) == (1...8).map { TestDriver.frame($0) })
        #expect(driver.transmitHead() == 13)
    }

    @Test("a large packet comes back in segments, whether the FCS is stripped or kept", arguments: [false, true])
    func segmented(keepsCRC: Bool) {
        var generator = SeededGenerator(1)
        var received = driver.makeReceiveRing(count: 512)
        driver[raw: RCTL.self] = 1 << 1 | 1 << 3 | Self.loopback | (keepsCRC ? 0 : 1 << 26)
        var ring = driver.makeTransmitRing(count: 256)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        // More segments than a batch holds.
        (large.recipe.payload, large.segmentSize) = (generator.bytes(40000), 100)
        driver.post(large, to: &ring, &generator)
        driver.ring(ring)
        let expected = large.segments.map { keepsCRC ? padded($0) + frameCheck(padded($0)) : padded($0) }
        #expect(driver.takeAll(&received) == expected)
    }

    @Test("frames from the wire do not get in")
    func wireIsCutOff() {
        var received = driver.makeReceiveRing()
        driver.enableReceive(Self.loopback)
        driver.arrive(TestDriver.frame(1))
        #expect(driver.take(&received) == nil)
        driver.enableReceive()
        driver.arrive(TestDriver.frame(2))
        #expect(driver.takeAll(&received) == [TestDriver.frame(2)])
    }

    @Test("a frame held from before the loop is counted once and arrives after")
    func heldBefore() {
        var received = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        for number in 0..<8 { driver.arrive(TestDriver.frame(number)) }
        driver.enableReceive(Self.loopback)
        var other = driver.makeReceiveRing(1)
        driver[raw: MRQC.self] = 1 << 3
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(9)], to: &ring)
        driver.ring(ring)
        driver[raw: MRQC.self] = 0
        driver.enableReceive()
        driver.advance()
        #expect(driver.takeAll(&other).contains(TestDriver.frame(9)))
        _ = driver.takeAll(&received)
        driver.advance()
        #expect(driver[raw: TPR.self] == 9)
    }
}

/// The four bytes of FCS as the wire has them.
func frameCheck(_ frame: [UInt8]) -> [UInt8] {
    let crc = Slow.crc(frame, polynomial: 0xEDB8_8320)
    return (0..<4).map { UInt8(truncatingIfNeeded: crc >> UInt32(8 * $0)) }
}
