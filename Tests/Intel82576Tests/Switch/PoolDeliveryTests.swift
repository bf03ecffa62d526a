// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// What a pool's copy of a frame looks like, and in which queue it lies.
@Suite("Delivery to pools")
struct PoolDeliveryTests {
    typealias Scene = SwitchScene

    @Test("a pool's VMOLR strips its unicast, RPLOLR what goes to groups")
    func vlanStripping() {
        let bench = SwitchBench(
            Scene.model {
                $0.pools[0].stripsVLAN = true
                $0.exactFilters.append(.init(address: Scene.stranger, pools: [0, 1]))
            })
        let unicast = bench.send(
            [.init(frame: Scene.frame(to: Scene.stranger, tags: [0x6005], bytes: 64))], from: .wire)
        #expect(unicast.deliveries[0]?.map(\.tag) == [0x6005])
        #expect(unicast.deliveries[0]?.map(\.bytes.count) == [60])
        #expect(unicast.deliveries[1]?.map(\.tag) == [nil])
        #expect(unicast.deliveries[1]?.map(\.bytes.count) == [64])
        let broadcast = bench.send([.init(frame: Scene.frame(to: Scene.everybody, tags: [5], bytes: 64))], from: .wire)
        for pool in [0, 1, 2, 7] { #expect(broadcast.deliveries[pool]?.map(\.tag) == [nil]) }
        let replicated = SwitchBench(Scene.model { $0.stripsVLANOfReplicated = true })
        let stripped = replicated.send(
            [.init(frame: Scene.frame(to: Scene.everybody, tags: [5], bytes: 64))], from: .wire)
        for pool in [0, 1, 2, 7] { #expect(stripped.deliveries[pool]?.map(\.tag) == [5]) }
    }

    @Test("a pool may keep the CRC, which is right")
    func keptCRC() {
        let bench = SwitchBench(
            Scene.model {
                for pool in 0..<8 { $0.pools[pool].stripsCRC = false }
                $0.stripsCRCOfReplicated = false
            })
        for destination in [Scene.station(1), Scene.everybody] {
            let frame = Scene.frame(to: destination)
            let outcome = bench.send([.init(frame: frame)], from: .wire)
            #expect(outcome.deliveries[1]?.map(\.bytes) == [frame.bytes + frame.fcs])
        }
    }

    @Test("in mode 3 the first queue of a pool gets everything, in mode 5 the hash chooses one of two")
    func twoQueues() {
        var table = [UInt8](repeating: 0, count: 128)
        for index in stride(from: 1, to: 128, by: 2) { table[index] = 8 }
        let key = [UInt8](0..<40).map { $0 &* 73 &+ 11 }
        let spread = Scene.model {
            $0.spreading = .init(key: key, table: table)
            $0.pools[1].spreads = true
        }
        let frames = (0..<32).map { Scene.tcp(to: Scene.station(1), host: $0) }
        let one = frames.map { SwitchBench.Transmission(frame: $0) }
        #expect(queues(SwitchBench(Scene.model()), one) == [1: 32])
        let spreadQueues = queues(SwitchBench(spread), one)
        #expect(Set(spreadQueues.keys) == [1, 9])
        #expect(spreadQueues.values.reduce(0, +) == 32)
        let other = (0..<32).map { SwitchBench.Transmission(frame: Scene.tcp(to: Scene.station(2), host: $0)) }
        #expect(queues(SwitchBench(spread), other) == [2: 32], "a pool without RSSE")
        let plain = [SwitchBench.Transmission(frame: Scene.frame(to: Scene.station(1)))]
        #expect(queues(SwitchBench(spread), plain) == [1: 1], "nothing to hash")
    }

    private func queues(_ bench: SwitchBench, _ burst: [SwitchBench.Transmission]) -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for item in burst {
            let outcome = bench.send([item], from: .wire)
            #expect(outcome == bench.expected([item], from: .wire))
            for (queue, list) in outcome.deliveries { counts[queue, default: 0] += list.count }
        }
        return counts
    }

    @Test("a copy from another pool says so and is not spread")
    func loopbackCopies() {
        let bench = SwitchBench(
            Scene.model {
                $0.spreading = .init(key: [UInt8](1...40), table: [UInt8](repeating: 8, count: 128))
                $0.pools[1].spreads = true
            })
        let burst = [SwitchBench.Transmission(frame: Scene.tcp(to: Scene.station(1)))]
        #expect(bench.send(burst, from: .wire).deliveries[9]?.map(\.isLoopback) == [false])
        #expect(bench.send(burst, from: .pool(0)).deliveries[1]?.map(\.isLoopback) == [true])
    }
}
