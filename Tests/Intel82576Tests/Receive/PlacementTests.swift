// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("What is written for a received frame")
struct PlacementTests {
    private let driver = TestDriver.started()
    private static let (sbp, lpe, upe): (UInt32, UInt32, UInt32) = (1 << 2, 1 << 5, 1 << 3)

    @Test(
        "the status has DD and EOP, the length is the frame's, short frames are padded",
        arguments: [14, 42, 59, 60, 61, 1514])
    func single(_ length: Int) throws {
        var ring = driver.makeReceiveRing()
        for buffer in ring.buffers { driver.memory.write(Array(repeating: 0xEE, count: 2048), at: buffer) }
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1, length: length))
        let received = try #require(driver.take(&ring))
        #expect(received.bytes == padded(TestDriver.frame(1, length: length)))
        #expect(received.status & 3 == 3 && received.vlanTag == 0 && received.descriptors == 1)
        let behind = driver.memory.read(8, at: ring.buffers[0] + UInt64(max(60, length)))
        #expect(behind == Array(repeating: 0xEE, count: 8))
    }

    @Test(
        "a frame in several buffers has EOP and the report in the last only", arguments: [1024, 1025, 2048, 3000, 9000])
    func several(_ length: Int) {
        let ring = driver.makeReceiveRing(bufferSize: 1024)
        driver.enableReceive(Self.lpe)
        driver.arrive(TestDriver.frame(1, length: length))
        var bytes: [UInt8] = []
        for index in 0..<(length + 1023) / 1024 {
            let isLast = (index + 1) * 1024 >= length
            let status = driver.memory.load(at: ring.base + UInt64(index) * 16 + 8)
            let count = isLast ? length - index * 1024 : 1024
            #expect(status & 3 == (isLast ? 3 : 1))
            #expect(status >> 32 & 0xFFFF == UInt64(count))
            bytes += driver.memory.read(count, at: ring.buffers[index])
        }
        #expect(bytes == TestDriver.frame(1, length: length))
        #expect(driver.receiveHead() == (length + 1023) / 1024)
        #expect(driver.memory.load(at: ring.base + UInt64(driver.receiveHead()) * 16 + 8) == 0)
    }

    @Test("where SRRCTL gives no buffer size RCTL.BSIZE does", arguments: 0..<4)
    func bufferSize(_ code: Int) {
        let size = 2048 >> code
        var ring = driver.makeReceiveRing(bufferSize: size)
        driver[raw: SRRCTL.self] = 1 << 25
        driver.enableReceive(UInt32(code) << 16)
        driver.arrive(TestDriver.frame(1, length: 1500))
        let received = driver.take(&ring)
        #expect(received?.bytes == TestDriver.frame(1, length: 1500))
        #expect(received?.descriptors == (1500 + size - 1) / size)
    }

    @Test("a buffer may lie at any address and across ranges that lie apart")
    func unaligned() {
        var ring = driver.makeReceiveRing()
        ring.buffers[0] += 13
        driver.memory.store(ring.buffers[0], at: ring.base)
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1, length: 1000))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1, length: 1000)])
    }

    // MARK: Legacy format

    @Test("DESCTYPE 0 writes the legacy format: length, packet checksum, status, errors, tag")
    func legacy() {
        let ring = driver.makeReceiveRing(type: 0)
        driver[0] |= 1 << 30
        driver[raw: RXCSUM.self] = 0x300 | 14
        driver.enableReceive(Self.upe)
        var recipe = FrameRecipe()
        (recipe.tags, recipe.payload) = ([(0x8100, 0xE055)], Array(1...100))
        driver.arrive(recipe.bytes)
        var wrong = recipe.bytes
        wrong[wrong.count - 1] ^= 1
        driver.arrive(wrong)
        let first = driver.memory.load(at: ring.base + 8)
        recipe.tags = []
        #expect(driver.memory.load(at: ring.base) == ring.buffers[0])
        #expect(first & 0xFFFF == UInt64(recipe.bytes.count))
        // DD, EOP, VP, L4CS, IPCS, PIF.
        #expect(first >> 32 & 0xFF == 0b1110_1011)
        #expect(first >> 40 & 0xFF == 0)
        #expect(first >> 48 == 0xE055)
        #expect(driver.memory.read(recipe.bytes.count, at: ring.buffers[0]) == recipe.bytes)
        // L4E is TCPE in the legacy errors.
        #expect(driver.memory.load(at: ring.base + 24) >> 40 & 0xFF == 1 << 5)
    }

    @Test("the legacy packet checksum is the plain sum from PCSS to the end")
    func legacyChecksum() {
        let ring = driver.makeReceiveRing(type: 0)
        driver[raw: RXCSUM.self] = 0x300 | 20
        driver.enableReceive()
        let frame = TestDriver.frame(1, length: 333)
        driver.arrive(frame)
        #expect(driver.memory.load(at: ring.base + 8) >> 16 & 0xFFFF == UInt64(Slow.sum(frame[20...])))
    }

    @Test("a legacy frame in several buffers has EOP in the last only")
    func legacySeveral() {
        let ring = driver.makeReceiveRing(bufferSize: 1024, type: 0)
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1, length: 1400))
        let words = [8, 24].map { driver.memory.load(at: ring.base + $0) }
        #expect(words.map { $0 >> 32 & 3 } == [1, 3])
        #expect(words.map { $0 & 0xFFFF } == [1024, 376])
    }

    // MARK: Length limits

    @Test("without LPE a frame is at most 1518 bytes with FCS, 4 more with each tag, and ROC counts the rest")
    func shortLimit() {
        var ring = driver.makeReceiveRing()
        driver[raw: CTRL_EXT.self] |= 1 << 26
        driver[raw: VET.self] = 0x88A8_8100
        driver.enableReceive()
        for extra in 0...1 {
            let plain = TestDriver.frame(1, length: 1514 + extra)
            let outer = tagged(plain, 1, type: 0x88A8)
            for frame in [plain, tagged(plain, 1), outer, outer[..<16] + [0x81, 0, 0, 5] + outer[16...]] {
                driver.arrive(frame)
                #expect(driver.takeAll(&ring) == (extra == 0 ? [frame] : []))
            }
        }
        #expect(driver[raw: ROC.self] == 4)
    }

    @Test("with LPE the limit is RLPML, and never more than 9728")
    func longLimit() {
        var ring = driver.makeReceiveRing()
        driver.enableReceive(Self.lpe)
        for limit in [4000, 9728, 0x3FFF] {
            driver[raw: RLPML.self] = UInt32(limit)
            let longest = min(limit, 9728) - 4
            driver.arrive(TestDriver.frame(1, length: longest))
            driver.arrive(TestDriver.frame(2, length: longest + 1))
            #expect(driver.takeAll(&ring) == [TestDriver.frame(1, length: longest)])
        }
        #expect(driver[raw: ROC.self] == 3)
    }

    @Test("SBP stores what is too long")
    func stored() {
        var ring = driver.makeReceiveRing()
        driver.enableReceive(Self.sbp)
        driver.arrive(TestDriver.frame(1, length: 1600))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1, length: 1600)])
    }

    // MARK: Tag and FCS

    @Test("CTRL.VME takes the tag out of the frame and reports it")
    func stripsTag() throws {
        var ring = driver.makeReceiveRing()
        driver[0] |= 1 << 30
        driver.enableReceive()
        let frame = TestDriver.frame(1, length: 200)
        driver.arrive(tagged(frame, 0xB123))
        driver.arrive(frame)
        let first = try #require(driver.take(&ring))
        let second = try #require(driver.take(&ring))
        #expect(first.bytes == frame && first.vlanTag == 0xB123 && first.status & 1 << 3 != 0)
        #expect(second.bytes == frame && second.vlanTag == 0 && second.status & 1 << 3 == 0)
        driver[0] &= ~(1 << 30)
        driver.arrive(tagged(frame, 0xB123))
        let third = try #require(driver.take(&ring))
        #expect(third.bytes == tagged(frame, 0xB123) && third.status & 1 << 3 == 0)
    }

    @Test("with EXT_VLAN the inner tag is taken out and the outer stays")
    func stripsInnerTag() throws {
        var ring = driver.makeReceiveRing()
        driver[0] |= 1 << 30
        driver[raw: CTRL_EXT.self] |= 1 << 26
        driver[raw: VET.self] = 0x88A8_8100
        driver.enableReceive()
        let outer = tagged(TestDriver.frame(1, length: 200), 0x111, type: 0x88A8)
        driver.arrive(outer[..<16] + [0x81, 0, 0x02, 0x22] + outer[16...])
        let received = try #require(driver.take(&ring))
        #expect(received.bytes == outer && received.vlanTag == 0x222 && received.status & 1 << 3 != 0)
    }

    @Test("the shortest tagged frame has 56 bytes without its tag")
    func shortTagged() {
        var ring = driver.makeReceiveRing()
        driver[0] |= 1 << 30
        driver.enableReceive()
        driver.arrive(tagged(TestDriver.frame(1, length: 20), 5))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1, length: 20) + Array(repeating: 0, count: 36)])
    }

    @Test("without SECRC the FCS follows the frame", arguments: [20, 60, 64, 301, 1514])
    func keepsCRC(_ length: Int) {
        var ring = driver.makeReceiveRing()
        driver[raw: RCTL.self] = 1 << 1
        let frame = TestDriver.frame(1, length: length)
        driver.arrive(frame)
        #expect(driver.takeAll(&ring) == [padded(frame) + frameCheck(padded(frame))])
    }

    @Test("an FCS that needs a buffer of its own gets one")
    func crcInNextBuffer() {
        var ring = driver.makeReceiveRing(bufferSize: 1024)
        driver[raw: RCTL.self] = 1 << 1
        let frame = TestDriver.frame(1, length: 1022)
        driver.arrive(frame)
        let received = driver.take(&ring)
        #expect(received?.bytes == frame + frameCheck(frame) && received?.descriptors == 2)
    }

    // MARK: Statistics

    @Test(
        "each size and kind of frame has its counter",
        arguments: [
            (20, 0), (60, 0), (61, 1), (124, 2), (252, 3), (508, 4), (1020, 5), (1514, 5),
        ])
    func statistics(length: Int, bucket: Int) {
        _ = driver.makeReceiveRing()
        driver.enableReceive(1 << 4)
        driver.arrive(TestDriver.frame(1, length: length))
        driver.arrive(TestDriver.frame(1, to: TestDriver.broadcast, length: length))
        driver.arrive(TestDriver.frame(1, to: [1, 0, 0, 0, 0, 1], length: length))
        #expect((0..<6).map { driver[raw: PRC64.self, $0] } == (0..<6).map { $0 == bucket ? 3 : 0 })
        #expect([0x4074, 0x4078, 0x407C, 0x40D0].map { driver[$0] } == [3, 1, 1, 3])
        let octets = UInt64(3 * (max(60, length) + 4))
        #expect(driver.counter64(0x4088) == octets && driver.counter64(0x40C0) == octets)
    }
}
