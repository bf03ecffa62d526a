// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Receive rings")
struct ReceiveRingTests {
    private let driver = TestDriver.started()

    private func arrive(_ numbers: Range<Int>) {
        for number in numbers { driver.uplink.incoming.append((TestDriver.frame(number), FrameBatch.Offload())) }
        driver.port.receiveFromUplink()
        driver.advance()
    }

    private func frames(_ numbers: Range<Int>) -> [[UInt8]] { numbers.map { TestDriver.frame($0) } }

    @Test("every queue that the redirection table names receives", arguments: 0..<16)
    func queues(_ queue: Int) {
        var ring = driver.makeReceiveRing(queue)
        driver[raw: MRQC.self] = 2 | 1 << 17
        for word in 0..<32 { driver[raw: RETA.self, word] = UInt32(queue) &* 0x0101_0101 }
        driver.enableReceive(1 << 3)
        let frame = FrameRecipe().bytes
        driver.arrive(padded(frame))
        #expect(driver.takeAll(&ring) == [padded(frame)])
        #expect(driver.receiveHead(queue) == 1)
    }

    @Test("what no RSS type covers goes to the default queue", arguments: 0..<8)
    func defaultQueue(_ queue: Int) {
        var ring = driver.makeReceiveRing(queue)
        driver.enableReceive()
        driver[raw: MRQC.self] = UInt32(queue) << 3
        driver.arrive(TestDriver.frame(1))
        driver[raw: MRQC.self] = UInt32(queue) << 3 | 2 | 1 << 17
        driver.arrive(TestDriver.frame(2))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1), TestDriver.frame(2)])
    }

    @Test("descriptors posted before the queue is enabled are used once it is")
    func postedThenEnabled() {
        var ring = driver.makeReceiveRing(3)
        driver[raw: RXDCTL.self, 3] = 0
        driver[raw: MRQC.self] = 3 << 3
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1))
        #expect(driver.take(&ring) == nil)
        driver[raw: RXDCTL.self, 3] = 1 << 25
        driver.arrive(TestDriver.frame(2))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(2)])
    }

    @Test("descriptors posted after the queue is enabled are used")
    func enabledThenPosted() {
        var ring = driver.makeReceiveRing()
        driver[raw: RXDCTL.self] = 0
        driver[raw: RDT.self] = 0
        driver[raw: RXDCTL.self] = 1 << 25
        driver.enableReceive()
        arrive(0..<3)
        #expect(driver.take(&ring) == nil && !driver.port.wantsFrames)
        driver[raw: RDT.self] = 63
        driver.advance()
        #expect(driver.takeAll(&ring) == frames(0..<3))
    }

    @Test("a ring wraps, whatever its size", arguments: [2, 3, 7, 8, 64, 65])
    func wraps(_ count: Int) {
        var ring = driver.makeReceiveRing(count: count)
        driver.enableReceive()
        for number in 0..<150 {
            driver.arrive(TestDriver.frame(number))
            #expect(driver.takeAll(&ring) == [TestDriver.frame(number)])
        }
        #expect(driver.receiveHead() == 150 % count)
    }

    @Test(
        "a ring of length 0, or with a tail outside it, receives nothing and holds nothing up",
        arguments: [false, true])
    func notARing(isTailOutside: Bool) {
        var ring = driver.makeReceiveRing()
        if isTailOutside { driver[raw: RDT.self] = 64 } else { driver[raw: RDLEN.self] = 0 }
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1))
        #expect(driver.port.wantsFrames && driver.take(&ring) == nil)
        (driver[raw: RDLEN.self], driver[raw: RDT.self]) = (64 * 16, 63)
        driver.arrive(TestDriver.frame(2))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(2)])
    }

    // MARK: No descriptors

    @Test("Drop_En drops what finds no descriptors and counts it in RQDPC")
    func drops() {
        var ring = driver.makeReceiveRing(2, count: 9, control: 1 << 31)
        driver[raw: MRQC.self] = 2 << 3
        driver.enableReceive()
        arrive(0..<12)
        #expect(driver.port.wantsFrames)
        #expect(driver[raw: RQDPC.self, 2] == 4 && driver[raw: RQDPC.self, 2] == 0)
        #expect(driver[raw: RNBC.self] == 0)
        #expect(driver.takeAll(&ring) == frames(0..<8))
        arrive(20..<21)
        #expect(driver.takeAll(&ring) == frames(20..<21))
    }

    @Test("RQDPC sticks at 4095")
    func dropsSaturate() {
        _ = driver.makeReceiveRing(count: 2, control: 1 << 31)
        driver.enableReceive()
        for batch in 0..<20 { arrive(batch * 250..<(batch + 1) * 250) }
        #expect(driver[raw: RQDPC.self] == 4095)
    }

    @Test("without Drop_En frames are held, and arrive in order when the tail moves")
    func holds() {
        var ring = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        arrive(0..<30)
        #expect(!driver.port.wantsFrames && !driver.port.hasWork)
        var taken: [[UInt8]] = []
        while taken.count < 30 {
            let some = driver.takeAll(&ring)
            driver.advance()
            if some.isEmpty { break }
            taken += some
        }
        #expect(taken == frames(0..<30))
        #expect(driver.port.wantsFrames)
    }

    @Test("a held frame counts once, however often it is offered again")
    func countsOnce() {
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<10)
        for _ in 0..<5 {
            driver[raw: RDT.self] = UInt32((ring.head + 7) % 8)
            driver[raw: RCTL.self] = driver[raw: RCTL.self]
            driver.advance()
        }
        #expect(driver.port.registers[word: 0x40A0 / 4] == 1)
        while driver.take(&ring) != nil { driver.advance() }
        #expect(driver[raw: TPR.self] == 10 && driver[raw: GPRC.self] == 10)
        #expect(driver.counter64(0x40C0) == 680 && driver.counter64(0x4088) == 680 && driver.counter64(0x4128) == 680)
        // Frames 7, 8 and 9 each found no descriptors.
        #expect(driver[raw: RNBC.self] == 3)
    }

    @Test("a held frame that is dropped in the end leaves no mark on the next one")
    func heldThenDropped() {
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<8)
        #expect(!driver.port.wantsFrames)
        driver[raw: RCTL.self] = 0
        driver.advance()
        #expect(driver.port.wantsFrames)
        driver.enableReceive()
        arrive(8..<9)
        #expect(driver[raw: TPR.self] == 9)
        #expect(driver[raw: RNBC.self] == 2)
        #expect(driver.takeAll(&ring) == frames(0..<7))
        driver.advance()
        #expect(driver.takeAll(&ring) == frames(8..<9))
    }

    @Test("what is held survives writes that have nothing to do with it")
    func holdSurvives() {
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<9)
        for offset in [
            0x100, 0x5000, 0x5400, 0x5200, 0x5600, 0x5818, 0x5C00, 0xC00C, 0xC028, 0xC14C, 0xE018, 0x1508, 0x18, 0,
        ] {
            driver[offset] = driver[offset]
            driver.advance()
            #expect(!driver.port.wantsFrames)
        }
        #expect(driver.takeAll(&ring) == frames(0..<7))
        driver.advance()
        #expect(driver.takeAll(&ring) == frames(7..<9))
    }

    @Test("while frames are held the uplink is not asked for more")
    func uplinkWaits() {
        _ = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<9)
        driver.uplink.incoming.append((TestDriver.frame(9), FrameBatch.Offload()))
        driver.port.receiveFromUplink()
        #expect(driver.uplink.incoming.count == 1)
    }

    @Test("a queue that is disabled lets go of what it held")
    func disabledWhileHeld() {
        _ = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<20)
        driver[raw: RXDCTL.self] = 0
        driver.advance()
        #expect(driver.port.wantsFrames)
        #expect(driver.port.receive.drops[.queueDisabled] == 13)
    }

    @Test("a reset drops what is held", arguments: [false, true])
    func reset(isFunctionReset: Bool) {
        _ = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        arrive(0..<20)
        if isFunctionReset { driver.function.reset() } else { driver[0] |= 1 << 26 }
        #expect(driver.port.wantsFrames)
        driver.start()
        driver.advance(milliseconds: 10000)
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver.advance()
        #expect(driver.take(&ring) == nil)
        driver.arrive(TestDriver.frame(50))
        #expect(driver.takeAll(&ring) == frames(50..<51))
    }

    @Test("a frame larger than all free buffers together waits for more of them")
    func waitsForRoom() {
        var ring = driver.makeReceiveRing(count: 8, bufferSize: 1024)
        driver[raw: RDT.self] = 2
        driver.enableReceive(1 << 5)
        let large = TestDriver.frame(1, length: 3000)
        driver.arrive(large)
        #expect(driver.memory.load(at: ring.base + 8) == 0 && driver.receiveHead() == 0)
        driver[raw: RDT.self] = 3
        driver.advance()
        #expect(driver.takeAll(&ring) == [large])
    }

    @Test("RXDMT0 is raised when the free descriptors fall to RDMTS")
    func threshold() {
        _ = driver.makeReceiveRing(count: 64, control: 1 << 20)
        driver.enableReceive()
        arrive(0..<46)
        #expect(driver.port.interrupts.icr & 1 << 4 == 0)
        arrive(46..<47)
        #expect(driver.port.interrupts.icr & 1 << 4 != 0)
        #expect(driver[raw: RXDMTC.self] == 1)
    }

    @Test("a ring or a buffer that is not mapped loses frames, and the port goes on")
    func unmapped() throws {
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver.memory.store(1 << 40, at: ring.base)
        arrive(0..<2)
        #expect(driver.port.receive.drops[.unwritable] == 1)
        _ = driver.take(&ring)
        #expect(driver.take(&ring)?.bytes == TestDriver.frame(1))
        driver[raw: RDBAH.self] = 0x100
        arrive(2..<5)
        #expect(driver.port.receive.drops[.unwritable] == 4)
        #expect(driver.port.wantsFrames)
        driver[raw: RDBAH.self] = 0
        arrive(5..<6)
        #expect(driver.takeAll(&ring) == frames(5..<6))
    }

    @Test("nothing is received without link or bus mastering")
    func preconditions() {
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver.function.writeConfiguration(at: 4, width: 2, 0x0002)
        arrive(0..<1)
        driver.function.writeConfiguration(at: 4, width: 2, 0x0006)
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        arrive(1..<2)
        #expect(driver.take(&ring) == nil)
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        driver.advance(milliseconds: 10000)
        arrive(2..<3)
        #expect(driver.takeAll(&ring) == frames(2..<3))
    }
}
