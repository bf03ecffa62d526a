// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("The port's link")
struct PortLinkTests {
    let driver = TestDriver()

    static let change: UInt32 = 1 << 2

    /// Causes since the last call; nothing is enabled, so reading clears.
    func causes() -> UInt32 { driver[.ICR] }
    var isUp: Bool { driver[.STATUS] & 2 != 0 }

    func setCarrier(_ isUp: Bool) {
        driver.uplink.isLinkUp = isUp
        driver.port.uplinkLinkChanged()
    }

    @Test("is up only with SLU, whatever the PHY says, and changes once with it")
    func setLinkUp() {
        driver.setCommand()
        driver.advance(milliseconds: 1000)
        _ = driver.readPHY(1)
        #expect(driver.readPHY(1) & 4 == 4 && !isUp && causes() == 0)
        driver[.CTRL] |= 1 << 6
        #expect(isUp && causes() == Self.change)
        driver[.CTRL] |= 1 << 6
        #expect(causes() == 0)
        driver[.CTRL] &= ~(1 << 6)
        #expect(!isUp && causes() == Self.change)
    }

    @Test("comes up when the PHY has negotiated, for which the port asks to be run")
    func negotiation() throws {
        driver[.CTRL] |= 1 << 6
        let deadline = try #require(driver.port.nextDeadline)
        driver.run(at: deadline - 1)
        #expect(!isUp && causes() == 0)
        driver.run(at: deadline)
        #expect(isUp && causes() == Self.change && driver.port.nextDeadline == nil)
    }

    @Test("goes and comes with the carrier, with one cause for each change and none after")
    func carrier() {
        driver.start()
        #expect(causes() == Self.change)
        for _ in 0..<2 {
            setCarrier(false)
            #expect(!isUp && causes() == Self.change)
            driver[.CTRL] |= 1 << 6
            _ = driver.readPHY(1)
            setCarrier(false)
            #expect(causes() == 0)
            setCarrier(true)
            #expect(!isUp && causes() == 0)
            driver.advance(milliseconds: 1000)
            #expect(isUp && causes() == Self.change)
            driver[.CTRL] |= 1 << 6
            driver.advance(milliseconds: 1000)
            #expect(isUp && causes() == 0)
        }
    }

    @Test("without SLU raises no cause when the carrier goes and comes")
    func noSLU() {
        setCarrier(false)
        setCarrier(true)
        driver.advance(milliseconds: 1000)
        driver[.CTRL] &= ~(1 << 6)
        #expect(causes() == 0)
    }

    @Test("looks the same from STATUS and from the PHY", arguments: [true, false])
    func agreement(isUp: Bool) {
        driver.start()
        setCarrier(isUp)
        driver.advance(milliseconds: 1000)
        _ = driver.readPHY(1)
        #expect(driver[.STATUS] & 2 == (isUp ? 2 : 0))
        #expect(driver.readPHY(1) & 0x24 == (isUp ? 0x24 : 0))
        #expect(driver.readPHY(5) == (isUp ? 0x45E1 : 0))
        #expect(driver.readPHY(0x11) & 0xC000 == (isUp ? 0xC000 : 0))
        if isUp { #expect(driver[.STATUS] & 0xC1 == 0x81) }
    }

    @Test("runs at the speed that the PHY negotiated", arguments: [(0x0101, 0x41), (0x0081, 0x40), (0x0041, 0x01)])
    func negotiatedSpeed(advertised: UInt16, status: UInt32) {
        driver.start()
        driver.writePHY(4, advertised)
        driver.writePHY(9, 0)
        driver.writePHY(0, 0x1340)
        driver.advance(milliseconds: 1000)
        #expect(driver[.STATUS] & 0xC3 == status | 2)
    }

    @Test("runs at the speed that CTRL forces", arguments: [(0, 0), (1, 0x40), (2, 0x80), (3, 0x80)])
    func forcedSpeed(code: UInt32, status: UInt32) {
        driver.start()
        driver[.CTRL] = 1 << 6 | 1 << 11 | 1 << 12 | code << 8
        #expect(driver[.STATUS] & 0xC3 == status | 2)
        driver[.CTRL] |= 1
        #expect(driver[.STATUS] & 0xC3 == status | 3)
    }

    @Test("is shown to the other end of the cable as the PHY has it, whatever SLU says")
    func farEnd() {
        driver.start()
        #expect(driver.uplink.hasPortLink)
        driver[.CTRL] &= ~(1 << 6)
        #expect(driver.uplink.hasPortLink)
        driver.writePHY(0, 0x1940)
        #expect(!driver.uplink.hasPortLink)
        driver.writePHY(0, 0x1140)
        #expect(!driver.uplink.hasPortLink)
        driver.advance(milliseconds: 1000)
        #expect(driver.uplink.hasPortLink)
        driver.writePHY(0, 0x4140)
        #expect(!driver.uplink.hasPortLink && driver.port.deviceControl.isLoopback)
    }

    @Test("takes pause from the partner, and leaves it to the driver to use it")
    func pause() {
        driver.start()
        #expect(driver.readPHY(4) & 0x0C00 == 0x0C00 && driver.readPHY(5) & 0x0C00 == 0x0400)
        #expect(driver[.CTRL] & 3 << 27 == 0)
        driver[.CTRL] |= 3 << 27
        #expect(driver[.CTRL] & 3 << 27 == 3 << 27 && isUp)
    }

    @Test("drops when negotiation is started again through MDIC, and comes back by itself")
    func restart() {
        driver.start()
        _ = causes()
        driver.writePHY(0, 0x1340)
        #expect(!isUp && causes() == Self.change && driver.port.nextDeadline != nil)
        driver.advance(milliseconds: 1000)
        #expect(isUp && causes() == Self.change)
    }

    @Test("that goes down and up in one step is one change")
    func oneStep() {
        driver.start()
        driver.writePHY(0, 0x0140)
        _ = causes()
        driver.writePHY(0, 0x2100)
        #expect(isUp && driver[.STATUS] & 0xC0 == 0x40)
        #expect(causes() == Self.change)
        driver[.CTRL] |= 1 << 6
        #expect(causes() == 0)
    }

    @Test("is reset with the PHY by PHY_RST, which reads back as done and leaves PHYRA to be cleared")
    func phyReset() {
        driver.start()
        driver[.STATUS] = 0
        #expect(driver[.STATUS] & 1 << 10 == 0)
        driver.writePHY(4, 0x0021)
        _ = causes()
        driver[.CTRL] |= 1 << 31
        #expect(driver[.CTRL] & 1 << 31 == 0 && driver[.CTRL] & 1 << 6 != 0)
        #expect(driver[.STATUS] & 1 << 10 != 0 && !isUp && causes() == Self.change)
        #expect(driver.readPHY(4) == 0x0DE1)
        driver[.STATUS] = .max
        #expect(driver[.STATUS] & 1 << 10 != 0)
        driver[.STATUS] = 0
        #expect(driver[.STATUS] & 1 << 10 == 0)
        driver.advance(milliseconds: 1000)
        #expect(isUp)
    }

    @Test("asserts INTx for its change at once, by whatever write it comes")
    func interrupt() {
        driver.start()
        _ = causes()
        driver[.IMS] = Self.change
        driver[.CTRL] &= ~(1 << 6)
        #expect(driver.host.isINTxAsserted)
    }

    @Test("stores what else CTRL has, never all ones")
    func control() {
        driver[.CTRL] = ~(1 << 26)
        #expect(driver[.CTRL] == 0x5BFF_FFFF)
    }
}
