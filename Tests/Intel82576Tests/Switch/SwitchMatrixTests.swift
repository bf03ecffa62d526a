// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Who sends to whom") struct SwitchMatrixTests {
    typealias Scene = SwitchScene

    /// The cells that are not 0, by sender and receiver: 0 is the wire, p + 1 pool p.
    private func cells(_ port: Port) -> [[Int]: UInt64] {
        var cells: [[Int]: UInt64] = [:]
        for (sender, row) in port.matrix.frames.enumerated() {
            for (receiver, frames) in row.enumerated() where frames > 0 { cells[[sender, receiver]] = frames }
        }
        return cells
    }

    @Test("is counted when asked for, from 0 on, a copy for each receiver")
    func pools() {
        let bench = SwitchBench(Scene.model())
        let port = bench.driver.port
        func sendSome() {
            bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
            bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 8)
            bench.transmit([.init(frame: Scene.frame(to: Scene.stranger))], on: 2)
            bench.transmit([.init(frame: Scene.frame(to: Scene.everybody))], on: 7)
            bench.arrive([.init(frame: Scene.frame(to: Scene.station(2)))])
        }
        sendSome()
        #expect(cells(port).isEmpty)
        port.matrix.isOn = true
        let expected: [[Int]: UInt64] = [
            [1, 2]: 2, [3, 0]: 1, [8, 1]: 1, [8, 2]: 1, [8, 3]: 1, [8, 0]: 1, [0, 3]: 1,
        ]
        sendSome()
        #expect(cells(port) == expected && port.frameObserver == nil)
        port.matrix.isOn = false
        sendSome()
        #expect(cells(port) == expected)
        port.matrix.isOn = true
        #expect(cells(port).isEmpty)
    }

    @Test("has the PF as pool 0 where there are no pools")
    func withoutPools() {
        let driver = TestDriver.started()
        driver.port.matrix.isOn = true
        _ = driver.makeReceiveRing()
        driver.enableReceive()
        driver.arrive(TestDriver.frame())
        var ring = driver.makeTransmitRing(4)
        for number in 0..<2 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        driver.ring(ring)
        #expect(cells(driver.port) == [[0, 1]: 1, [1, 0]: 2])
    }

    @Test("has no frame that was lost, nor has the queue's activity")
    func losses() {
        let bench = SwitchBench(Scene.model())
        let port = bench.driver.port
        port.matrix.isOn = true
        bench.driver.memory.store(1 << 40, at: bench.receiveRings[1].base)
        bench.driver[raw: RXDCTL.self, 2] = 0
        for pool in [1, 1, 2] { bench.transmit([.init(frame: Scene.frame(to: Scene.station(pool)))], on: 0) }
        #expect(cells(port) == [[1, 2]: 1])
        #expect(port.receiveStatus(1).activity.frames == 1 && port.drops[.unwritable] == 1)
    }
}
