// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// The runners-up: what `ethtool -t` writes and compares, and the resets that have to agree.
@Suite("Behaviours that drivers depend on: the self-test and the rest")
struct SelfTestBehaviours {
    let driver = TestDriver()

    func keeps(_ offset: Int, _ mask: UInt32) -> Bool {
        ([0x5A5A_5A5A, 0xA5A5_A5A5, 0, 0xFFFF_FFFF] as [UInt32]).allSatisfy { pattern in
            driver[offset] = pattern
            return driver[offset] & mask == pattern & mask
        }
    }

    @Test("STATUS keeps what mask 7FFFF3FF covers when it is written")
    func status() {
        driver.start()
        let before = driver[raw: STATUS.self] & 0x7FFF_F3FF
        for value in [0x7FFF_F3FF, 0, UInt32.max] {
            driver[raw: STATUS.self] = value
            #expect(driver[raw: STATUS.self] & 0x7FFF_F3FF == before)
        }
    }

    @Test("Ring bases keep bits 31:7, ring lengths 19:4, for the legacy queues and all others")
    func rings() {
        for queue in 0..<16 {
            for block in [0x0C000, 0x0E000] {
                #expect(keeps(block + 0x40 * queue, 0xFFFF_FF80) && keeps(block + 0x40 * queue + 8, 0x000F_FFF0))
            }
        }
        for queue in 0..<4 {
            for block in [0x02800, 0x03800] {
                #expect(keeps(block + 0x100 * queue, 0xFFFF_FF80) && keeps(block + 0x100 * queue + 8, 0x000F_FFF0))
            }
        }
    }

    @Test("VET starts as 81008100 and is writable as a whole, RAH by 83FFFFFF, all 128 words of MTA")
    func tables() {
        #expect(driver[raw: VET.self] == 0x8100_8100 && keeps(0x00038, .max))
        for entry in 0..<16 { #expect(keeps(0x05400 + 8 * entry, .max) && keeps(0x05404 + 8 * entry, 0x83FF_FFFF)) }
        for entry in 0..<8 { #expect(keeps(0x054E0 + 8 * entry, .max) && keeps(0x054E4 + 8 * entry, 0x83FF_FFFF)) }
        for word in 0..<128 { #expect(keeps(0x05200 + 4 * word, .max)) }
    }

    @Test("RCTL reads back 04CFB0FE of what is written")
    func receiveControl() {
        for value in [0x003F_FFFB, UInt32.max, 0] {
            driver[raw: RCTL.self] = value
            #expect(driver[raw: RCTL.self] & 0x04CF_B0FE == value & 0x04CF_B0FE)
        }
    }

    @Test("A function level reset gives the state of CTRL.RST, and resets configuration space too")
    func functionLevel() {
        let other = TestDriver()
        for driver in [driver, other] {
            driver.start()
            driver.enableMSIX()
            driver.enableReceive()
            for entry in 0..<24 { driver[.RAH, entry] = 0x8000_1234 }
        }
        driver[raw: CTRL.self] = 0x0400_0000
        other.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        for (name, count) in [
            (.CTRL, 1), (.CTRL_EXT, 1), (.RCTL, 1), (.TCTL, 1), (.IMS, 1), (.EIMS, 1), (.EIAC, 1), (.GPIE, 1),
            (.IVAR, 8),
            (.RAL, 24), (.RAH, 24), (.RXDCTL, 16), (.TXDCTL, 16), (.SWSM, 1), (.EECD, 1), (.LEDCTL, 1),
        ] as [(RegisterName, Int)] {
            for element in 0..<count { #expect(driver[name, element] == other[name, element], "\(name)[\(element)]") }
        }
        #expect(driver.function.readConfiguration(at: 4, width: 2) & 6 == 6)
        #expect(other.function.readConfiguration(at: 4, width: 2) & 7 == 0)
        #expect(other.function.readConfiguration(at: 0x72, width: 2) & 0x8000 == 0)
    }

    @Test("The addresses of older parts reach the same registers: causes at 1500, MTA 200, RA 40, VFTA 600")
    func aliases() {
        driver[raw: ICS.self] = 1 << 2
        #expect(driver[0x000C0] & 4 == 4)
        driver[0x000C8] = 1 << 2
        #expect(driver[raw: ICR.self] & 4 == 4)
        driver[raw: IMS.self] = 4
        #expect(driver[0x000D0] == 4)
        driver[0x000D8] = 4
        #expect(driver[raw: IMS.self] == 0)
        driver[raw: IAM.self] = 0x55
        #expect(driver[0x000E0] == 0x55)
        for (old, new) in [
            (0x00200, 0x05200), (0x003FC, 0x053FC), (0x00040, 0x05400), (0x000BC, 0x0547C), (0x00600, 0x05600),
            (0x007FC, 0x057FC), (0x00004, 0x00000), (0x00160, 0x02168), (0x00168, 0x02160),
            // Queue 3's, whose DCA control QEMU's device answers elsewhere.
            (0x03B14, 0x0E0D4), (0x02B14, 0x0C0D4),
        ] {
            let value: UInt32 = 0x8000_1240
            driver[old] = value
            #expect(driver[new] == driver[old] && driver[old] & 0x1240 != 0, "\(old)")
        }
    }

    @Test("LEDCTL starts from the NVM and stores modes, inversion and blinking; pins store value and direction")
    func ledsAndPins() {
        #expect(driver[raw: LEDCTL.self] == 0x0706_8302 && keeps(0x00E00, .max))
        driver[raw: CTRL.self] = 0x00CC_0000
        driver[raw: CTRL_EXT.self] = 0x0000_0CC0
        #expect(driver[raw: CTRL.self] & 0x00CC_0000 == 0x00CC_0000 && driver[raw: CTRL_EXT.self] & 0xCC0 == 0xCC0)
    }

    @Test("The packet buffer's diagnostic registers store 13 bits, and the wrap-around counters read as zero")
    func diagnostics() {
        for offset in [0x02410, 0x02418, 0x02420, 0x02428, 0x02430, 0x03410, 0x03418, 0x03420, 0x03428, 0x03430] {
            driver[offset] = .max
            #expect(driver[offset] == 0x1FFF)
        }
        #expect(driver[0x024E8] == 0 && driver[0x034E8] == 0 && driver[0x03404] == 0x28)
    }
}
