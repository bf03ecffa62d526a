// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

private let shared = SharedSetting<Setting>()

extension Integration {
    @Suite("Two machines with a VF each, in VLANs of an Open vSwitch bridge", .serialized, shared)
    struct OpenVSwitchTests {
        @Test(
            "the one in the host's VLAN reaches the host by ping and TCP, the other one nobody", .timeLimit(.minutes(5))
        )
        func vlans() throws {
            let setting = try shared.current()
            let (a, b, host) = (setting.a, setting.b, setting.outside)
            #expect(try a.ping(host, count: 3) >= 2)
            for (from, to) in [(a, host), (host, a)] {
                #expect(try from.send(to: to).bytes > 100_000, "\(from) to \(to)")
            }
            #expect(try b.ping(host, count: 2) == 0)
            #expect(try b.ping(a, count: 2) == 0)
        }

        @Test("one that is moved to another VLAN reaches who is there, and no one else", .timeLimit(.minutes(3)))
        func move() throws {
            let setting = try shared.current()
            try setting.nic.ask("vf 1 set vlan=10")
            defer { _ = try? setting.nic.ask("vf 1 set vlan=20") }
            try eventually("VF 1 is in VLAN 10", within: 15) { try setting.b.ping(setting.outside) == 1 }
            // Each has given up on the other before, and asks for its address anew after a while.
            try eventually("VF 0 answers VF 1", within: 15) { try setting.b.ping(setting.a, count: 3) >= 2 }
            try setting.host.execute("ovs-vsctl set port host10 tag=20")
            defer { _ = try? setting.host.execute("ovs-vsctl set port host10 tag=10") }
            #expect(try setting.b.ping(setting.outside, count: 2) == 0)
            #expect(try setting.b.ping(setting.a, count: 3) >= 2, "inside the NIC, where Open vSwitch has no say")
        }

        @Test("a VLAN that the trunk does not have ends at the switch, which counts it", .timeLimit(.minutes(3)))
        func trunk() throws {
            let setting = try shared.current()
            try setting.nic.ask("vf 1 set vlan=30")
            defer { _ = try? setting.nic.ask("vf 1 set vlan=20") }
            let before = try setting.dropped
            try setting.b.run("ip neigh flush dev eth0")
            #expect(try setting.b.ping(setting.outside, count: 3) == 0)
            try eventually("Open vSwitch counts drops", within: 10, every: 0.5) { try setting.dropped > before }
        }

        @Test("VFs without a VLAN go to an access port, by ping and TCP", .timeLimit(.minutes(3)))
        func access() throws {
            let setting = try shared.current()
            try setting.host.execute("ovs-vsctl clear port tap0 trunks; ovs-vsctl set port tap0 tag=10")
            try setting.nic.ask("vf 0 set vlan=0")
            defer {
                _ = try? setting.nic.ask("vf 0 set vlan=10")
                _ = try? setting.host.execute("ovs-vsctl clear port tap0 tag; ovs-vsctl set port tap0 trunks=10,20")
            }
            try eventually("VF 0 has no VLAN", within: 15) { try setting.a.ping(setting.outside) == 1 }
            for (from, to) in [(setting.a, setting.outside), (setting.outside, setting.a)] {
                #expect(try from.send(to: to).bytes > 100_000, "\(from) to \(to)")
            }
        }

        @Test("with an MTU of 9000 everywhere, packets of 9000 bytes pass whole", .timeLimit(.minutes(3)))
        func jumbo() throws {
            let setting = try shared.current()
            try setting.host.execute("ip link set tap0 mtu 9000; ovs-vsctl set interface host10 mtu_request=9000")
            #expect(try setting.a.run("ip -d link show eth0").contains("maxmtu 9216"))
            try setting.a.run("ip link set eth0 mtu 9000")
            #expect(try setting.a.pingWhole(setting.outside.address, size: 9000, count: 3) >= 2)
        }
    }
}

private struct Setting: NetworkSetting {
    let run: Run
    let host: NetworkHost
    let nic: ServedNIC
    let a, b, outside: Station

    init() throws {
        run = try Run()
        host = try NetworkHost("host", in: run)
        try host.start("switch")
        try host.recipe("openvswitch")
        nic = try host.serve("openvswitch", vfs: 2)
        let nic = nic
        let guests = try (0..<2).map { try nic.start("vm\($0)", vf: $0) }
        for guest in guests { try guest.waitUntilReady(seconds: 240) }
        (a, b) = (try guests[0].bringUp("10.82.57.2"), try guests[1].bringUp("10.82.57.3"))
        outside = host.station("10.82.57.1")
    }

    /// Packets that Open vSwitch dropped because its flows say so.
    var dropped: Int {
        get throws {
            let flows = try host.execute("ovs-appctl dpctl/dump-flows")
            return flows.split(separator: "\n").filter { $0.hasSuffix("actions:drop") && $0.contains("vid=30") }
                .compactMap { $0.firstMatch(of: /packets:(\d+)/).flatMap { Int($0.1) } }.reduce(0, +)
        }
    }
}
