// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("Behaviours that drivers depend on: PHY and link")
struct LinkBehaviours {
    let driver = TestDriver()

    /// A command, given as a driver gives it, and the answer.
    func mdic(_ command: UInt32) -> UInt32 {
        driver[raw: MDIC.self] = command
        return driver[raw: MDIC.self]
    }

    func read(_ register: UInt32) -> UInt16 {
        UInt16(truncatingIfNeeded: mdic(0x0800_0000 | 1 << 21 | register << 16))
    }

    @Test("9. MDIC answers with READY and the PHY's data alone; ERROR is for what is not there")
    func access() {
        #expect(driver[raw: MDIC.self] & 1 << 31 == 0)
        #expect(mdic(0x0800_0000 | 1 << 21 | 2 << 16 | 0xFFFF) == 0x1800_0000 | 1 << 21 | 2 << 16 | 0x02A8)
        #expect(mdic(0x0400_0000 | 1 << 21 | 4 << 16 | 0x0DE1) & 0x7000_0000 == 0x1000_0000)
        #expect(mdic(0x0800_0000 | 2 << 21 | 2 << 16) & 0x5000_0000 == 0x5000_0000)
    }

    @Test("10. The PHY's id is 02A8039x, and registers above 0x0F come in pages that 0x1F selects")
    func identity() {
        #expect((UInt32(read(2)) << 16 | UInt32(read(3))) & 0xFFFF_FFF0 == 0x02A8_0390)
        for page in [0x11B1, 0x12B1, 0x14B1, 0x18B1] as [UInt32] {
            _ = mdic(0x0400_0000 | 1 << 21 | 0x1F << 16 | page)
            #expect((1...112).contains(read(page & 0x1F) >> 9), "a length that the driver's table has")
        }
        _ = mdic(0x0400_0000 | 1 << 21 | 0x1F << 16)
        #expect(read(0x10) == 0x0120 && read(2) == 0x02A8)
    }

    @Test(
        "12. STATUS, BMSR, the partner's abilities and the PHY's status tell of the same link, and LSC of its changes")
    func agreement() {
        driver.start()
        #expect(driver[raw: ICR.self] & 4 == 4)
        #expect(driver[raw: STATUS.self] & 0xC3 == 0x83)
        _ = read(1)
        #expect(read(1) & 0x24 == 0x24 && read(5) & 0x0C00 != 0 && read(0x11) & 0xC000 == 0xC000)
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        #expect(driver[raw: ICR.self] & 4 == 4 && driver[raw: STATUS.self] & 2 == 0)
        #expect(read(1) & 0x24 == 0 && read(5) == 0 && read(0x11) & 0xC000 == 0)
    }

    @Test("12. BMSR keeps a lost link for one read")
    func latched() {
        driver.start()
        _ = read(1)
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        driver.advance(milliseconds: 1000)
        #expect(driver[raw: STATUS.self] & 2 == 2)
        #expect(read(1) & 4 == 0 && read(1) & 4 == 4)
    }
}
