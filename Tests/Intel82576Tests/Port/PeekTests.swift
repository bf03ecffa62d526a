// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// Registers that are looked at from outside, on ports where reads have something to clear, latch, take and acknowledge.
@Suite("A peek")
struct PeekTests {
    enum State: CaseIterable { case fresh, running, legacy }

    /// A port with all that can be done to it. Two of them in the same state are alike.
    struct Bench {
        let driver: TestDriver
        let vfs: [TestVirtualFunction]

        init(_ state: State) {
            driver = TestDriver(virtualFunctions: 8)
            if state == .running { driver.enableVirtualFunctions(3) }
            vfs = (0..<8).map(driver.makeVirtualFunction)
            guard state != .fresh else { return }
            driver.start()
            if state == .running { driver.enableMSIX() }
            vfs[1].start()
            useTime()
            useFrames()
            useMailbox()
            raiseCauses()
        }

        /// SYSTIM beyond 32 bits, a stamp in each direction, timers that run.
        func useTime() {
            driver[.TIMINCA] = 0x0180_0000
            driver.clock.now += 20_000_000_000
            driver[raw: WDSTP.self] = 0x0500_0001
            driver.port.registers[TSYNCTXCTL.self] = TSYNCTXCTL(raw: 0x11)
            driver.port.registers[TSYNCRXCTL.self] = TSYNCRXCTL(raw: 0x19)
            for register in [RegisterName.TXSTMPL, .TXSTMPH, .RXSTMPL, .RXSTMPH, .RXSATRL, .RXSATRH] {
                driver.port.registers[word: RegisterMap.word(of: register)] = 0x1234_5678
            }
        }

        /// Counters of frames in both directions, and drops for want of descriptors.
        func useFrames() {
            var transmit = driver.makeTransmitRing(9)
            driver.post(pieces: [TestDriver.frame()], to: &transmit)
            driver.ring(transmit)
            driver[QDE.self] = QDE(raw: 0xFFFF)
            driver.enableReceive(1 << 3)
            driver.arrive(TestDriver.frame())
            driver.port.registers[RQDPC.self, 2].count = 7
            for index in 0..<3 { driver.port.registers[PFVFGPRC.self, index].raw = 5 }
            for register in [RegisterName.GORCL, .GORCH, .WVBR, .LVMMC, .MPC] {
                driver.port.registers[word: RegisterMap.word(of: register)] = 0x89
            }
        }

        /// Messages and acknowledgements in both directions, which VFs' reads clear.
        func useMailbox() {
            driver[.MBVFIMR] = 0xFF
            driver[.PFMAILBOX, 1] = 3
            vfs[1][raw: VFMAILBOX.self] = 7
            vfs[2][raw: VFMAILBOX.self] = 1
        }

        /// Causes that wait, of the PF and of a VF, and a semaphore that is free.
        func raiseCauses() {
            driver[raw: EIMC.self] = .max
            driver[raw: EICS.self] = 0x1F
            driver[raw: IAM.self] = 0x4
            driver[raw: IMS.self] = 0x4
            driver[raw: ICS.self] = 0x7
            for index in 0..<3 { vfs[index][raw: PVTEICS.self] = 5 }
        }

        /// What a driver reads of every register, in the order of the table.
        func readAll() -> [UInt32] {
            PeekTests.registers.map { driver[$0.name, $0.element] }
                + vfs.flatMap { vf in PeekTests.virtualOffsets.map { vf[$0] } }
        }

        func peekAll() {
            for (name, element) in PeekTests.registers { _ = driver.port.peek(name, element) }
            for vf in vfs { for offset in PeekTests.virtualOffsets { _ = driver.port.peekVirtual(vf.index, offset) } }
        }

        var messages: [[Int]] { [driver.host.msix, driver.host.msi, [driver.host.assertions]] + vfs.map(\.host.msix) }
    }

    static let registers = RegisterTable.find("*").filter { RegisterMap.shared.find($0.name, $0.element) != nil }
    static let virtualOffsets = RegisterTable.virtual.flatMap { $0.offsets.map(Int.init) }

    @Test("gives what the read that follows it gives, for every register", arguments: State.allCases)
    func values(state: State) {
        let bench = Bench(state)
        for (name, element) in Self.registers {
            let peeked = bench.driver.port.peek(name, element)
            #expect(peeked == bench.driver[name, element], "\(name)[\(element)]")
        }
    }

    @Test("gives what the VF's read that follows it gives, for every register", arguments: State.allCases)
    func virtualValues(state: State) {
        let bench = Bench(state)
        for vf in bench.vfs {
            for offset in Self.virtualOffsets {
                let peeked = bench.driver.port.peekVirtual(vf.index, offset)
                #expect((peeked != nil) == (state == .running && vf.index < 3))
                #expect((peeked ?? 0) == vf[offset], "VF \(vf.index) at \(String(offset, radix: 16))")
            }
        }
    }

    @Test("changes nothing that a driver could read, and sends nothing", arguments: State.allCases)
    func effects(state: State) {
        let (peeked, twin) = (Bench(state), Bench(state))
        peeked.peekAll()
        #expect(peeked.messages == twin.messages)
        #expect(peeked.readAll() == twin.readAll())
        #expect(peeked.messages == twin.messages)
    }

    @Test("finds what it has to leave alone on the port of these tests")
    func bench() throws {
        let bench = Bench(.running)
        let first = bench.readAll()
        let second = bench.readAll()
        let changed = Set(zip(Self.registers, zip(first, second)).filter { $1.0 != $1.1 }.map { "\($0.0.name)" })
        for name in ["ICR", "EICR", "SWSM", "GORCH", "MPC", "WVBR", "RQDPC", "TSYNCTXCTL", "TSYNCRXCTL", "VFMAILBOX"] {
            #expect(changed.contains(name), "\(name)")
        }
    }

    @Test("of SYSTIMH is the half that the last read of SYSTIML latched")
    func latch() {
        let driver = Bench(.running).driver
        let latched = driver.port.peek(.SYSTIMH)
        _ = driver.port.peek(.SYSTIML)
        #expect(driver.port.peek(.SYSTIMH) == latched)
        _ = driver[raw: SYSTIML.self]
        #expect(driver.port.peek(.SYSTIMH) != latched)
    }

    @Test("takes no semaphore, releases no time stamp and acknowledges no cause")
    func owners() {
        let driver = Bench(.running).driver
        let names = [RegisterName.SWSM, .TXSTMPH, .RXSTMPH, .RXSATRH, .TSYNCTXCTL, .TSYNCRXCTL, .ICR, .EICR, .PVTEICR]
        for name in names { #expect(driver.port.peek(name) == driver.port.peek(name), "\(name)") }
        #expect(driver.port.peek(.SWSM) == 0 && driver[.SWSM] == 0 && driver.port.peek(.SWSM) == 1)
        #expect(driver.port.peek(.TSYNCTXCTL) == 0x11 && driver.port.peek(.PVTEICR) == 5)
    }

    @Test("of what is not there is nil")
    func nothing() {
        let driver = Bench(.running).driver
        let port = driver.port
        #expect(port.peek(.TDT, 16) == nil && port.peek(.TDT, -1) == nil && port.peek(.TDT, 15) != nil)
        #expect(port.peek(.LPIC) == nil && port.peek(.VTCTRL) == nil)
        let offset = Int(PVTSTATUS.virtualOffset)
        #expect(port.peekVirtual(2, offset) != nil)
        for index in [-1, 3, 7, 8, .max] { #expect(port.peekVirtual(index, offset) == nil) }
        for hole in [-4, offset + 1, offset + 4, 0x4000, .max, .min] {
            #expect(driver.port.peekVirtual(0, hole) == nil)
        }
    }
}
