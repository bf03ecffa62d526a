import Intel82576
import KawelaTestSupport
import Testing

/// Behaviours that real drivers depend on, in the order in which a driver meets them: one sentence or a few for each
/// number, with the exact values that Linux' igb and igbvf, DPDK and iPXE look for.
@Suite("Behaviours that drivers depend on: bring-up")
struct BringUpBehaviours {
    let driver = TestDriver()

    static let isUsable: UInt32 = 1 << 31

    func reset() { driver[0x00000] = 0x0400_0000 }

    func word(_ number: UInt32) -> UInt16 {
        driver[0x00014] = number << 2 | 1
        return UInt16(driver[0x00014] >> 16)
    }

    @Test("1. CTRL.RST is done before CTRL can be read, and stops everything")
    func ctrlReset() {
        driver.start()
        var ring = driver.makeTransmitRing(2)
        let received = driver.makeReceiveRing(2)
        driver.enableReceive()
        for register in [0x1508, 0x1524] { driver[register] = 0x0000_00FF }
        reset()
        #expect(driver[0x00000] & 0x0400_0000 == 0)
        #expect(driver[0x00100] == 0 && driver[0x00400] & 2 == 0)
        #expect(driver[0x01508] == 0 && driver[0x01524] == 1 << 31, "bit 31 lets IMS through")
        #expect(driver[0x0C0A8] & 1 << 25 == 0 && driver[0x0E0A8] & 1 << 25 == 0)
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
        (driver[0x05400], driver[0x05404], driver[0x02404], driver[0x03404]) = (0, 0, 0x30, 0x20)
        reset()
        #expect(driver[0x05400] == 0x0000_0002 && driver[0x05404] == Self.isUsable | 0x0100)
        #expect(driver[0x02404] & 0x7F == 0x30 && driver[0x03404] == 0x20)
        #expect(driver.function.readConfiguration(at: 4, width: 2) & 6 == 6)
        #expect(driver.function.readConfiguration(at: 0x72, width: 2) & 0x8000 != 0)
        #expect(driver.function.readBAR(3, at: 0x10, width: 4) == 0xFEE0_1000)
    }

    @Test("1. CTRL never reads as all ones, by which Linux knows a card that was pulled")
    func neverAllOnes() {
        for value in [UInt32.max, ~0x0400_0000, 0x7FFF_FFFF] {
            driver[0x00000] = value
            #expect(driver[0x00000] != .max)
        }
    }

    @Test("2. Master disable (CTRL bit 2) clears STATUS bit 19, and CTRL.RST ends it")
    func masterDisable() {
        driver.setCommand()
        driver[0x00000] |= 4
        #expect(driver[0x00008] & 0x0008_0000 == 0)
        driver[0x00000] &= ~4
        #expect(driver[0x00008] & 0x0008_0000 != 0)
        driver[0x00000] |= 4
        reset()
        #expect(driver[0x00000] & 4 == 0 && driver[0x00008] & 0x0008_0000 != 0)
    }

    @Test("3. EECD says loaded (bit 9) and present (bit 8) at once after a reset")
    func autoRead() {
        #expect(driver[0x00010] & 0x300 == 0x300)
        reset()
        #expect(driver[0x00010] & 0x300 == 0x300)
        driver.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(driver[0x00010] & 0x300 == 0x300)
    }

    @Test("4. EECD 14:11 gives a size at which drivers stay with EERD, and as many words answer")
    func sizeField() {
        let exponent = driver[0x00010] >> 11 & 0xF
        #expect(exponent <= 8)
        let words = UInt32(1) << (6 + exponent)
        for (number, isThere) in [(words - 1, true), (words, false)] {
            driver[0x00014] = number << 2 | 1
            #expect((driver[0x00014] & 2 != 0) == isThere)
        }
    }

    @Test("5. EERD answers a START with DONE in bit 1 and data in 31:16, and leaves bit 4 clear for word 0")
    func readFormat() {
        driver[0x00014] = 0x0D << 2 | 1
        #expect(driver[0x00014] == 0x10C9_0000 | 0x0D << 2 | 2)
        driver[0x00014] = 1
        #expect(driver[0x00014] & 0x12 == 0x02)
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
        #expect(driver[0x05B50] & 1 == 0 && driver[0x05B50] & 1 == 1)
        driver[0x05B50] = driver[0x05B50] | 2
        #expect(driver[0x05B50] & 2 == 2)
        driver[0x05B50] = driver[0x05B50] & ~3
        #expect(driver[0x05B50] == 0)
        driver[0x05B50] = 3
        reset()
        #expect(driver[0x05B50] == 0)
    }

    @Test("8. SW_FW_SYNC stores software's half and shows none of firmware's")
    func claims() {
        for bit in [1, 2, 4] as [UInt32] {
            driver[0x05B5C] = bit | 0xFFFF_0000
            #expect(driver[0x05B5C] == bit)
        }
        #expect(driver[0x05B54] & 0x800E == 0, "no firmware")
    }

    @Test("11. EEMNGCTL has both ports configured at once, and MANC does not block the PHY's reset")
    func configurationDone() {
        driver[0x00000] |= 1 << 31
        #expect(driver[0x01010] & 0xC0000 == 0xC0000 && driver[0x05820] & 0x40000 == 0)
        reset()
        #expect(driver[0x01010] & 0xC0000 == 0xC0000 && driver[0x05820] & 0x40000 == 0)
    }

    @Test("13. CTRL_EXT has link mode 00, and stores DRV_LOAD and PFRSTD")
    func linkMode() {
        #expect(driver[0x00018] & 0x00C0_0000 == 0)
        driver[0x00018] |= 1 << 28 | 1 << 14
        #expect(driver[0x00018] & (1 << 28 | 1 << 14) == 1 << 28 | 1 << 14)
        #expect(driver[0x00018] & 0x00C0_0000 == 0)
    }

    @Test("14. RXPBS gives 64 KB for packets")
    func packetBuffer() {
        #expect(driver[0x02404] & 0x7F == 0x40)
        reset()
        #expect(driver[0x02404] & 0x7F == 0x40)
    }
}
