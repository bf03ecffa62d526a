// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

/// A port on a bench, with faults.
final class FaultBench {
    let driver: TestDriver
    let faults: PortFaults

    init(_ rules: [FaultKind: FaultRule] = [:], virtualFunctions: Int = 0) {
        driver = TestDriver(virtualFunctions: virtualFunctions)
        faults = PortFaults(driver.port)
        faults.functions[0].attach(driver.host)
        driver.start()
        put(rules)
    }

    func put(_ rules: [FaultKind: FaultRule]) { faults.apply(Faults(rules)) }

    /// Lets time pass as the daemon's loop does.
    func advance(milliseconds: Double) {
        let end = driver.clock.now + UInt64(milliseconds * 1_000_000)
        repeat {
            driver.clock.now = min(end, max(driver.clock.now, faults.nextDeadline ?? end))
            driver.advance()
            faults.run()
        } while driver.clock.now < end
        driver.advance()
    }
}

extension FaultRule {
    static func every(milliseconds: UInt64, for duration: UInt64 = 0) -> FaultRule {
        var rule = FaultRule(.period(milliseconds * 1_000_000))
        rule.duration = duration * 1_000_000
        return rule
    }

    static func every(_ number: UInt64) -> FaultRule { FaultRule(.every(number)) }
}

@Suite("Faults of queues and memory") struct QueueFaultTests {
    @Test("a transmit queue that hangs sends nothing, and goes on where it stopped")
    func transmitHang() {
        let bench = FaultBench([.txHang: .every(milliseconds: 100, for: 50)])
        var ring = bench.driver.makeTransmitRing()
        bench.advance(milliseconds: 110)
        let address = bench.driver.post(pieces: [TestDriver.frame()], to: &ring)
        bench.driver.ring(ring)
        #expect(bench.driver.sentFrames.isEmpty && !bench.driver.isDone(address) && bench.driver.transmitHead() == 0)
        bench.advance(milliseconds: 60)
        #expect(bench.driver.sentFrames == [TestDriver.frame()] && bench.driver.isDone(address))
        #expect(bench.faults.count(.txHang) == 1)
    }

    @Test("a reset gets a queue going before its time")
    func reset() {
        let bench = FaultBench([.txHang: .every(milliseconds: 100, for: 50)])
        bench.advance(milliseconds: 110)
        bench.driver[CTRL.self].resets = true
        bench.driver.start()
        var ring = bench.driver.makeTransmitRing()
        bench.driver.post(pieces: [TestDriver.frame()], to: &ring)
        bench.driver.ring(ring)
        #expect(bench.driver.sentFrames.count == 1)
    }

    @Test("only the queue that the rule names hangs")
    func oneQueue() {
        var rule = FaultRule.every(milliseconds: 100, for: 50)
        rule.queue = 3
        let bench = FaultBench([.txHang: rule])
        bench.advance(milliseconds: 110)
        for queue in [2, 3] {
            var ring = bench.driver.makeTransmitRing(queue)
            bench.driver.post(pieces: [TestDriver.frame(queue)], to: &ring)
            bench.driver.ring(ring)
        }
        #expect(bench.driver.sentFrames == [TestDriver.frame(2)])
    }

    @Test(
        "a receive queue that hangs holds frames back, or drops them as one without descriptors does",
        arguments: [false, true])
    func receiveHang(drops: Bool) {
        let bench = FaultBench([.rxHang: .every(milliseconds: 100, for: 50)])
        var ring = bench.driver.makeReceiveRing(control: drops ? 1 << 31 : 0)
        bench.driver.enableReceive()
        bench.advance(milliseconds: 110)
        bench.driver.arrive(TestDriver.frame())
        #expect(bench.driver.takeAll(&ring).isEmpty)
        #expect(bench.driver.port.receive.drops[.noDescriptors] == (drops ? 1 : 0))
        bench.advance(milliseconds: 60)
        #expect(bench.driver.takeAll(&ring) == (drops ? [] : [TestDriver.frame()]))
    }

    @Test("DMA that fails ends like that of an address nobody has, and works afterwards")
    func memory() {
        let bench = FaultBench([.dmaError: .every(milliseconds: 100, for: 50)])
        var (transmit, receive) = (bench.driver.makeTransmitRing(), bench.driver.makeReceiveRing())
        bench.driver.enableReceive()
        bench.advance(milliseconds: 110)
        bench.driver.post(pieces: [TestDriver.frame()], to: &transmit)
        bench.driver.ring(transmit)
        bench.driver.arrive(TestDriver.frame())
        #expect(bench.driver.sentFrames.isEmpty && bench.driver.takeAll(&receive).isEmpty)
        #expect(bench.driver.port.transmit.drops[.ringFault] > 0 && bench.driver.port.receive.drops[.unwritable] == 1)
        bench.advance(milliseconds: 60)
        #expect(bench.driver.sentFrames == [TestDriver.frame()])
        bench.driver.arrive(TestDriver.frame(2))
        #expect(bench.driver.takeAll(&receive) == [TestDriver.frame(2)])
        #expect(bench.faults.count(.dmaError) == 1)
    }

    @Test("what is mapped and unmapped while DMA fails is so afterwards")
    func mappings() throws {
        let bench = FaultBench([.dmaError: .every(milliseconds: 100, for: 50)])
        var ring = bench.driver.makeTransmitRing()
        bench.advance(milliseconds: 110)
        let mapping = bench.driver.memory.mapping
        #expect(try bench.driver.function.unmap(address: mapping.address, size: mapping.size) == mapping.size)
        try bench.driver.function.map(mapping)
        bench.driver.post(pieces: [TestDriver.frame()], to: &ring)
        bench.driver.ring(ring)
        #expect(bench.driver.sentFrames.isEmpty)
        bench.advance(milliseconds: 60)
        #expect(bench.driver.sentFrames.count == 1)
    }

    @Test("faults that are taken back end at once")
    func takenBack() {
        let bench = FaultBench([
            .txHang: .every(milliseconds: 100, for: 50), .dmaError: .every(milliseconds: 100, for: 50),
        ])
        var ring = bench.driver.makeTransmitRing()
        bench.advance(milliseconds: 110)
        bench.driver.post(pieces: [TestDriver.frame()], to: &ring)
        bench.driver.ring(ring)
        bench.put([:])
        bench.driver.advance()
        #expect(bench.driver.sentFrames.count == 1 && bench.faults.nextDeadline == nil)
    }
}

@Suite("Faults of interrupts") struct InterruptFaultTests {
    private func transmit(_ bench: FaultBench, _ ring: inout TestDriver.TransmitRing) {
        bench.driver.post(pieces: [TestDriver.frame()], to: &ring)
        bench.driver.ring(ring)
        bench.faults.run()
    }

    @Test("the cause of a message that is lost stays, and may be raised again")
    func lost() {
        let bench = FaultBench([.lostInterrupt: .every(2)])
        bench.driver.enableMSIX()
        bench.driver[raw: IVAR.self] = 0x8100
        var ring = bench.driver.makeTransmitRing()
        transmit(bench, &ring)
        #expect(bench.driver.host.takeMSIX() == [1])
        bench.driver[raw: EIMS.self] = 2
        transmit(bench, &ring)
        #expect(bench.driver.host.takeMSIX() == [] && bench.faults.count(.lostInterrupt) == 1)
        #expect(bench.driver.port.interrupts.eicr == 2 && bench.driver.port.interrupts.eims & 2 == 2)
        // igb's watchdog does so every two seconds.
        bench.driver[raw: EICS.self] = 2
        #expect(bench.driver.host.takeMSIX() == [1])
    }

    @Test("a message without a cause comes by each way that interrupts leave")
    func spurious() {
        let bench = FaultBench([.spuriousInterrupt: .every(milliseconds: 100)])
        // The link came up.
        _ = bench.driver[raw: ICR.self]
        bench.advance(milliseconds: 150)
        #expect(bench.driver.host.assertions == 1 && !bench.driver.host.isINTxAsserted)
        bench.driver.setMSI(true)
        bench.advance(milliseconds: 100)
        #expect(bench.driver.host.takeMSI() == 1)
        bench.driver.setMSI(false)
        bench.driver.enableMSIX()
        bench.advance(milliseconds: 100)
        #expect(bench.driver.host.takeMSIX().count == 1)
        #expect(bench.driver[raw: ICR.self] == 0 && bench.driver.port.interrupts.eicr == 0)
        #expect(bench.faults.count(.spuriousInterrupt) == 3)
    }
}

@Suite("Faults of PHY and EEPROM") struct ManagementFaultTests {
    @Test(
        "an access to the PHY fails, or does not end, and is not carried out",
        arguments: [FaultKind.phyError, .phyTimeout])
    func phy(kind: FaultKind) {
        let bench = FaultBench([kind: .every(2)])
        let read = MDIC(.read, register: 2)
        bench.driver[MDIC.self] = read
        #expect(bench.driver[MDIC.self].isReady && !bench.driver[MDIC.self].hasFailed)
        bench.driver[MDIC.self] = MDIC(.write, register: 4, data: 0x0061)
        let reply = bench.driver[MDIC.self]
        #expect(reply.isReady == (kind == .phyError) && reply.hasFailed == (kind == .phyError))
        #expect(bench.driver.readPHY(4) == 0x0DE1)
        #expect(bench.faults.count(kind) == 1)
    }

    private func readWord(_ bench: FaultBench, _ word: Int) -> EERD {
        var request = EERD(raw: 0)
        (request.address, request.starts) = (word, true)
        bench.driver[EERD.self] = request
        return bench.driver[EERD.self]
    }

    @Test("one bit of a word from the EEPROM is wrong, and right the next time")
    func wrongWord() throws {
        let bench = FaultBench([.nvmData: .every(2)])
        let right = readWord(bench, 0).data
        let wrong = readWord(bench, 0)
        #expect(wrong.isDone && (wrong.data ^ right).nonzeroBitCount == 1)
        #expect(readWord(bench, 0).data == right)
        #expect(bench.faults.count(.nvmData) == 1)
    }

    @Test("a read of the EEPROM is done late, or never", arguments: [0, 20])
    func late(milliseconds: UInt64) {
        var rule = FaultRule.every(2)
        rule.delay = milliseconds * 1_000_000
        let bench = FaultBench([.nvmTimeout: rule])
        let right = readWord(bench, 0)
        #expect(right.isDone && !readWord(bench, 0).isDone)
        bench.advance(milliseconds: 10)
        #expect(!bench.driver[EERD.self].isDone)
        bench.advance(milliseconds: 1000)
        #expect(bench.driver[EERD.self].isDone == (milliseconds > 0))
        #expect(milliseconds == 0 || bench.driver[EERD.self].data == right.data)
    }
}

@Suite("Faults of functions") struct FunctionFaultTests {
    @Test("a VF that is reset is told, and so is the PF")
    func virtualReset() {
        var rule = FaultRule.every(milliseconds: 100)
        rule.function = .vf(1)
        let bench = FaultBench([.vfReset: rule], virtualFunctions: 2)
        bench.driver.enableVirtualFunctions(2)
        bench.put([.vfReset: rule])
        let vfs = (0..<2).map { bench.driver.makeVirtualFunction($0) }
        bench.driver[raw: VFLRE.self] = 3
        for vf in vfs {
            vf.start()
            vf[raw: RXDCTL.self] = 1 << 25
        }
        bench.advance(milliseconds: 150)
        #expect(vfs.map { $0[raw: RXDCTL.self] & 1 << 25 != 0 } == [true, false])
        #expect(bench.driver[raw: VFLRE.self] == 2)
        #expect(vfs[1][VFMAILBOX.self].isResetDone && !vfs[0][VFMAILBOX.self].isResetDone)
        #expect(bench.faults.count(.vfReset) == 1)
    }

    @Test("a function that is gone reads as ones everywhere, and is as new when it is back")
    func removal() {
        let bench = FaultBench([.removal: .every(milliseconds: 100, for: 50)])
        let function = bench.faults.functions[0]
        bench.driver[raw: RCTL.self] = 2
        bench.advance(milliseconds: 110)
        #expect(
            function.readConfiguration(at: 0, width: 4) == .max && function.readConfiguration(at: 2, width: 2) == 0xFFFF
        )
        #expect(function.readBAR(0, at: 8, width: 4) == 0xFFFF_FFFF && function.readBAR(0, at: 0, width: 8) == .max)
        function.writeBAR(0, at: RCTL.offset, width: 4, 2)
        function.writeConfiguration(at: 4, width: 2, 7)
        bench.advance(milliseconds: 60)
        #expect(function.readConfiguration(at: 0, width: 4) == 0x10C9_8086)
        #expect(function.readConfiguration(at: 4, width: 2) == 0)
        #expect(bench.driver[raw: RCTL.self] == 0)
        #expect(bench.faults.count(.removal) == 1)
    }
}

@Suite("A frame that was damaged on the wire") struct DamagedFrameTests {
    private static var damaged: FrameBatch.Offload {
        var offload = FrameBatch.Offload()
        offload.markDamaged()
        return offload
    }

    @Test("is counted in CRCERRS, and dropped")
    func dropped() {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver.arrive(TestDriver.frame(), offload: Self.damaged)
        driver.arrive(TestDriver.frame(1))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1)])
        #expect(driver[raw: CRCERRS.self] == 1 && driver[raw: TPR.self] == 2 && driver[raw: GPRC.self] == 1)
    }

    @Test("is stored with RXE when RCTL.SBP is set, if it is for the port")
    func stored() throws {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing()
        driver.enableReceive(1 << 2)
        driver.arrive(TestDriver.frame(to: [2, 9, 9, 9, 9, 9]), offload: Self.damaged)
        driver.arrive(TestDriver.frame(), offload: Self.damaged)
        let received = try #require(driver.take(&ring))
        #expect(received.bytes == TestDriver.frame() && received.status & 1 << 31 != 0)
        #expect(driver.takeAll(&ring).isEmpty)
        #expect(driver[raw: CRCERRS.self] == 2)
    }

    @Test("waits for descriptors as others do, and is counted once")
    func held() {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive(1 << 2)
        for number in 0..<7 { driver.arrive(TestDriver.frame(number)) }
        driver.arrive(TestDriver.frame(7), offload: Self.damaged)
        #expect(driver.takeAll(&ring).count == 7)
        driver.advance()
        #expect(driver.takeAll(&ring) == [TestDriver.frame(7)])
        #expect(driver[raw: CRCERRS.self] == 1)
    }
}
