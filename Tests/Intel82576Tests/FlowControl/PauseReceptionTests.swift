// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("PAUSE frames from the link partner")
struct PauseReceptionTests {
    let driver = TestDriver.started()
    static let group: [UInt8] = [1, 0x80, 0xC2, 0, 0, 1]

    init() { driver[.CTRL] |= 1 << 27 }

    static func frame(_ quanta: UInt16, to: [UInt8] = group, type: UInt16 = 0x8808, operation: UInt16 = 1) -> [UInt8] {
        let bytes = to + [2, 0, 0, 0, 0, 9] + networkBytes(type) + networkBytes(operation) + networkBytes(quanta)
        return padded(bytes)
    }

    func arrive(_ frame: [UInt8]) {
        driver.enableReceive(driver[.RCTL])
        driver.arrive(frame)
    }

    func send(_ number: Int, _ ring: inout TestDriver.TransmitRing) {
        driver.post(pieces: [TestDriver.frame(number)], to: &ring)
        driver.ring(ring)
    }

    @Test("hold transmission for quanta of 512 bit times", arguments: [(1000, 512), (100, 5120), (10, 51200)])
    func pauses(speed: Int, quantum: UInt64) {
        driver[.CTRL] = driver[.CTRL] & ~(3 << 8) | 1 << 11 | (speed == 1000 ? 2 : speed == 100 ? 1 : 0) << 8
        var ring = driver.makeTransmitRing()
        driver.advance()
        arrive(Self.frame(1000))
        let end = driver.clock.now + 1000 * quantum
        #expect(driver[.STATUS] & 1 << 4 != 0 && driver.port.nextDeadline == nil)
        send(1, &ring)
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork && driver.port.nextDeadline == end)
        driver.run(at: end - 1)
        #expect(driver.sentFrames.isEmpty)
        driver.run(at: end)
        #expect(driver.sentFrames == [TestDriver.frame(1)] && driver[.STATUS] & 1 << 4 == 0)
        #expect(driver[.XOFFRXC] == 1 && driver[.XONRXC] == 0 && driver[.GPRC] == 0 && driver[.TPR] == 1)
    }

    @Test("replace one another, and one of no length ends the pause")
    func replaced() {
        var ring = driver.makeTransmitRing()
        arrive(Self.frame(0xFFFF))
        send(1, &ring)
        arrive(Self.frame(10, to: TestDriver.ownAddress))
        #expect(driver.port.nextDeadline == driver.clock.now + 5120)
        arrive(Self.frame(0))
        #expect(driver.sentFrames == [TestDriver.frame(1)])
        #expect(driver[.XOFFRXC] == 2 && driver[.XONRXC] == 1)
    }

    @Test("are none without CTRL.RFCE, with another address or another type")
    func others() {
        var ring = driver.makeTransmitRing()
        arrive(Self.frame(100, to: [2, 0, 0, 0, 0, 5]))
        arrive(Self.frame(100, type: 0x8809))
        driver[.CTRL] &= ~(1 << 27)
        arrive(Self.frame(100))
        send(1, &ring)
        #expect(driver.sentFrames.count == 1 && driver[.XOFFRXC] == 0)
    }

    @Test("are those that FCAL, FCAH and FCT describe")
    func registers() {
        (driver[.FCAL], driver[.FCAH], driver[.FCT]) = (0x0403_0203, 0x0605, 0x1234)
        arrive(Self.frame(100))
        #expect(driver[.XOFFRXC] == 0)
        arrive(Self.frame(100, to: [3, 2, 3, 4, 5, 6], type: 0x1234))
        #expect(driver[.XOFFRXC] == 1)
    }

    @Test("hold nothing any more when CTRL.RFCE is cleared or the port is reset", arguments: [false, true])
    func given(resets: Bool) {
        arrive(Self.frame(0xFFFF))
        #expect(driver[.STATUS] & 1 << 4 != 0)
        driver[.CTRL] = resets ? 1 << 26 : driver[.CTRL] & ~(1 << 27)
        driver[.CTRL] |= resets ? 1 << 27 : 0
        #expect(driver[.STATUS] & 1 << 4 == 0)
    }

    @Test("reach the host unless RCTL.DPF is set; other MAC control frames only if RCTL.PMCF is, and count in FCRUC")
    func forwarding() {
        var ring = driver.makeReceiveRing()
        let (pause, other) = (Self.frame(7), Self.frame(7, operation: 0x101))
        for (bits, expected) in [(0, [pause]), (1 << 22, []), (1 << 23, [pause, other]), (3 << 22, [other])]
            as [(UInt32, [[UInt8]])]
        {
            driver.enableReceive(1 << 4 | bits)
            driver.arrive(pause)
            driver.arrive(other)
            #expect(driver.takeAll(&ring) == expected)
        }
        #expect(driver[.FCRUC] == 4 && driver[.XOFFRXC] == 4)
        driver.enableReceive()
        driver.arrive(pause)
        #expect(driver.take(&ring) == nil, "the filters count too")
    }

    @Test("too short to be one are dropped")
    func short() {
        var ring = driver.makeReceiveRing()
        arrive(Array(Self.frame(100).prefix(17)))
        #expect(driver.take(&ring) == nil && driver[.XOFFRXC] == 0 && driver[.FCRUC] == 0)
    }

    @Test("hold the switch up no longer than a congested uplink does")
    func pools() {
        let bench = SwitchBench(SwitchScene.model())
        bench.driver[.CTRL] |= 1 << 27
        bench.driver.arrive(Self.frame(0xFFFF))
        let start = bench.driver.clock.now
        bench.transmit([.init(frame: SwitchScene.frame(to: SwitchScene.station(1)))], on: 0)
        #expect(bench.take(1).isEmpty)
        #expect(bench.driver.port.nextDeadline == start + Switch.longestHold)
        bench.driver.run(at: start + Switch.longestHold)
        #expect(bench.take(1).count == 1)
    }
}
