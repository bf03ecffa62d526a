// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Mirroring")
struct MirrorTests {
    typealias Scene = SwitchScene

    private func bench(_ rules: SwitchModel.Mirror..., change: (inout SwitchModel) -> Void = { _ in }) -> SwitchBench {
        SwitchBench(
            Scene.model {
                $0.mirrors = rules
                change(&$0)
            })
    }

    @Test("a pool rule copies what its pools get, from the wire and from other pools")
    func pool() {
        let bench = bench(.init(destination: 4, pools: [0, 1]))
        bench.expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0, 4])
        bench.expect(Scene.frame(to: Scene.station(1)), from: .pool(2), reaches: [1, 4])
        bench.expect(Scene.frame(to: Scene.station(2)), from: .wire, reaches: [2])
        bench.expect(Scene.frame(to: Scene.everybody), from: .wire, reaches: [0, 1, 2, 4, 7])
    }

    @Test("an uplink rule copies all that comes from the wire, wanted or not")
    func uplink() {
        let bench = bench(.init(destination: 4, copiesUplink: true)) { $0.defaultPool = nil }
        bench.expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0, 4])
        bench.expect(Scene.frame(to: Scene.stranger), from: .wire, reaches: [4])
        bench.expect(Scene.frame(to: Scene.station(0)), from: .pool(1), reaches: [0])
        bench.expect(Scene.frame(to: Scene.stranger), from: .pool(1), reaches: [], wire: true)
    }

    @Test("a downlink rule copies what pools send out, not what stays inside")
    func downlink() {
        let bench = bench(.init(destination: 4, copiesDownlink: true))
        bench.expect(Scene.frame(to: Scene.stranger), from: .pool(1), reaches: [4], wire: true)
        bench.expect(Scene.frame(to: Scene.station(0)), from: .pool(1), reaches: [0])
        bench.expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0])
    }

    @Test("a VLAN rule copies frames of its VLVF entries' VLANs")
    func vlan() {
        let bench = bench(.init(destination: 4, vlanEntries: [9])) {
            $0.vlanGroups = [9: .init(vlan: 10, pools: [0]), 10: .init(vlan: 20, pools: [0])]
        }
        bench.expect(Scene.frame(to: Scene.station(0), tags: [10]), from: .wire, reaches: [0, 4])
        bench.expect(Scene.frame(to: Scene.station(0), tags: [20]), from: .wire, reaches: [0])
        bench.expect(Scene.frame(to: Scene.station(0), tags: [10]), from: .pool(1), reaches: [0, 4])
        bench.expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0])
    }

    @Test("several rules for one pool make one copy, and none besides the pool's own")
    func oneCopy() {
        let bench = bench(
            .init(destination: 4, copiesUplink: true), .init(destination: 4, pools: [0]),
            .init(destination: 0, copiesUplink: true))
        let outcome = bench.send([.init(frame: Scene.frame(to: Scene.station(0)))], from: .wire)
        #expect(outcome.deliveries.mapValues(\.count) == [0: 1, 4: 1])
    }

    @Test("a mirrored copy is not mirrored again")
    func noChain() {
        let bench = bench(.init(destination: 4, pools: [0]), .init(destination: 5, pools: [4]))
        bench.expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0, 4])
    }

    @Test("a pool rule does not copy what its pool sends")
    func sentByPool() {
        let bench = bench(.init(destination: 4, pools: [0]))
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [1, 2, 7], wire: true)
    }

    @Test("an uplink rule copies what VFTA keeps from the pools")
    func rejectedVLAN() {
        let bench = bench(.init(destination: 4, copiesUplink: true)) { $0.filtersVLANs = true }
        bench.expect(Scene.frame(to: Scene.station(0), tags: [10]), from: .wire, reaches: [4])
    }

    @Test("a sender gets no mirrored copy of its own frame, unless LLE asks")
    func sender() {
        let rule = SwitchModel.Mirror(destination: 1, copiesDownlink: true)
        bench(rule).expect(Scene.frame(to: Scene.stranger), from: .pool(1), reaches: [], wire: true)
        bench(rule) { $0.pools[1].hearsItself = true }
            .expect(Scene.frame(to: Scene.stranger), from: .pool(1), reaches: [1], wire: true)
    }

    @Test("mirroring passes by VLAN membership, not by VFRE and the pool's frame length")
    func filters() {
        let rule = SwitchModel.Mirror(destination: 4, pools: [0])
        let bench = bench(rule) {
            $0.filtersVLANs = true
            $0.vlanTable = [10]
            $0.vlanGroups = [0: .init(vlan: 10, pools: [0])]
            $0.pools[4].longFrameLimit = 100
        }
        bench.expect(Scene.frame(to: Scene.station(0), tags: [10]), from: .wire, reaches: [0, 4])
        bench.expect(Scene.frame(to: Scene.station(0), tags: [10], bytes: 200), from: .wire, reaches: [0])
        self.bench(rule) { $0.pools[4].receives = false }
            .expect(Scene.frame(to: Scene.station(0)), from: .wire, reaches: [0])
    }
}
