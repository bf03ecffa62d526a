// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// Bit 31 of EICR and its companions, outside multiple-MSI-X mode: the causes of ICR as one.
@Suite("The other causes in EICR")
struct OtherCauseTests {
    let driver = TestDriver()
    static let other: UInt32 = 1 << 31

    init() {
        driver.start()
        _ = driver[.ICR]
    }

    @Test("show while an enabled cause of ICR is pending, whatever is done to EICR")
    func follows() {
        driver[.ICS] = 1 << 2
        #expect(driver[.EICR] == 0)
        driver[.IMS] = 1 << 2
        #expect(driver[.EICR] == Self.other && driver[.EICR] == Self.other)
        driver[.EICR] = Self.other
        #expect(driver[.EICR] == Self.other)
        driver[.ICR] = 1 << 2
        #expect(driver[.EICR] == 0)
        driver[.EICS] = Self.other
        #expect(driver[.EICR] == 0)
    }

    @Test("are enabled from the start, and can be masked as a whole")
    func masked() {
        #expect(driver[.EIMS] == Self.other)
        driver[.IMS] = 1 << 2
        driver[.EIMC] = Self.other
        driver[.ICS] = 1 << 2
        #expect(driver[.EIMS] == 0 && !driver.host.isINTxAsserted)
        driver[.EIMS] = Self.other
        #expect(driver.host.isINTxAsserted)
    }

    @Test("are masked by an access to EICR when EIAM names them")
    func autoMask() {
        driver[.EIAM] = Self.other
        (driver[.IMS], driver[.ICS]) = (1 << 2, 1 << 2)
        #expect(driver[.EICR] == Self.other)
        #expect(driver[.EIMS] == 0 && !driver.host.isINTxAsserted)
    }

    @Test("send one MSI message when they are unmasked")
    func msi() {
        driver.setMSI(true)
        driver[.EIMC] = Self.other
        (driver[.IMS], driver[.ICS]) = (1 << 2, 1 << 2)
        #expect(driver.host.takeMSI() == 0)
        driver[.EIMS] = Self.other
        #expect(driver.host.takeMSI() == 1)
    }

    @Test("do not exist with several vectors, where masks of vectors leave theirs alone")
    func severalVectors() {
        driver.enableMSIX()
        (driver[.IMS], driver[.ICS]) = (1 << 2, 1 << 2)
        driver[.EIMC] = .max
        #expect(driver[.EIMS] == 0 && driver[.EICR] & Self.other == 0)
        driver[.GPIE] = 0
        #expect(driver[.EIMS] == Self.other)
    }

    @Test("ICS and EICS read as ICR and EICR without clearing them")
    func sideEffectFree() {
        (driver[.IMS], driver[.ICS], driver[.EICS]) = (1 << 2, 1 << 2, 1 << 3)
        for _ in 0..<2 { #expect(driver[.ICS] == 1 << 2 && driver[.EICS] == Self.other | 1 << 3) }
        #expect(driver[.ICR] == 1 << 31 | 1 << 2)
    }
}
