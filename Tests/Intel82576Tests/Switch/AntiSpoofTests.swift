// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// PAUSE, BPDU, LLDP, the last reserved address; MAC control to a station, and under a tag.
private let controlFrames: [SwitchFrame] = [
    ("01:80:c2:00:00:01", [0x88, 0x08], []), ("01:80:c2:00:00:00", [0x00, 0x26], []),
    ("01:80:c2:00:00:0e", [0x88, 0xCC], []), ("01:80:c2:00:00:0f", [0x88, 0xB5], [10]),
    ("52:54:00:99:99:99", [0x88, 0x08], []), ("52:54:00:99:99:99", [0x88, 0x08], [10]),
].map { destination, type, tags in
    SwitchScene.frame(to: MACAddress(destination)!, from: SwitchScene.station(0), tags: tags, type: type)
}

@Suite("Anti-spoofing and inserted tags")
struct AntiSpoofTests {
    typealias Scene = SwitchScene

    private let guarded = Scene.model {
        $0.pools[0].checksSource = true
        $0.pools[0].checksVLAN = true
        $0.vlanGroups = [2: .init(vlan: 10, pools: [0, 1]), 3: .init(vlan: 20, pools: [1])]
    }

    @Test("a foreign source address is dropped, reported by queue and counted")
    func foreignSource() {
        let bench = SwitchBench(guarded)
        bench.driver[raw: IMS.self] = 1 << 28
        let spoofed = Scene.frame(to: Scene.everybody, from: Scene.station(1))
        bench.expect(spoofed, from: .pool(0), reaches: [])
        _ = bench.send([.init(frame: spoofed)], from: .pool(0), secondQueue: true)
        #expect(bench.driver[raw: ICR.self] >> 28 & 1 == 1, "ICR.DOUTSYNC")
        let counters = bench.counters
        #expect(counters.violations == 2)
        #expect(counters.violatingQueues == [0, 8])
        #expect(counters.sent.packets == 0)
        #expect(bench.counters.violations == 0, "SSVPC clears when read")
        #expect(bench.counters.violatingQueues.isEmpty, "WVBR clears when read")
    }

    @Test("DTXCTL.SPOOF_INT off keeps the cause away, not the record")
    func noCause() {
        let bench = SwitchBench(guarded)
        bench.driver[raw: DTXCTL.self] = 0
        bench.expect(Scene.frame(to: Scene.everybody), from: .pool(0), reaches: [])
        #expect(bench.driver[raw: ICR.self] >> 28 & 1 == 0)
        #expect(bench.driver[raw: WVBR.self] == 1)
    }

    @Test("a dropped frame's descriptor completes and the next frame goes on")
    func descriptorsComplete() {
        let bench = SwitchBench(guarded)
        let good = Scene.frame(to: Scene.everybody, from: Scene.station(0))
        let burst = [Scene.frame(to: Scene.everybody), good].map { SwitchBench.Transmission(frame: $0) }
        #expect(bench.send(burst, from: .pool(0)).sent == [good.bytes])
        #expect(bench.driver[raw: TDH.self] == 2, "TDH")
        for index in 0..<2 as Range<UInt64> {
            #expect(bench.driver.memory.load(at: bench.transmitRings[0].base + 16 * index + 8) >> 32 & 1 == 1, "DD")
        }
    }

    @Test("what passed opens the door for nothing else in the same burst")
    func mixedBurst() {
        let bench = SwitchBench(guarded)
        let own = Scene.station(0)
        let good = Scene.frame(to: Scene.everybody, from: own)
        let bad = [
            Scene.frame(to: Scene.everybody, from: Scene.station(1)),
            Scene.frame(to: Scene.everybody, from: own, type: [0x88, 0x08]),
            Scene.frame(to: Scene.everybody, from: own, tags: [20]),
            Scene.frame(to: MACAddress("01:80:c2:00:00:02")!, from: own),
        ]
        let burst = bad.flatMap { [good, $0] }.map { SwitchBench.Transmission(frame: $0) }
        #expect(bench.send(burst, from: .pool(0)).sent == bad.map { _ in good.bytes })
        #expect(bench.counters.violations == bad.count)
    }

    @Test("link control of a checked pool is dropped and counted, whatever way it is sent", arguments: controlFrames)
    func linkControl(_ frame: SwitchFrame) {
        let bench = SwitchBench(guarded)
        bench.expect(frame, from: .pool(0), reaches: [])
        _ = bench.send([.init(frame: frame)], from: .pool(0), secondQueue: true)
        #expect(bench.counters.violations == 2)
        #expect(bench.driver.port.drops[.linkControl] == 2 && bench.driver.port.drops[.spoofed] == 0)
    }

    @Test("link control under a port VLAN is dropped too")
    func linkControlInPortVLAN() {
        var model = guarded
        model.pools[0].tagging = .always(10)
        let bench = SwitchBench(model)
        bench.expect(controlFrames[0], from: .pool(0), reaches: [])
        bench.expect(controlFrames[4], from: .pool(0), reaches: [])
    }

    @Test("a plain packet to a reserved address is dropped")
    func plainLinkControl() {
        var frame = Scene.tcp(to: MACAddress("01:80:c2:00:00:02")!)
        frame.source = Scene.station(0)
        SwitchBench(guarded).expect(frame, from: .pool(0), reaches: [])
    }

    @Test("link control of a pool that is not checked, or only for VLANs, leaves: the PF's", arguments: controlFrames)
    func uncheckedLinkControl(_ frame: SwitchFrame) {
        var model = guarded
        model.pools[0].checksSource = false
        let bench = SwitchBench(model)
        let sent = [SwitchBench.Transmission(frame: frame)]
        for pool in [0, 7] { #expect(bench.send(sent, from: .pool(pool)).sent == [frame.bytes]) }
        #expect(bench.counters.violations == 0)
    }

    @Test("the address after the reserved ones is a group like any other")
    func firstOrdinaryGroup() {
        SwitchBench(guarded).expect(
            Scene.frame(to: MACAddress("01:80:c2:00:00:10")!, from: Scene.station(0)), from: .pool(0), reaches: [],
            wire: true)
    }

    @Test("the own address passes, and so does any address from a pool that is not checked")
    func ownSource() {
        let bench = SwitchBench(guarded)
        bench.expect(
            Scene.frame(to: Scene.everybody, from: Scene.station(0)), from: .pool(0), reaches: [1, 2, 7], wire: true)
        bench.expect(
            Scene.frame(to: Scene.everybody, from: Scene.station(0)), from: .pool(1), reaches: [0, 2, 7], wire: true)
        #expect(bench.counters.violations == 0)
    }

    @Test("a tag of a VLAN the pool is not in is dropped")
    func foreignVLAN() {
        let bench = SwitchBench(guarded)
        let (own, all) = (Scene.station(0), Scene.everybody)
        bench.expect(Scene.frame(to: all, from: own, tags: [10]), from: .pool(0), reaches: [1, 2, 7], wire: true)
        bench.expect(Scene.frame(to: all, from: own, tags: [20]), from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: all, from: own, tags: [30]), from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: all, from: own, tags: [0]), from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: all, from: own), from: .pool(0), inserting: 20, reaches: [])
        bench.expect(Scene.frame(to: all, from: own), from: .pool(0), inserting: 10, reaches: [1, 2, 7], wire: true)
        #expect(bench.counters.violations == 4)
    }

    @Test("an untagged frame needs AUPE when VLANs are checked")
    func untagged() {
        var model = guarded
        model.pools[0].acceptsUntagged = false
        SwitchBench(model).expect(
            Scene.frame(to: Scene.everybody, from: Scene.station(0)), from: .pool(0), reaches: [])
    }

    @Test("a default tag goes into every frame and the switch sees it")
    func defaultTag() {
        let bench = SwitchBench(
            Scene.model {
                $0.filtersVLANs = true
                $0.vlanTable = [10]
                $0.vlanGroups = [0: .init(vlan: 10, pools: [0, 1])]
                $0.pools[0].tagging = .always(0x600A)
                $0.pools[1].stripsVLAN = true
            })
        let frame = Scene.frame(to: Scene.everybody, from: Scene.station(0))
        bench.expect(frame, from: .pool(0), reaches: [1], wire: true)
        #expect(Array(bench.driver.uplink.sent[0].bytes[12..<16]) == [0x81, 0, 0x60, 0x0A])
        bench.expect(frame, from: .pool(0), inserting: 99, reaches: [1], wire: true)
        #expect(bench.driver.uplink.sent[0].bytes.count == 64, "the default tag only")
        let unicast = [SwitchBench.Transmission(frame: Scene.frame(to: Scene.station(1)))]
        #expect(bench.send(unicast, from: .pool(0)).deliveries[1]?.map(\.tag) == [0x600A])
    }

    @Test("a pool that must not tag does not, whatever its descriptors say")
    func neverTag() {
        let bench = SwitchBench(Scene.model { $0.pools[0].tagging = .never })
        bench.expect(Scene.frame(to: Scene.stranger), from: .pool(0), inserting: 10, reaches: [], wire: true)
        #expect(bench.driver.uplink.sent[0].bytes.count == 60)
    }

    @Test("a frame that brings a tag under a default tag has two, or is dropped where VLANs are checked")
    func tagUnderDefaultTag() {
        let tagged = Scene.frame(to: Scene.stranger, from: Scene.station(0), tags: [10], bytes: 64)
        let lax = SwitchBench(Scene.model { $0.pools[0].tagging = .always(10) })
        lax.expect(tagged, from: .pool(0), reaches: [], wire: true)
        #expect(Array(lax.driver.uplink.sent[0].bytes[12..<20]) == [0x81, 0, 0, 10, 0x81, 0, 0, 10])
        var strict = guarded
        strict.pools[0].tagging = .always(10)
        let bench = SwitchBench(strict)
        bench.expect(tagged, from: .pool(0), reaches: [])
        bench.expect(Scene.frame(to: Scene.stranger, from: Scene.station(0)), from: .pool(0), reaches: [], wire: true)
        #expect(bench.counters.violations == 1)
    }
}
