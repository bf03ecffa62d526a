// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("The NVM through the registers")
struct NVMAccessTests {
    let driver = TestDriver()

    func word(_ number: UInt32) -> UInt32 {
        driver[.EERD] = number << 2 | 1
        return driver[.EERD]
    }

    @Test("reads its words with the same access that asks for them")
    func words() {
        #expect(word(0) == 0x0002_0002)
        #expect(word(2) == 0x0100_000A)
        #expect(word(0x0D) >> 16 == 0x10C9 && word(0x37) >> 16 == 0xFFFF)
    }

    @Test("never answers for a word that it does not have")
    func pastTheEnd() {
        #expect(word(0x100) == 0x400)
        #expect(word(0x3FFF) & 2 == 0)
    }

    @Test("reads nothing without START")
    func noStart() {
        driver[.EERD] = 5 << 2
        #expect(driver[.EERD] == 5 << 2)
    }

    @Test("is there, loaded, and of a size that drivers read through EERD")
    func control() {
        #expect(driver[.EECD] & 0x7F00 == 0x1700)
        driver[.EECD] = 1 << 6
        #expect(driver[.EECD] & 0xC0 == 0xC0)
        driver[.EECD] = 0xFFFF_FFBF
        #expect(driver[.EECD] == 0x1737)
        driver[.CTRL] = 1 << 26
        #expect(driver[.EECD] == 0x1710)
    }

    @Test("writes a word through EEWR, which says when it is done")
    func write() {
        driver[.EEWR] = 0x1234_0000 | 0x42 << 2 | 1
        #expect(driver[.EEWR] == 0x1234_0000 | 0x42 << 2 | 2)
        #expect(word(0x42) >> 16 == 0x1234 && driver.port.nvmChanges == 1)
        for nothing in [0x5678_0000 | 0x42 << 2, 0x5678_0000 | 0x100 << 2 | 1] as [UInt32] {
            driver[.EEWR] = nothing
            #expect(driver[.EEWR] & 3 == 0)
        }
        #expect(word(0x42) >> 16 == 0x1234 && driver.port.nvmChanges == 1)
    }

    @Test("has what one client wrote for the next one only when it is kept", arguments: [false, true])
    func clients(keeps: Bool) {
        let driver = TestDriver(keepsNVM: keeps)
        driver[.EEWR] = 0x1234_0000 | 0x42 << 2 | 1
        driver.function.reset()
        #expect(driver.port.nvmImage[0x42] == 0x1234, "a reboot is no other client")
        driver.function.detach()
        driver.function.attach(TestHost())
        driver[.EERD] = 0x42 << 2 | 1
        #expect(driver[.EERD] >> 16 == (keeps ? 0x1234 : 0xFFFF))
    }

    @Test("hands SWSM.SMBI to the first reader, until it is given back or the port is reset")
    func semaphore() {
        #expect(driver[.SWSM] == 0 && driver[.SWSM] == 1)
        driver[.SWSM] = 3
        #expect(driver[.SWSM] == 3)
        driver[.SWSM] = 0
        #expect(driver[.SWSM] == 0)
        driver[.CTRL] = 1 << 26
        #expect(driver[.SWSM] == 0)
    }

    @Test("has claims in SW_FW_SYNC that firmware never makes, and a reset frees")
    func claims() {
        driver[.SW_FW_SYNC] = 0xFFFF_0003
        #expect(driver[.SW_FW_SYNC] == 0x0003)
        driver[.CTRL] = 1 << 26
        #expect(driver[.SW_FW_SYNC] == 0 && driver[.FWSM] == 0)
    }

    @Test("has its configuration done for both ports, and does not block the reset of the PHY")
    func management() {
        #expect(driver[.EEMNGCTL] & 0xC_0000 == 0xC_0000 && driver[.MANC] & 1 << 18 == 0)
    }
}
