// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// The interrupt test of `ethtool -t`: for every cause, that it is silent while masked, heard while enabled, and that
/// the others are silent while it alone is enabled. The handler reads ICR.
@Suite("The interrupt self-test of Linux")
struct InterruptSelfTests {
    static let causes: UInt32 = 0x77D4_FBFD

    let driver = TestDriver()

    enum Mode: CaseIterable { case intx, msi, singleMSIX, multipleMSIX }

    func prepare(_ mode: Mode) {
        driver.start()
        switch mode {
        case .intx: break
        case .msi: driver.setMSI(true)
        case .singleMSIX, .multipleMSIX:
            driver.setMSIX(true)
            if mode == .multipleMSIX { driver[.GPIE] = 0xC000_0011 }
            driver[.IVAR_MISC] = 0x8000
            driver[.EIMS] = 1
        }
        driver[.IMC] = .max
    }

    /// Sets `raised`; the causes that the handler reads then.
    func handle(_ raised: UInt32) -> UInt32 {
        driver.host.msi = []
        driver.host.msix = []
        driver[.ICS] = raised
        driver.advance(milliseconds: 10)
        let isCalled = driver.host.isINTxAsserted || !driver.host.msi.isEmpty || !driver.host.msix.isEmpty
        return isCalled ? driver[.ICR] : 0
    }

    @Test("passes in every mode", arguments: Mode.allCases)
    func passes(mode: Mode) {
        prepare(mode)
        for bit in 0..<31 as Range<UInt32> where Self.causes >> bit & 1 == 1 {
            let mask: UInt32 = 1 << bit
            driver[.ICR] = .max
            driver[.IMC] = mask
            #expect(handle(mask) & mask == 0, "masked \(bit)")
            driver[.ICR] = .max
            driver[.IMS] = mask
            #expect(handle(mask) & mask == mask, "enabled \(bit)")
            driver[.ICR] = .max
            driver[.IMC] = ~mask
            #expect(handle(~mask) & mask == 0, "others of \(bit)")
        }
    }
}
