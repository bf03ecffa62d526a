// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Interrupts leave")
struct DeliveryTests {
    let driver = TestDriver()

    init() {
        driver.start()
        _ = driver[.ICR]
        driver[.IMS] = 1 << 2
    }

    func raise() { driver[.ICS] = 1 << 2 }

    // MARK: Modes

    @Test("by the pin until MSI or MSI-X is enabled")
    func pin() {
        raise()
        #expect(driver.host.isINTxAsserted && driver.host.takeMSI() == 0 && driver.host.takeMSIX().isEmpty)
    }

    @Test("as MSI: a message for each new cause, none for one that is there already")
    func msi() {
        driver.setMSI(true)
        raise()
        raise()
        #expect(driver.host.takeMSI() == 1)
        #expect(driver[.ICR] == 1 << 31 | 1 << 2)
        raise()
        #expect(driver.host.takeMSI() == 1 && !driver.host.isINTxAsserted && driver.host.takeMSIX().isEmpty)
    }

    @Test("as the message of vector 0 while Multiple_MSIX is off, queues included")
    func singleMSIX() {
        driver.setMSIX(true)
        raise()
        driver[.EIMS] = 1 << 9
        driver[.EICS] = 1 << 9
        #expect(driver.host.takeMSIX() == [0, 0] && driver.host.takeMSI() == 0 && driver.host.assertions == 0)
    }

    @Test("as MSI-X when MSI is enabled too")
    func both() {
        driver.setMSI(true)
        driver.setMSIX(true)
        raise()
        #expect(driver.host.takeMSIX() == [0] && driver.host.takeMSI() == 0)
    }

    // MARK: What holds them back

    @Test("by the pin only while Interrupt Disable is off; the status bit tells of them all the same")
    func disabled() {
        driver.setCommand(0x400)
        raise()
        #expect(!driver.host.isINTxAsserted)
        #expect(driver.function.readConfiguration(at: 6, width: 2) & 0x8 != 0)
        driver.setCommand()
        #expect(driver.host.isINTxAsserted)
        driver.setCommand(0x400)
        #expect(!driver.host.isINTxAsserted)
        _ = driver[.ICR]
        #expect(driver.function.readConfiguration(at: 6, width: 2) & 0x8 == 0)
    }

    @Test("by the pin without bus mastering, which is for messages")
    func pinWithoutMaster() {
        driver.stopMaster()
        raise()
        #expect(driver.host.isINTxAsserted)
    }

    enum Messages: CaseIterable { case msi, single, multiple }
    enum Stop: CaseIterable { case busMaster, masterDisable }

    @Test("as messages once mastering is back, exactly one each", arguments: Messages.allCases, Stop.allCases)
    func withoutMaster(messages: Messages, stop: Stop) {
        switch messages {
        case .msi: driver.setMSI(true)
        case .single: driver.setMSIX(true)
        case .multiple: driver.enableMSIX()
        }
        if stop == .busMaster { driver.stopMaster() } else { driver[.CTRL] |= 1 << 2 }
        raise()
        driver.advance(milliseconds: 1)
        #expect(driver.host.takeMSI() == 0 && driver.host.takeMSIX().isEmpty)
        #expect(driver.port.nextDeadline == nil)
        if stop == .busMaster { driver.setCommand() } else { driver[.CTRL] &= ~(1 << 2) }
        driver.advance(milliseconds: 1)
        #expect(driver.host.takeMSI() + driver.host.takeMSIX().count == 1)
    }

    @Test("as messages that leave are not repeated when mastering goes and comes")
    func notRepeated() {
        driver.enableMSIX()
        (driver[.EIAC], driver[.EIAM]) = (0, 0)
        raise()
        #expect(driver.host.takeMSIX() == [0])
        driver.stopMaster()
        driver.setCommand()
        driver.advance(milliseconds: 1)
        #expect(driver.host.takeMSIX().isEmpty)
    }

    // MARK: Changes of mode

    @Test("anew, as a message, when MSI-X or MSI takes over from an asserted pin", arguments: [false, true])
    func fromPin(isMSIX: Bool) {
        raise()
        #expect(driver.host.isINTxAsserted)
        if isMSIX { driver.setMSIX(true) } else { driver.setMSI(true) }
        #expect(!driver.host.isINTxAsserted)
        #expect(driver.host.takeMSI() + driver.host.takeMSIX().count == 1)
    }

    @Test("by the pin when MSI is switched off with causes pending")
    func toPin() {
        driver.setMSI(true)
        raise()
        driver.setMSI(false)
        #expect(driver.host.isINTxAsserted)
        _ = driver[.ICR]
        #expect(!driver.host.isINTxAsserted)
    }

    @Test("by the vector of IVAR_MISC when Multiple_MSIX comes with causes pending")
    func toMultiple() {
        driver[.IMC] = .max
        raise()
        driver.setMSIX(true)
        driver.enableMSIX()
        driver[.IVAR_MISC] = 0x8300
        driver[.IMS] = 1 << 2
        #expect(driver.host.takeMSIX() == [3])
    }

    /// The TCP timer's bit 30 is no vector, and bit 31 neither.
    @Test("without taking single-interrupt causes for vectors when Multiple_MSIX comes")
    func singleBits() {
        driver.setMSIX(true)
        driver.stopMaster()
        driver[.EIMS] = .max
        driver[.EICS] = .max
        #expect(driver[.EIMS] == 0xC000_FFFF)
        driver[.GPIE] = 0xC000_0011
        driver.setCommand()
        #expect(driver[.EIMS] == 0xFFFF)
        #expect(driver.host.takeMSIX() == Array(0..<10))
        #expect(driver[.EICR] == 0xFFFF)
    }

    @Test("without taking vectors for single-interrupt causes when Multiple_MSIX goes")
    func multipleBits() {
        driver.enableMSIX()
        driver.stopMaster()
        driver[.EICS] = 1 << 20
        driver[.GPIE] = 0
        driver.setCommand()
        driver[.IMC] = .max
        #expect(driver.host.takeMSIX().isEmpty)
        #expect(driver[.EIMS] == 0x8000_FFFF && driver[.EICR] == 0)
    }

    // MARK: Counting and pending bits

    @Test("and are counted by IAC, which reading clears", arguments: Messages.allCases)
    func count(messages: Messages) {
        _ = driver[.IAC]
        switch messages {
        case .msi: driver.setMSI(true)
        case .single: driver.setMSIX(true)
        case .multiple: driver.enableMSIX()
        }
        driver[.EIMS] = 1
        driver[.EIAM] = 0
        for _ in 0..<3 {
            driver[.EICS] = 1
            _ = driver[.EICR]
        }
        #expect(driver[.IAC] == 3)
        #expect(driver[.IAC] == 0)
    }

    @Test("by the pin and are counted as assertions")
    func countAssertions() {
        _ = driver[.IAC]
        for _ in 0..<2 {
            raise()
            raise()
            _ = driver[.ICR]
        }
        #expect(driver[.IAC] == 2)
    }
}
