// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// A driver that stops giving descriptors harms itself only.
@Suite("A pool that does not take its frames")
struct StuckPoolTests {
    typealias Scene = SwitchScene
    /// More than twice what a ring of the bench holds.
    private let count = 40

    /// Sends `count` broadcasts one by one and has every pool but 1 take its own.
    private func flood(_ bench: SwitchBench, from origin: SwitchBench.Origin) -> [Int: Int] {
        var taken: [Int: Int] = [:]
        let burst = [SwitchBench.Transmission(frame: Scene.frame(to: Scene.everybody))]
        for _ in 0..<count {
            switch origin {
            case .wire: bench.arrive(burst)
            case .pool(let pool): bench.transmit(burst, on: pool)
            }
            for queue in [0, 2, 7] { taken[queue, default: 0] += bench.take(queue).count }
        }
        return taken
    }

    @Test(
        "loses frames from the wire without delaying the others, whatever QDE and Drop_En say",
        arguments: [false, true])
    func fromWire(drops: Bool) {
        let bench = SwitchBench(Scene.model())
        bench.driver[raw: QDE.self] = drops ? 0xFFFF : 0
        #expect(flood(bench, from: .wire) == [0: count, 2: count, 7: count])
        #expect(bench.driver.port.wantsFrames)
        #expect(Int(bench.driver[raw: RQDPC.self, 1]) == count - 15, "RQDPC of the queue")
        #expect(bench.driver[raw: RQDPC.self, 1] == 0, "RQDPC clears when read")
        #expect(bench.take(1).count == 15)
    }

    @Test("loses frames of other pools, which go on sending")
    func fromPool() {
        let bench = SwitchBench(Scene.model())
        #expect(flood(bench, from: .pool(7)) == [0: count, 2: count, 7: 0])
        #expect(bench.driver[raw: TDH.self, 7] == bench.driver[raw: TDT.self, 7], "TDH reached TDT")
        #expect(Int(bench.driver[raw: SDPC.self]) == count - 15, "SDPC")
        #expect(bench.take(1).count == 15)
    }

    @Test("goes on where it stopped when it gives descriptors again")
    func recovery() {
        let bench = SwitchBench(Scene.model())
        _ = flood(bench, from: .wire)
        #expect(bench.take(1).count == 15)
        bench.expect(Scene.frame(to: Scene.station(1)), from: .wire, reaches: [1])
    }

    @Test("may have its queue off altogether")
    func disabledQueue() {
        let bench = SwitchBench(Scene.model())
        bench.driver[raw: RXDCTL.self, 1] = 0
        #expect(flood(bench, from: .wire) == [0: count, 2: count, 7: count])
        #expect(bench.take(1).isEmpty)
        let unicast = SwitchBench.Transmission(frame: Scene.frame(to: Scene.station(1)))
        bench.arrive([unicast])
        #expect(bench.driver.port.wantsFrames)
    }

    @Test("does not hold up a frame that is for it alone, nor what comes behind")
    func unicastToTheStuck() {
        let bench = SwitchBench(Scene.model())
        for _ in 0..<count { bench.arrive([.init(frame: Scene.frame(to: Scene.station(1)))]) }
        #expect(bench.driver.port.wantsFrames)
        #expect(bench.take(1).count == 15)
        bench.expect(Scene.frame(to: Scene.station(2)), from: .wire, reaches: [2])
    }
}
