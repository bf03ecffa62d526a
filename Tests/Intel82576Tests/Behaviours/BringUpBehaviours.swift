// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// Behaviours that real drivers depend on, in the order in which a driver meets them: one sentence or a few for each
/// number, with the exact values that Linux' igb and igbvf, DPDK and iPXE look for.
@Suite("Behaviours that drivers depend on: bring-up")
struct BringUpBehaviours {
    let driver = TestDriver()

    static let isUsable: UInt32 = 1 << 31

    func reset() { driver[raw: CTRL.self] = 0x0400_0000 }

    func word(_ number: UInt32) -> UInt16 {
        driver[raw: EERD.self] = number << 2 | 1
        return UInt16(driver[raw: EERD.self] >> 16)
    }

    @Test("1. CTRL.RST is done before CTRL can be read, and stops everything")
    func ctrlReset() {
        driver.start()
        var ring = driver.makeTransmitRing(2)
        let received = driver.makeReceiveRing(2)
        driver.enableReceive()
        for register in [0x1508, 0x1524] { driver[register] = 0x0000_00FF }
        reset()
        #expect(driver[raw: CTRL.self] & 0x0400_0000 == 0)
        #expect(driver[raw: RCTL.self] == 0 && driver[raw: TCTL.self] & 2 == 0)
        #expect(driver[raw: IMS.self] == 0 && driver[raw: EIMS.self] == 1 << 31, "bit 31 lets IMS through")
        #expect(driver[raw: RXDCTL.self, 2] & 1 << 25 == 0 && driver[raw: TXDCTL.self, 2] & 1 << 25 == 0)
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        driver.arrive(TestDriver.frame())
        #expect(driver.sentFrames.isEmpty && driver.memory.load(at: received.base + 8) & 1 == 0)
    }

    @Test("1. CTRL.RST loads the NVM's address into RAL0 and RAH0 with AV, and keeps what is not the MAC's")
    func ctrlResetKeeps() {
        driver.start()
        driver.enableMSIX()
        driver.function.writeBAR(3, at: 0x10, width: 4, 0xFEE0_1000)
        (driver[raw: RAL.self], driver[raw: RAH.self], driver[raw: RXPBS.self], driver[0x03404]) = (0, 0, 0x30, 0x20)
        reset()
        #expect(driver[raw: RAL.self] == 0x0000_0002 && driver[raw: RAH.self] == Self.isUsable | 0x0100)
        #expect(driver[raw: RXPBS.self] & 0x7F == 0x30 && driver[0x03404] == 0x20)
        #expect(driver.function.readConfiguration(at: 4, width: 2) & 6 == 6)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) & 0x8000 != 0)
        #expect(driver.function.readBAR(3, at: 0x10, width: 4) == 0xFEE0_1000)
    }

    @Test("1. CTRL never reads as all ones, by which Linux knows a card that was pulled")
    func neverAllOnes() {
        for value in [UInt32.max, ~0x0400_0000, 0x7FFF_FFFF] {
            driver[raw: CTRL.self] = value
            #expect(driver[raw: CTRL.self] != .max)
        }
    }

    @Test("2. Master disable (CTRL bit 2) clears STATUS bit 19, and CTRL.RST ends it")
    func masterDisable() {
        driver.setCommand()
        driver[raw: CTRL.self] |= 4
        #expect(driver[raw: STATUS.self] & 0x0008_0000 == 0)
        driver[raw: CTRL.self] &= ~4
        #expect(driver[raw: STATUS.self] & 0x0008_0000 != 0)
        driver[raw: CTRL.self] |= 4
        reset()
        #expect(driver[raw: CTRL.self] & 4 == 0 && driver[raw: STATUS.self] & 0x0008_0000 != 0)
    }

    @Test("3. EECD says loaded (bit 9) and present (bit 8) at once after a reset")
    func autoRead() {
        #expect(driver[raw: EECD.self] & 0x300 == 0x300)
        reset()
        #expect(driver[raw: EECD.self] & 0x300 == 0x300)
        driver.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(driver[raw: EECD.self] & 0x300 == 0x300)
    }

    @Test("4. EECD 14:11 gives a size at which drivers stay with EERD, and as many words answer")
    func sizeField() {
        let exponent = driver[raw: EECD.self] >> 11 & 0xF
        #expect(exponent <= 8)
        let words = UInt32(1) << (6 + exponent)
        for (number, isThere) in [(words - 1, true), (words, false)] {
            driver[raw: EERD.self] = number << 2 | 1
            #expect((driver[raw: EERD.self] & 2 != 0) == isThere)
        }
    }

    @Test("5. EERD answers a START with DONE in bit 1 and data in 31:16, and leaves bit 4 clear for word 0")
    func readFormat() {
        driver[raw: EERD.self] = 0x0D << 2 | 1
        #expect(driver[raw: EERD.self] == 0x10C9_0000 | 0x0D << 2 | 2)
        driver[raw: EERD.self] = 1
        #expect(driver[raw: EERD.self] & 0x12 == 0x02)
    }

    @Test("6. The NVM's words 00 to 3F sum up to BABA, and have what probes look for")
    func checksum() {
        #expect((0..<0x40 as Range<UInt32>).reduce(UInt16(0)) { $0 &+ word($1) } == 0xBABA)
        #expect([word(0), word(1), word(2)] == [0x0002, 0x0000, 0x0100], "the address, low bytes first")
        #expect(word(0) & 1 == 0 && word(0) | word(1) | word(2) != 0, "no multicast address, not zero")
        #expect(word(0x37) == 0 || word(0x37) == 0xFFFF, "no alternate address")
        #expect(word(0x08) != 0xFAFA, "a PBA number, no string")
        #expect(word(0x0F) >> 12 & 3 == 3, "both kinds of pause")
        #expect(word(0x24) & 0x0400 == 0 && word(0x14) & 0x0400 == 0, "no wake-up by APM")
    }

    @Test("7. SWSM hands SMBI to the first reader, SWESMBI sticks, and zero gives both back")
    func semaphore() {
        #expect(driver[raw: SWSM.self] & 1 == 0 && driver[raw: SWSM.self] & 1 == 1)
        driver[raw: SWSM.self] = driver[raw: SWSM.self] | 2
        #expect(driver[raw: SWSM.self] & 2 == 2)
        driver[raw: SWSM.self] = driver[raw: SWSM.self] & ~3
        #expect(driver[raw: SWSM.self] == 0)
        driver[raw: SWSM.self] = 3
        reset()
        #expect(driver[raw: SWSM.self] == 0)
    }

    @Test("8. SW_FW_SYNC stores software's half and shows none of firmware's")
    func claims() {
        for bit in [1, 2, 4] as [UInt32] {
            driver[raw: SW_FW_SYNC.self] = bit | 0xFFFF_0000
            #expect(driver[raw: SW_FW_SYNC.self] == bit)
        }
        #expect(driver[0x05B54] & 0x800E == 0, "no firmware")
    }

    @Test("11. EEMNGCTL has both ports configured at once, and MANC does not block the PHY's reset")
    func configurationDone() {
        driver[raw: CTRL.self] |= 1 << 31
        #expect(driver[0x01010] & 0xC0000 == 0xC0000 && driver[0x05820] & 0x40000 == 0)
        reset()
        #expect(driver[0x01010] & 0xC0000 == 0xC0000 && driver[0x05820] & 0x40000 == 0)
    }

    @Test("13. CTRL_EXT has link mode 00, and stores DRV_LOAD and PFRSTD")
    func linkMode() {
        #expect(driver[raw: CTRL_EXT.self] & 0x00C0_0000 == 0)
        driver[raw: CTRL_EXT.self] |= 1 << 28 | 1 << 14
        #expect(driver[raw: CTRL_EXT.self] & (1 << 28 | 1 << 14) == 1 << 28 | 1 << 14)
        #expect(driver[raw: CTRL_EXT.self] & 0x00C0_0000 == 0)
    }

    @Test("14. RXPBS gives 64 KB for packets")
    func packetBuffer() {
        #expect(driver[raw: RXPBS.self] & 0x7F == 0x40)
        reset()
        #expect(driver[raw: RXPBS.self] & 0x7F == 0x40)
    }
}
