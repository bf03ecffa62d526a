// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@Suite("Without mastering")
struct MasterDisableTests {
    let driver = TestDriver()

    init() { driver.start() }

    enum Stop: CaseIterable { case busMaster, masterDisable }

    func stop(_ stop: Stop) {
        if stop == .busMaster { driver.stopMaster() } else { driver[.CTRL] |= 1 << 2 }
    }

    func resume(_ stop: Stop) {
        if stop == .busMaster { driver.setCommand() } else { driver[.CTRL] &= ~(1 << 2) }
        driver.advance()
    }

    @Test("STATUS bit 19 tells what CTRL bit 2 asks for, and CTRL.RST ends it")
    func status() {
        #expect(driver[.STATUS] & 1 << 19 != 0)
        stop(.masterDisable)
        #expect(driver[.STATUS] & 1 << 19 == 0)
        driver[.CTRL] |= 1 << 26
        #expect(driver[.CTRL] & 4 == 0 && driver[.STATUS] & 1 << 19 != 0)
    }

    @Test("transmission waits, without asking to be run, and goes on after", arguments: Stop.allCases)
    func transmit(way: Stop) {
        var ring = driver.makeTransmitRing(5)
        stop(way)
        driver.post(pieces: [QueueVectorTests.frame], to: &ring)
        driver.ring(ring)
        #expect(driver.uplink.sent.isEmpty && driver[.TDH, 5] == 0 && !driver.port.hasWork)
        resume(way)
        #expect(driver.uplink.sent.count == 1 && driver[.TDH, 5] == 1)
    }

    @Test("nothing is received, and reception goes on after", arguments: Stop.allCases)
    func receive(way: Stop) throws {
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        stop(way)
        driver.arrive([2, 0, 0, 0, 0, 1] + Array(repeating: 0, count: 54))
        #expect(driver.take(&ring) == nil && driver[.RDH] == 0)
        resume(way)
        driver.arrive(QueueVectorTests.frame)
        #expect(try #require(driver.take(&ring)).bytes == QueueVectorTests.frame)
    }
}
