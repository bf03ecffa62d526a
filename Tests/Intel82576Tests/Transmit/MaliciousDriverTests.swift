// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Malicious driver detection")
struct MaliciousDriverTests {
    private static let (outOfSync, malicious, spoof): (UInt32, UInt32, UInt32) = (1 << 4, 1 << 5, 1 << 6)
    private static let cause: UInt32 = 1 << 28
    private let driver = TestDriver.started()

    /// A data descriptor with EOP and RS, but of a type that does not exist, or without bytes.
    private func postBad(_ kind: Int, to ring: inout TestDriver.TransmitRing) {
        let end: UInt64 = 1 << 24 | 1 << 27 | 1 << 29
        let buffer = driver.memory.allocate(64)
        switch kind {
        case 0: driver.post(buffer, 3 << 20 | end, to: &ring)
        case 1: driver.post(buffer, 60 | 5 << 20 | end, to: &ring)
        case 2: driver.post(pieces: [TestDriver.frame(1, length: 9725)], to: &ring)
        case 3:
            driver.postContext(l4: 20, segmentSize: 100, to: &ring)
            driver.post(
                pieces: [Array(repeating: 0, count: 500)], command: 1 << 31, payloadLength: 400, to: &ring)
        default: for _ in 1..<ring.count { driver.post(buffer, 10 | 3 << 20 | 1 << 29, to: &ring) }
        }
    }

    private var record: [UInt32] { [driver[.MDFB], driver[.WVBR], driver[.LVMMC], driver[.ICR] & Self.cause] }

    @Test("without it bad packets are dropped and nobody is told", arguments: 0..<5)
    func off(kind: Int) {
        driver[.DTXCTL] = Self.spoof
        var ring = driver.makeTransmitRing(3)
        postBad(kind, to: &ring)
        driver.ring(ring)
        #expect(driver.transmitHead(3) == ring.tail)
        #expect(record == [0, 0, 0, 0])
    }

    @Test("with OOS_EN bad packets are dropped and reported, and the queue goes on", arguments: 0..<5)
    func reported(kind: Int) {
        driver[.DTXCTL] = Self.outOfSync
        var ring = driver.makeTransmitRing(11)
        postBad(kind, to: &ring)
        driver.ring(ring)
        #expect(driver.transmitHead(11) == ring.tail)
        #expect(record == [0, 0, 4 | 11 << 16, Self.cause])
        #expect(driver[.LVMMC] == 0, "LVMMC clears when read")
    }

    @Test("with MDP_EN a bad packet stops its queue, after what was before it", arguments: 0..<5)
    func blocked(kind: Int) {
        driver[.DTXCTL] = Self.malicious
        var ring = driver.makeTransmitRing(9)
        if kind < 4 { driver.post(pieces: [TestDriver.frame(1)], to: &ring) }
        let good = ring.tail
        postBad(kind, to: &ring)
        let after = kind < 4 ? driver.post(pieces: [TestDriver.frame(2)], to: &ring) : ring.base
        driver.ring(ring)
        #expect(driver.sentFrames == (kind < 4 ? [TestDriver.frame(1)] : []))
        // A context descriptor before the packet may be done with.
        #expect(driver.transmitHead(9) == good + (kind == 3 ? 1 : 0))
        #expect(!driver.isDone(after))
        #expect(record == [1 << 9, 1 << 25, 4 | 9 << 16, Self.cause])
        driver.ring(ring)
        #expect(record == [1 << 9, 0, 0, 0])

        var other = driver.makeTransmitRing(1)
        driver.post(pieces: [TestDriver.frame(3)], to: &other)
        driver.ring(other)
        #expect(driver.sentFrames.last == TestDriver.frame(3))
    }

    @Test("a blocked queue goes on when MDFB's bit is written, not when it is switched off and on")
    func released() {
        driver[.DTXCTL] = Self.malicious
        var ring = driver.makeTransmitRing(2)
        postBad(0, to: &ring)
        driver.ring(ring)
        ring = driver.makeTransmitRing(2)
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver[.MDFB] == 4)
        driver[.MDFB] = ~4
        driver.advance()
        #expect(driver.sentFrames.isEmpty && driver[.MDFB] == 4)
        driver[.MDFB] = 4
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame(1)] && driver[.MDFB] == 0)
    }

    @Test("a reset of its VF releases the VF's queues")
    func virtual() {
        let driver = TestDriver(virtualFunctions: 2)
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(1)
        driver.start()
        vf.start()
        driver[.VFTE] = 3
        driver[.DTXCTL] = Self.malicious
        var ring = vf.makeTransmitRing(1)
        vf.send([], to: &ring)
        driver.advance()
        #expect(driver[.MDFB] == 1 << 9)
        vf[raw: TXDCTL.self, 1] = 0
        vf[raw: TXDCTL.self, 1] = 1 << 25
        #expect(driver[.MDFB] == 1 << 9)
        vf[0] = 1 << 26
        #expect(driver[.MDFB] == 0)
        driver[.VFTE] = 3
        ring = vf.makeTransmitRing(1)
        vf.send(TestDriver.frame(1), to: &ring)
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame(1)])
    }

    @Test("a reset of the port releases every queue")
    func reset() {
        driver[.DTXCTL] = Self.malicious
        var ring = driver.makeTransmitRing()
        postBad(0, to: &ring)
        driver.ring(ring)
        #expect(driver[.MDFB] == 1)
        driver[.CTRL] = 1 << 26
        #expect(driver[.MDFB] == 0)
    }

    @Test("spoofing is in LVMMC too, and blocks nothing")
    func spoofing() {
        let bench = SwitchBench(
            SwitchScene.model {
                $0.pools[0].checksSource = true
                $0.pools[0].checksVLAN = true
                $0.vlanGroups = [2: .init(vlan: 10, pools: [1])]
            })
        bench.driver[.DTXCTL] = Self.malicious | Self.spoof
        let foreign = SwitchScene.frame(to: SwitchScene.everybody, from: SwitchScene.station(1))
        _ = bench.send([.init(frame: foreign)], from: .pool(0), secondQueue: true)
        #expect(bench.driver[.LVMMC] == 1 | 8 << 16)
        var tagged = SwitchScene.frame(to: SwitchScene.everybody, from: SwitchScene.station(0))
        tagged.tags = [10]
        _ = bench.send([.init(frame: tagged)], from: .pool(0))
        #expect(bench.driver[.LVMMC] == 2)
        #expect(bench.driver[.MDFB] == 0 && bench.driver[.WVBR] == 0x101)
    }
}
