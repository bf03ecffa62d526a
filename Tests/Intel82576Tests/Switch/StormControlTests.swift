// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// SCCRL and its thresholds. The length of an interval is not held to a number: the tests let far more than one pass.
@Suite("Storm control")
struct StormControlTests {
    typealias Scene = SwitchScene

    /// A port that lets 8 chunks of 64 bytes through in an interval.
    /// - Parameter drop: the field of SCCRL that drops what is more.
    private func bench(_ drop: WritableKeyPath<SCCRL, Bool>?) -> SwitchBench {
        let bench = SwitchBench(Scene.model { $0.pools[0].acceptsAllMulticast = true })
        bench.driver[raw: BSCTRH.self] = 8
        bench.driver[raw: MSCTRH.self] = 8
        var control = SCCRL(raw: 1 << 8)
        if let drop { control[keyPath: drop] = true }
        bench.driver[SCCRL.self] = control
        return bench
    }

    /// How many of 12 frames from the wire, a chunk long each, reach pool 0.
    private func arrivals(_ bench: SwitchBench, to destination: MACAddress) -> Int {
        bench.send((0..<12).map { _ in .init(frame: Scene.frame(to: destination)) }, from: .wire).deliveries[0]?.count
            ?? 0
    }

    @Test("stops broadcast above the threshold until the interval is over")
    func broadcast() {
        let bench = bench(\.dropsBroadcastWithin)
        #expect((8...9).contains(arrivals(bench, to: Scene.everybody)))
        #expect(bench.driver[raw: ICR.self] >> 25 & 1 == 1, "ICR.SCE")
        #expect(arrivals(bench, to: Scene.group) == 12, "multicast is not broadcast")
        #expect(arrivals(bench, to: Scene.station(0)) == 12)
        bench.driver.advance(milliseconds: 100_000)
        #expect((8...9).contains(arrivals(bench, to: Scene.everybody)))
    }

    @Test("stops multicast above its own threshold")
    func multicast() {
        let bench = bench(\.dropsMulticastWithin)
        #expect((8...9).contains(arrivals(bench, to: Scene.group)))
        #expect(arrivals(bench, to: Scene.everybody) == 12)
    }

    @Test("a threshold of the window before stops the next one, from its first frame on")
    func previousWindow() {
        let bench = bench(\.dropsBroadcastAfter)
        bench.driver[raw: SCBI.self] = 1_000_000
        #expect(arrivals(bench, to: Scene.everybody) == 12)
        #expect(bench.driver[raw: SCSTS.self] & 1 == 1, "SCSTS.BSCA")
        bench.driver.advance(milliseconds: 20)
        #expect(arrivals(bench, to: Scene.everybody) == 0)
        bench.driver.advance(milliseconds: 100_000)
        #expect(arrivals(bench, to: Scene.everybody) == 12, "a quiet time lies between")
    }

    @Test("does nothing before it is asked to")
    func off() {
        #expect(arrivals(bench(nil), to: Scene.everybody) == 12)
        #expect(arrivals(SwitchBench(Scene.model()), to: Scene.everybody) == 12)
    }
}
