// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("Behaviours that drivers depend on: interrupts")
struct InterruptBehaviours {
    let driver = TestDriver()

    init() {
        driver.start()
        _ = driver[0x000C0]
    }

    @Test("15. ICR has bit 31 while an enabled cause is set, is cleared by reading, and the pin follows")
    func causeRead() {
        driver[0x000D0] = 4
        driver[0x000C8] = 4
        #expect(driver.host.isINTxAsserted)
        #expect(driver[0x000C0] == 0x8000_0004)
        #expect(driver[0x000C0] == 0 && !driver.host.isINTxAsserted)
        driver[0x000C8] = 1 << 7
        #expect(driver[0x000D0] == 4 && !driver.host.isINTxAsserted, "not enabled")
    }

    @Test("15. Reading ICR masks what IAM names, with GPIE.NSICR always", arguments: [false, true])
    func autoMask(isNonSelective: Bool) {
        driver[raw: GPIE.self] = isNonSelective ? 1 : 0
        driver[0x000E0] = 0xFF
        driver[0x000D0] = 0x104
        #expect(driver[0x000C0] & 1 << 31 == 0)
        #expect(driver[0x000D0] == (isNonSelective ? 0x100 : 0x104), "no enabled cause is set")
        driver[0x000D0] = 0x104
        driver[0x000C8] = 4
        _ = driver[0x000C0]
        #expect(driver[0x000D0] == 0x100)
    }

    @Test("16. With GPIE bit 4, IVAR routes queues and IVAR_MISC the link, EIMS adds and EIMC takes away")
    func routing() {
        driver.setMSIX(true)
        driver[raw: GPIE.self] = 0x10
        driver[raw: IVAR.self, 1] = 0x8786_8584
        driver[raw: IVAR_MISC.self] = 0x8900
        driver[raw: EIMS.self] = 0x0F0
        driver[raw: EIMS.self] = 0x300
        #expect(driver[raw: EIMS.self] == 0x3F0)
        for (queue, receive, transmit) in [(1, 4, 5), (9, 6, 7)] {
            var sent = driver.makeTransmitRing(queue)
            driver.post(pieces: [TestDriver.frame()], to: &sent)
            driver.ring(sent)
            #expect(driver.host.takeMSIX() == [transmit])
            _ = driver.makeReceiveRing(queue)
            driver[raw: MRQC.self] = queue == 1 ? 1 << 3 : 2 | 1 << 17
            for word in 0..<32 { driver[raw: RETA.self, word] = 0x0909_0909 }
            driver.enableReceive()
            driver.arrive(QueueVectorTests.frame)
            #expect(driver.host.takeMSIX() == [receive])
        }
        driver[raw: IMS.self] = 4
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        #expect(driver.host.takeMSIX() == [9])
        driver[raw: EIMC.self] = 0x100
        #expect(driver[raw: EIMS.self] == 0x2F0)
    }

    @Test("16. ICS and EICS fire, as the watchdog and the self-test of drivers need")
    func software() {
        driver.enableMSIX()
        driver[raw: EICS.self] = 1 << 3
        #expect(driver.host.takeMSIX() == [3])
        driver[raw: IMS.self] = 1 << 2
        driver[raw: ICS.self] = 1 << 2
        #expect(driver.host.takeMSIX() == [0])
    }

    @Test("17. EIAC clears the cause that is sent, and can be cleared itself; EIAM masks it with GPIE.EIAME")
    func autoClear() {
        driver.enableMSIX()
        driver[raw: EIAC.self] = 0xFF
        driver[raw: EIAC.self] = 0
        #expect(driver[raw: EIAC.self] == 0)
        driver[raw: EIAC.self] = 1 << 1
        driver[raw: EIAM.self] = 1 << 2
        driver[raw: EICS.self] = 1 << 1 | 1 << 2
        #expect(driver.host.takeMSIX() == [1, 2])
        #expect(driver[raw: EICR.self] == 1 << 2)
        #expect(driver[raw: EIMS.self] == 0x01FF_FFFF & ~(1 << 2))
        driver[raw: EIMS.self] = 1 << 2
        driver[raw: EICS.self] = 1 << 2
        #expect(driver.host.takeMSIX() == [2])
    }

    @Test(
        "18. EITR counts microseconds in bits 14:2", arguments: [(980, 245), (196, 49), (56, 14)] as [(UInt32, UInt64)])
    func throttle(value: UInt32, microseconds: UInt64) {
        driver.enableMSIX()
        driver[raw: EIAM.self] = 0
        driver[raw: EITR.self, 5] = value | 1 << 31
        #expect(driver[raw: EITR.self, 5] == value, "CNT_IGNR is no part of it")
        let start = driver.clock.now
        for _ in 0..<2 { driver[raw: EICS.self] = 1 << 5 }
        #expect(driver.host.takeMSIX() == [5])
        driver.run(at: start + microseconds * 1000 - 1)
        #expect(driver.host.takeMSIX().isEmpty)
        driver.run(at: start + microseconds * 1000)
        #expect(driver.host.takeMSIX() == [5])
    }
}
