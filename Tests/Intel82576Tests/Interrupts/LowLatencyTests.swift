// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Low-latency interrupts")
struct LowLatencyTests {
    private static let interval: UInt64 = 100
    private let driver = TestDriver.started()
    private var start: UInt64 { 2_000_000_000 }
    /// A frame that ETQF[0] names.
    private let marked = TestDriver.frame(1)
    /// One that nothing names.
    private let plain = FrameRecipe().bytes

    /// Queue 0 on vector 1 with an interval of 100 microseconds; a first message has started it.
    init() {
        driver.enableMSIX()
        driver[.EIAM] = 0
        driver[.IVAR, 0] = 0x81
        _ = driver.makeReceiveRing()
        driver.enableReceive(1 << 3)
        driver[.ETQF, 0] = 0x88B5 | 1 << 26 | 1 << 29
        driver[.EITR, 1] = UInt32(Self.interval) << 2
        driver.arrive(plain)
        #expect(driver.host.takeMSIX() == [1])
    }

    /// Messages after `frame`.
    private func messages(_ frame: [UInt8]) -> [Int] {
        driver.arrive(frame)
        return driver.host.takeMSIX()
    }

    private func move(microseconds: UInt64) {
        driver.run(at: driver.clock.now + microseconds * 1000)
    }

    private func status(_ index: Int) -> UInt64 {
        let base = UInt64(driver[.RDBAL]) + UInt64(index) * 16
        return driver.memory.load(at: base + 8)
    }

    @Test("do not wait for EITR, and say so in the descriptor")
    func immediate() {
        #expect(messages(plain) == [])
        #expect(messages(marked) == [1])
        #expect(messages(marked) == [1])
        #expect((0..<4).map { status($0) >> 11 & 1 } == [0, 0, 1, 1])
    }

    @Test("start moderation anew")
    func restart() {
        move(microseconds: 60)
        #expect(messages(marked) == [1])
        #expect(messages(plain) == [])
        #expect(driver.port.nextDeadline == start + 160_000)
        move(microseconds: 100)
        #expect(driver.host.takeMSIX() == [1])
    }

    @Test("are asked for by 5-tuple filters too, set up as by drivers that know no queues")
    func ports() {
        driver[.ETQF, 0] = 0
        driver[.IMIREXT, 2] = 1 << 12 | 1 << 19
        driver[.IMIR, 2] = UInt32(UInt16(1766).byteSwapped) | 1 << 16
        #expect(messages(plain) == [1])
        driver[.IMIR, 2] = UInt32(UInt16(1767).byteSwapped) | 1 << 16
        #expect(messages(plain) == [])
        driver[.IMIR, 2] = UInt32(UInt16(1766).byteSwapped)
        #expect(messages(plain) == [])
    }

    @Test("come by VLAN priority from IMIRVP on", arguments: 0..<8)
    func priority(threshold: UInt16) {
        driver[.ETQF, 0] = 0
        driver[.IMIRVP] = 8 | UInt32(threshold)
        for priority in 0..<8 as Range<UInt16> {
            #expect(messages(tagged(plain, priority << 13 | 5)) == (priority >= threshold ? [1] : []))
        }
        #expect(messages(plain) == [])
        driver[.IMIRVP] = UInt32(threshold)
        #expect(messages(tagged(plain, 7 << 13)) == [])
    }

    @Test("do not come with legacy descriptors")
    func legacy() {
        driver[.SRRCTL] = 2
        #expect(messages(marked) == [])
    }

    @Test("wait while the vector is masked, and then do not")
    func masked() {
        driver[.EIMC] = 2
        #expect(messages(marked) == [])
        driver[.EIMS] = 2
        #expect(driver.host.takeMSIX() == [1])
    }

    @Test("are forgotten with the cause that is read")
    func readAway() {
        driver[.EIMC] = 2
        #expect(messages(marked) == [])
        _ = driver[.EICR]
        driver[.EIMS] = 2
        #expect(messages(plain) == [])
        #expect(driver.port.nextDeadline == start + 100_000)
    }

    // MARK: Credits

    @Test("take a credit each with LLI_EN, as many as were written, and more come with time", arguments: [0, 4, 31])
    func credits(rate: UInt32) {
        let gain = UInt64(rate + 1) * 4
        driver[.GPIE] = 0xC000_0011 | rate << 7
        driver[.EITR, 1] = 8000 << 2 | 1 << 15 | 3 << 16
        #expect(messages(plain) == [1])
        for _ in 0..<3 { #expect(messages(marked) == [1]) }
        #expect(messages(marked) == [])
        #expect(driver.port.nextDeadline == start + gain * 1000)
        move(microseconds: gain - 1)
        #expect(driver.host.takeMSIX() == [])
        move(microseconds: 1)
        #expect(driver.host.takeMSIX() == [1])
        #expect(messages(marked) == [])
    }

    @Test("save up 31 credits at most")
    func saturation() {
        driver[.EITR, 1] = 8000 << 2 | 1 << 15
        move(microseconds: 4 * 100)
        #expect(messages(plain) == [1])
        for _ in 0..<31 { #expect(messages(marked) == [1]) }
        #expect(messages(marked) == [])
    }

    @Test("cost nothing when moderation would have let the message go")
    func free() {
        driver[.GPIE] = 0xC000_0011 | 31 << 7
        driver[.EITR, 1] = 50 << 2 | 1 << 15 | 1 << 16
        #expect(messages(marked) == [1])
        move(microseconds: 50)
        #expect(messages(marked) == [1])
        #expect(messages(marked) == [1])
        #expect(messages(marked) == [])
        #expect(driver.port.nextDeadline == driver.clock.now + 50_000)
    }

    // MARK: Other ways

    @Test("beat the moderation of MSI")
    func msi() {
        driver.setMSIX(false)
        driver.setMSI(true)
        driver[.GPIE] = 0
        driver[.IMS] = 1 << 7
        driver[.EITR, 0] = 100 << 2
        driver.arrive(plain)
        _ = driver.host.takeMSI()
        for (frame, count) in [(plain, 0), (marked, 1), (plain, 0)] {
            _ = driver[.ICR]
            driver.arrive(frame)
            #expect(driver.host.takeMSI() == count)
        }
    }

    @Test("beat the moderation of INTx")
    func intx() {
        driver.setMSIX(false)
        (driver[.GPIE], driver[.IVAR, 0]) = (0, 0)
        _ = driver[.EICR]
        driver[.IMS] = 1 << 7
        driver[.EITR, 0] = 100 << 2
        driver.arrive(plain)
        for (frame, isAsserted) in [(plain, false), (marked, true)] {
            _ = driver[.ICR]
            #expect(!driver.host.isINTxAsserted)
            driver.arrive(frame)
            #expect(driver.host.isINTxAsserted == isAsserted)
        }
    }

    @Test("beat the moderation of a VF")
    func virtual() {
        let driver = TestDriver(virtualFunctions: 1)
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        driver.start()
        driver[.MRQC] = 3
        driver[.VT_CTL] = 1 << 30
        driver[.VMOLR, 0] = 1 << 24 | 1 << 27 | 1 << 31
        driver.enableReceive()
        vf.start()
        vf.enableMSIX()
        vf[raw: PVTEIAM.self] = 0
        vf[raw: EITR.self, 1] = 100 << 2
        driver[.VFRE] = 1
        _ = vf.makeReceiveRing()
        driver[.ETQF, 0] = 0x88B5 | 1 << 26
        for _ in 0..<2 { driver.arrive(marked) }
        #expect(vf.host.takeMSIX() == [1])
        driver[.ETQF, 0] |= 1 << 29
        driver.arrive(marked)
        #expect(vf.host.takeMSIX() == [1])
        driver.arrive(TestDriver.frame(3, to: TestDriver.broadcast))
        #expect(vf.host.takeMSIX() == [1])
    }
}
