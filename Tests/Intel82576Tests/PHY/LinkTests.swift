// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("The link")
struct LinkTests {
    let bench = PHYBench.linked()

    static let gigabit = Link(isUp: true, speed: .megabits1000, isFullDuplex: true)

    @Test("comes up at gigabit speed once auto-negotiation is over, and not before")
    func negotiation() {
        let bench = PHYBench()
        bench.phy.setCarrier(true, now: bench.now)
        #expect(bench.phy.nextDeadline == bench.now + PHY.autonegotiationTime)
        bench.pass(PHY.autonegotiationTime - 1)
        #expect(!bench.phy.link.isUp && !bench.takeLinkChange())
        bench.pass(1)
        #expect(bench.phy.link == Self.gigabit)
        #expect(bench.takeLinkChange() && !bench.takeLinkChange())
        #expect(bench.phy.nextDeadline == nil)
    }

    @Test("looks the same from every register that tells of it")
    func agreement() {
        _ = bench.read(1)
        #expect(bench.read(1) == 0x796D)
        #expect(bench.read(5) == 0x45E1)
        #expect(bench.read(6) & 1 == 1)
        #expect(bench.read(0xA) == 0x3C00)
        #expect(bench.readPaged(0x11) & 0xC000 == 0xC000)
        #expect(bench.phy.link == Self.gigabit)
        bench.phy.setCarrier(false, now: bench.now)
        #expect(bench.read(1) == 0x7949 && bench.read(5) == 0 && bench.read(0xA) == 0)
        #expect(bench.readPaged(0x11) & 0xC000 == 0)
    }

    @Test("never comes up without a carrier")
    func noCarrier() {
        let bench = PHYBench()
        bench.phy.reset(now: bench.now)
        bench.write(0, 0x1340)
        #expect(bench.phy.nextDeadline == nil)
        bench.pass(.max / 4)
        #expect(!bench.phy.link.isUp)
    }

    @Test("drops with the carrier, at once, and is negotiated anew when that is back")
    func carrier() {
        bench.phy.setCarrier(false, now: bench.now)
        #expect(!bench.phy.link.isUp && bench.takeLinkChange())
        bench.phy.setCarrier(true, now: bench.now)
        #expect(!bench.phy.link.isUp && !bench.takeLinkChange())
        bench.pass()
        #expect(bench.phy.link.isUp && bench.takeLinkChange())
    }

    @Test("that was lost reads as down once after it is back")
    func latchedLow() {
        _ = bench.read(1)
        bench.phy.setCarrier(false, now: bench.now)
        bench.phy.setCarrier(true, now: bench.now)
        bench.pass()
        #expect(bench.read(1) & 0x24 == 0x20)
        #expect(bench.read(1) & 0x24 == 0x24)
    }

    @Test("reports a page of the partner's once")
    func pageReceived() {
        #expect(bench.read(6) & 2 == 2)
        #expect(bench.read(6) & 2 == 0)
    }

    @Test(
        "is the best of what is advertised",
        arguments: [
            (0x01E1, 0x0200, Link(isUp: true, speed: .megabits1000, isFullDuplex: true)),
            (0x01E1, 0x0100, Link(isUp: true, speed: .megabits1000, isFullDuplex: false)),
            (0x0101, 0x0000, Link(isUp: true, speed: .megabits100, isFullDuplex: true)),
            (0x00E1, 0x0000, Link(isUp: true, speed: .megabits100, isFullDuplex: false)),
            (0x0061, 0x0000, Link(isUp: true, speed: .megabits10, isFullDuplex: true)),
            (0x0021, 0x0000, Link(isUp: true, speed: .megabits10, isFullDuplex: false)),
        ] as [(UInt16, UInt16, Link)])
    func advertised(abilities: UInt16, gigabit: UInt16, link: Link) {
        bench.write(4, abilities)
        bench.write(9, gigabit)
        bench.write(0, 0x1340)
        #expect(!bench.phy.link.isUp)
        bench.pass()
        #expect(bench.phy.link == link)
        #expect(bench.read(0) == 0x1140)
    }

    @Test("is the slowest of what is advertised with low power link-up, bit 1 of register 0x19")
    func lowPower() {
        bench.write(0x1F, 0)
        bench.write(0x19, 0x008F)
        bench.write(0, 0x1340)
        bench.pass()
        #expect(bench.phy.link == Link(isUp: true, speed: .megabits10, isFullDuplex: true))
        bench.write(0x19, 0x008D)
        bench.write(0, 0x1340)
        bench.pass()
        #expect(bench.phy.link == Self.gigabit)
    }

    @Test("tells the speed of 100 Mb/s in the PHY's own status as well")
    func vendorStatus() {
        bench.write(9, 0)
        bench.write(0, 0x1340)
        bench.pass()
        #expect(bench.readPaged(0x11) & 0xC000 == 0x8000)
        #expect(bench.read(0xA) & 0x3000 == 0)
    }

    @Test("does not come up when nothing is advertised")
    func nothingInCommon() {
        bench.write(4, 1)
        bench.write(9, 0)
        bench.write(0, 0x1340)
        bench.pass()
        #expect(!bench.phy.link.isUp && bench.phy.nextDeadline == nil && bench.read(1) & 0x20 == 0)
    }

    @Test("is left alone by advertising alone, and by writing the control register as it is")
    func noRestart() {
        bench.write(4, 0x0021)
        bench.write(0, bench.read(0))
        #expect(bench.phy.link == Self.gigabit && !bench.takeLinkChange())
    }

    @Test(
        "is what is forced, without negotiation",
        arguments: [
            (0x0000, LinkSpeed.megabits10, false), (0x0100, .megabits10, true), (0x2000, .megabits100, false),
            (0x2100, .megabits100, true), (0x0140, .megabits1000, true),
        ] as [(UInt16, LinkSpeed, Bool)])
    func forced(control: UInt16, speed: LinkSpeed, isFullDuplex: Bool) {
        bench.write(0, control)
        #expect(bench.phy.link == Link(isUp: true, speed: speed, isFullDuplex: isFullDuplex))
        #expect(bench.read(1) & 0x20 == 0 && bench.read(5) == 0)
        #expect(bench.takeLinkChange())
        bench.phy.setCarrier(false, now: bench.now)
        #expect(!bench.phy.link.isUp)
    }

    @Test("goes with the PHY's power and comes back with it")
    func powerDown() {
        bench.write(0, 0x1940)
        #expect(!bench.phy.link.isUp && bench.takeLinkChange() && bench.phy.nextDeadline == nil)
        #expect(bench.read(2) == 0x02A8)
        bench.write(0, 0x1140)
        bench.pass()
        #expect(bench.phy.link.isUp)
    }

    @Test("is up in loopback, with a carrier or without")
    func loopback() {
        let bench = PHYBench()
        bench.write(0, 0x4140)
        #expect(bench.phy.link == Self.gigabit && bench.takeLinkChange())
        bench.phy.setCarrier(true, now: bench.now)
        bench.phy.setCarrier(false, now: bench.now)
        #expect(bench.phy.link.isUp && !bench.takeLinkChange())
        bench.write(0, 0x1140)
        #expect(!bench.phy.link.isUp && bench.takeLinkChange())
    }

    @Test("drops on a reset of the PHY and comes back")
    func reset() {
        bench.phy.reset(now: bench.now)
        #expect(!bench.phy.link.isUp && bench.takeLinkChange())
        bench.pass()
        #expect(bench.phy.link == Self.gigabit)
    }

    @Test("comes up for a driver that polls, without anyone letting time pass")
    func polling() {
        let bench = PHYBench()
        bench.phy.setCarrier(true, now: bench.now)
        bench.now += PHY.autonegotiationTime
        #expect(bench.read(1) & 0x20 == 0x20)
        #expect(bench.phy.link.isUp && bench.takeLinkChange())
    }
}
