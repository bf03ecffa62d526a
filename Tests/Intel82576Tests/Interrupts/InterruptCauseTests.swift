// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// ICR, IMS and IAM with the INTx pin, the mode of a driver that knows no MSI.
@Suite("The interrupt cause register")
struct InterruptCauseTests {
    let driver = TestDriver()

    init() {
        driver.start()
        _ = driver[.ICR]
    }

    static let asserted: UInt32 = 1 << 31

    @Test("asserts INTx for an enabled cause, says so in bit 31, and releases the pin when it is read")
    func read() {
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 2
        #expect(driver.host.isINTxAsserted)
        #expect(driver[.ICR] == Self.asserted | 1 << 2)
        #expect(!driver.host.isINTxAsserted)
        #expect(driver[.ICR] == 0)
    }

    @Test("is left alone by a read that finds no enabled cause, while any is enabled")
    func readMasked() {
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 8
        #expect(!driver.host.isINTxAsserted)
        #expect(driver[.ICR] == 1 << 8)
        #expect(driver[.ICR] == 1 << 8)
    }

    @Test("is cleared by a read while nothing is enabled")
    func readAllMasked() {
        driver[.ICS] = 1 << 8
        #expect(driver[.ICR] == 1 << 8)
        #expect(driver[.ICR] == 0)
    }

    @Test("is cleared by every read under GPIE.NSICR")
    func nonSelective() {
        driver[.GPIE] = 1
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 8
        #expect(driver[.ICR] == 1 << 8)
        #expect(driver[.ICR] == 0)
    }

    @Test("masks what IAM names when a read finds an enabled cause")
    func autoMask() {
        driver[.IAM] = 1 << 2
        driver[.IMS] = 1 << 2 | 1 << 8
        _ = driver[.ICR]
        #expect(driver[.IMS] == 1 << 2 | 1 << 8)
        driver[.ICS] = 1 << 2
        _ = driver[.ICR]
        #expect(driver[.IMS] == 1 << 8)
    }

    @Test("masks what IAM names on every read under GPIE.NSICR")
    func autoMaskNonSelective() {
        driver[.GPIE] = 1
        driver[.IAM] = 1 << 2
        driver[.IMS] = 1 << 2 | 1 << 8
        _ = driver[.ICR]
        #expect(driver[.IMS] == 1 << 8)
    }

    @Test("clears the causes that are written as ones, and then applies IAM too")
    func write() {
        driver[.IAM] = 1 << 2
        driver[.IMS] = 1 << 2 | 1 << 8
        driver[.ICS] = 1 << 2 | 1 << 8
        driver[.ICR] = 1 << 2
        #expect(driver[.IMS] == 1 << 8)
        #expect(driver.host.isINTxAsserted)
        driver[.ICR] = 1 << 8
        #expect(!driver.host.isINTxAsserted)
        #expect(driver[.ICR] == 0)
    }

    @Test("takes from ICS the causes that exist; INTA is none")
    func existing() {
        driver[.ICS] = .max
        #expect(driver[.ICR] == 0x77D4_FBFD)
        driver[.IMS] = .max
        #expect(driver[.IMS] == 0x77D4_FBFD && driver[.IMC] == 0x77D4_FBFD)
        #expect(driver[.ICS] == 0)
    }

    @Test("is masked by IMC, which releases the pin and keeps the cause for IMS")
    func maskAgain() {
        driver[.IMS] = 1 << 2
        driver[.ICS] = 1 << 2
        driver[.IMC] = 1 << 2
        #expect(!driver.host.isINTxAsserted && driver[.IMS] == 0)
        driver[.IMS] = 1 << 2
        #expect(driver.host.isINTxAsserted)
        #expect(driver.host.assertions == 2)
    }

    @Test("answers at its legacy addresses")
    func legacy() {
        driver[0xD0] = 1 << 4
        driver[0xC8] = 1 << 4
        driver[0xE0] = 1 << 4
        #expect(driver[.IMS] == 1 << 4 && driver[.IAM] == 1 << 4)
        #expect(driver[0xC0] == Self.asserted | 1 << 4)
        #expect(driver[0xD8] == 0)
    }

    @Test("tells of written-back descriptors without any IVAR, as iPXE needs")
    func descriptors() {
        var transmit = driver.makeTransmitRing()
        driver.post(pieces: [QueueVectorTests.frame], to: &transmit)
        driver.ring(transmit)
        #expect(driver[.ICR] == 1 << 0)
        _ = driver.makeReceiveRing()
        driver.enableReceive()
        driver.arrive(QueueVectorTests.frame)
        #expect(driver[.ICR] == 1 << 7)
    }

    @Test("asserts INTx for a queue's cause in EICR as well")
    func extended() {
        driver[.IVAR, 0] = 0x8500
        driver[.EIMS] = 1 << 5
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [QueueVectorTests.frame], to: &ring)
        driver.ring(ring)
        #expect(driver.host.isINTxAsserted)
        #expect(driver[.EICR] == 1 << 5)
        #expect(!driver.host.isINTxAsserted)
    }
}
