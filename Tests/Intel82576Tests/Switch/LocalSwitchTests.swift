// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// Frames from pools.
@Suite("The switch between pools")
struct LocalSwitchTests {
    typealias Scene = SwitchScene

    @Test("unicast to a local station stays inside")
    func localUnicast() {
        let bench = SwitchBench(Scene.model())
        bench.expect(Scene.frame(to: Scene.station(1), from: Scene.station(0)), from: .pool(0), reaches: [1])
        bench.expect(Scene.frame(to: Scene.station(7), from: Scene.station(1)), from: .pool(1), reaches: [7])
    }

    @Test("unicast to anybody else goes out, and not to the default pool")
    func foreignUnicast() {
        SwitchBench(Scene.model()).expect(Scene.frame(to: Scene.stranger), from: .pool(0), reaches: [], wire: true)
    }

    @Test("broadcast and multicast go to each matching pool and out, and never back")
    func groups() {
        let bench = SwitchBench(
            Scene.model {
                $0.multicastHashes = [$0.hash(Scene.group)]
                for pool in [0, 2, 7] { $0.pools[pool].acceptsMulticastHash = true }
            })
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [1, 2, 7], wire: true)
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(7), reaches: [0, 1, 2], wire: true)
        bench.expect(Scene.frame(to: Scene.group), from: .pool(2), reaches: [0, 7], wire: true)
    }

    @Test("a pool hears itself when LLE asks for it")
    func localLoopbackEnable() {
        let bench = SwitchBench(Scene.model { $0.pools[0].hearsItself = true })
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [0, 1, 2, 7], wire: true)
        bench.expect(Scene.frame(to: Scene.station(0)), from: .pool(0), reaches: [0])
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(1), reaches: [0, 2, 7], wire: true)
        bench.expect(Scene.frame(to: Scene.station(1)), from: .pool(1), reaches: [])
    }

    @Test("the second queue of a pool is the same sender")
    func secondQueue() {
        let bench = SwitchBench(Scene.model())
        let burst = [SwitchBench.Transmission(frame: Scene.frame(to: Scene.everybody))]
        let outcome = bench.send(burst, from: .pool(1), secondQueue: true)
        #expect(Set(outcome.deliveries.keys) == [0, 2, 7])
        #expect(outcome == bench.expected(burst, from: .pool(1)))
    }

    @Test("unicast that a hash matches goes to the pools with ROPE and out")
    func unicastHash() {
        let bench = SwitchBench(
            Scene.model {
                $0.unicastHashes = Set(0..<4096)
                $0.pools[7].acceptsUnicastHash = true
            })
        bench.expect(Scene.frame(to: Scene.stranger), from: .pool(0), reaches: [7], wire: true)
        bench.expect(Scene.frame(to: Scene.station(1)), from: .pool(0), reaches: [1])
    }

    @Test("known unicast in a VLAN its station is not in goes nowhere")
    func foreignVLAN() {
        let bench = SwitchBench(
            Scene.model {
                $0.filtersVLANs = true
                $0.vlanTable = [10, 20]
                $0.vlanGroups = [0: .init(vlan: 10, pools: [0, 1]), 1: .init(vlan: 20, pools: [0, 2])]
            })
        bench.expect(Scene.frame(to: Scene.station(1), tags: [10]), from: .pool(0), reaches: [1])
        bench.expect(Scene.frame(to: Scene.station(1), tags: [20]), from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: Scene.everybody, tags: [20]), from: .pool(0), reaches: [2], wire: true)
    }

    @Test("a local VLAN never leaves")
    func localVLAN() {
        let bench = SwitchBench(
            Scene.model {
                $0.filtersVLANs = true
                $0.vlanTable = [10]
                $0.vlanGroups = [5: .init(vlan: 10, pools: [0, 1], isLocal: true)]
            })
        bench.expect(Scene.frame(to: Scene.everybody, tags: [10]), from: .pool(0), reaches: [1])
        bench.expect(Scene.frame(to: Scene.stranger, tags: [10]), from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [1, 2, 7], wire: true)
    }

    @Test("with local loopback off everything goes out and nothing in")
    func noLocalSwitching() {
        let bench = SwitchBench(
            Scene.model {
                $0.switchesLocally = false
                $0.mirrors = [.init(destination: 2, copiesDownlink: true)]
            })
        bench.expect(Scene.frame(to: Scene.station(1)), from: .pool(0), reaches: [], wire: true)
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [], wire: true)
    }

    @Test("a pool out of VFTE sends nothing until it may")
    func transmitDisabled() {
        let bench = SwitchBench(Scene.model { $0.pools[0].transmits = false })
        let burst = [SwitchBench.Transmission(frame: Scene.frame(to: Scene.everybody))]
        #expect(bench.send(burst, from: .pool(0)) == SwitchBench.Outcome())
        bench.expect(Scene.frame(to: Scene.station(2)), from: .pool(1), reaches: [2])
        bench.driver[raw: VFTE.self] = 0xFF
        bench.driver.advance()
        #expect(bench.driver.uplink.sent.count == 1)
        #expect(bench.take(1).count == 1)
    }

    @Test("without replication what a pool sends to a group goes to the default pool and out")
    func noReplication() {
        let bench = SwitchBench(Scene.model { $0.replicates = false })
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [7], wire: true)
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(7), reaches: [], wire: true)
        bench.expect(Scene.frame(to: Scene.stranger), from: .pool(0), reaches: [], wire: true)
    }

    @Test("a segmented send arrives at its neighbour as the frames it would be on the wire")
    func segmentation() {
        let bench = SwitchBench(Scene.model())
        var recipe = FrameRecipe()
        recipe.payload = [UInt8](repeating: 0x5A, count: 2500)
        var frame = Scene.frame(to: Scene.station(1), from: Scene.station(0))
        frame.content = Array(recipe.bytes[12...])
        var ring = bench.driver.makeTransmitRing(0, count: 32)
        bench.driver.postContext(ip: 20, l4: 20, segmentSize: 1000, to: &ring)
        bench.driver.post(
            pieces: [frame.bytes], command: 1 << 31, options: 3 << 40, payloadLength: 2500, to: &ring)
        bench.driver.ring(ring)
        #expect(bench.take(1).map(\.bytes.count) == [1054, 1054, 554])
        #expect(bench.driver.uplink.sent.isEmpty)
    }
}
