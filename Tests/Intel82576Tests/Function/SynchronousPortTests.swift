// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("A synchronous port")
struct SynchronousPortTests {
    let driver = TestDriver(isSynchronous: true)

    init() { driver.function.writeConfiguration(at: 4, width: 2, 0x0006) }

    @Test("has a link as soon as it ran, without time passing, and tells of it")
    func link() {
        driver[CTRL.self].setsLinkUp = true
        driver.port.run()
        #expect(driver[STATUS.self].isLinkUp && driver.port.nextDeadline == nil)
        _ = driver[raw: ICR.self]
        // BMCR: auto-negotiation, restarted.
        driver[raw: MDIC.self] = 0x1200 | 1 << 21 | 0b01 << 26
        driver.port.run()
        #expect(driver[STATUS.self].isLinkUp && driver[raw: ICR.self] & 4 == 4)
    }

    @Test("has a link from the start when the uplink has one, and loses it with that")
    func carrier() {
        driver[CTRL.self].setsLinkUp = true
        driver.port.run()
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        #expect(!driver[STATUS.self].isLinkUp)
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        driver.port.run()
        #expect(driver[STATUS.self].isLinkUp)
    }

    @Test("sends each message at once, whatever EITR says, also after a reset")
    func moderation() {
        driver[raw: CTRL.self] = 1 << 26
        driver.port.run()
        driver.enableMSIX()
        driver[raw: EIAM.self] = 0
        driver[raw: EITR.self, 3] = 1000 << 2
        for _ in 0..<3 { driver[raw: EICS.self] = 1 << 3 }
        #expect(driver.host.takeMSIX() == [3, 3, 3] && driver.port.nextDeadline == nil)
    }

    @Test("writes descriptors back at once where WTHRESH would wait for EITR's interval")
    func writeBack() {
        driver.start()
        driver.enableMSIX()
        driver[raw: IVAR.self] = 0x8300
        driver[raw: EITR.self, 3] = 1000 << 2
        var ring = driver.makeTransmitRing()
        driver[raw: TXDCTL.self] = 1 << 25 | 16 << 16
        let sent = driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver[raw: TDT.self] = UInt32(ring.tail)
        driver.port.run()
        #expect(driver.isDone(sent) && driver.host.takeMSIX() == [3])
    }
}
