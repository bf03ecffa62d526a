// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// A peer on the wire that stops reading must not stop the traffic between pools.
@Suite("A wire that takes nothing")
struct CongestionTests {
    typealias Scene = SwitchScene

    @Test("holds frames between pools up for 20 ms, then they pass and those for the wire are lost")
    func stalled() {
        let bench = SwitchBench(Scene.model())
        let (driver, port) = (bench.driver, bench.driver.port)
        driver.uplink.isCongested = true
        bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
        #expect(bench.take(1).isEmpty)
        #expect(port.nextDeadline == driver.clock.now + Switch.longestHold)
        driver.advance(milliseconds: 20)
        #expect(bench.take(1).count == 1)
        bench.transmit([.init(frame: Scene.frame(to: Scene.everybody))], on: 0)
        #expect(bench.take(1).count == 1)
        #expect(driver.uplink.sent.isEmpty)
        #expect(port.drops[.undeliverable] == 1 && driver[.HTDPMC] == 1)
    }

    @Test("loses nothing when it takes frames again in time")
    func recovers() {
        let bench = SwitchBench(Scene.model())
        let driver = bench.driver
        driver.uplink.isCongested = true
        bench.transmit([.init(frame: Scene.frame(to: Scene.everybody))], on: 0)
        driver.advance(milliseconds: 10)
        driver.uplink.isCongested = false
        driver.advance()
        #expect(driver.uplink.sent.count == 1)
        #expect(bench.take(1).count == 1)
        // The next congestion is a new one.
        driver.advance(milliseconds: 100)
        driver.uplink.isCongested = true
        bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
        #expect(bench.take(1).isEmpty)
    }
}
