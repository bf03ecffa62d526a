// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("MDIC")
struct MDICTests {
    let driver = TestDriver()

    func command(_ value: MDIC) -> MDIC {
        driver[.MDIC] = value.raw
        return MDIC(raw: driver[.MDIC])
    }

    @Test("is ready before the first command, for the internal PHY")
    func idle() {
        #expect(driver[.MDIC] == 1 << 28)
    }

    @Test("answers a read at once, with the PHY's data in place of what was written")
    func read() {
        for (register, id) in [(2, 0x02A8), (3, 0x0391)] as [(Int, UInt16)] {
            let reply = command(MDIC(.read, register: register, data: 0xFFFF))
            #expect(reply.isReady && !reply.hasFailed && reply.data == id && reply.register == register)
        }
    }

    @Test("does a write at once")
    func write() {
        let reply = command(MDIC(.write, register: 4, data: 0x0061))
        #expect(reply.isReady && !reply.hasFailed)
        #expect(driver.readPHY(4) == 0x0061)
    }

    @Test("fails for every other address, but is ready", arguments: (0..<32).filter { $0 != 1 })
    func otherAddress(phy: Int) {
        let reply = command(MDIC(.read, register: 2, phy: phy))
        #expect(reply.isReady && reply.hasFailed)
    }

    @Test("fails for the external PHY, which is not there")
    func external() {
        let reply = command(MDIC(raw: MDIC(.read, register: 2).raw | 1 << 31))
        #expect(reply.isReady && reply.hasFailed)
    }

    @Test("raises a cause when a command is done, if asked to")
    func interrupt() {
        _ = command(MDIC(.read, register: 2))
        #expect(driver[.ICR] == 0)
        let reply = command(MDIC(raw: MDIC(.read, register: 2).raw | 1 << 29))
        #expect(reply.data == 0x02A8)
        #expect(driver[.ICR] == 1 << 9)
    }
}
