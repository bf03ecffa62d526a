// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

private let shared = SharedSetting<Setting>()

extension Integration {
    @Suite("Two machines with a VF each, on two hosts whose bridges VXLAN joins", .serialized, shared)
    struct VXLANTests {
        @Test("they reach each other by ping and TCP, both ways", .timeLimit(.minutes(5)))
        func traffic() throws {
            let setting = try shared.current()
            for (from, to) in [(setting.a, setting.b), (setting.b, setting.a)] {
                #expect(try from.ping(to, count: 4) >= 3, "\(from) to \(to)")
                #expect(try from.send(to: to).bytes > 300_000, "\(from) to \(to)")
            }
            let counters = try setting.hosts[0].execute("cat /sys/class/net/vxlan42/statistics/[rt]x_packets")
            #expect(counters.split(separator: "\n").compactMap { Int($0) }.allSatisfy { $0 > 100 }, "\(counters)")
        }

        @Test("a packet of 1450 bytes passes an underlay of 1500, and one of 1451 does not", .timeLimit(.minutes(3)))
        func smallUnderlay() throws {
            let setting = try shared.current()
            for vm in [setting.a, setting.b] { try vm.run("ip link set eth0 mtu 1500") }
            #expect(try setting.a.pingWhole(setting.b.address, size: 1450, count: 3) >= 2)
            #expect(try setting.a.pingWhole(setting.b.address, size: 1451, count: 2) == 0)
        }

        @Test("with an underlay of 9050, packets of 9000 bytes pass whole", .timeLimit(.minutes(3)))
        func jumbo() throws {
            let setting = try shared.current()
            for host in setting.hosts {
                try host.execute(
                    """
                    ip link set phy0 mtu 9050; ip link set vxlan42 mtu 9000; ip link set tap0 mtu 9000
                    ip link set br0 mtu 9000
                    """)
            }
            for vm in [setting.a, setting.b] { try vm.run("ip link set eth0 mtu 9000") }
            #expect(try setting.a.pingWhole(setting.b.address, size: 9000, count: 4) >= 3)
            #expect(try setting.a.send(to: setting.b).bytes > 300_000)
        }
    }
}

private struct Setting: NetworkSetting {
    let run: Run
    let hosts: [NetworkHost]
    let a, b: Station

    init() throws {
        run = try Run()
        hosts = [try NetworkHost("hostA", in: run), try NetworkHost("hostB", in: run)]
        try NetworkHost.join(hosts[0], hosts[1])
        let addresses = ["192.0.2.1", "192.0.2.2"]
        var guests: [Guest] = []
        for (number, host) in hosts.enumerated() {
            let (own, other) = (addresses[number], addresses[1 - number])
            try host.namespace.execute("ip addr add \(own)/24 dev phy0")
            try host.recipe("vxlan", ["interface": "phy0", "address": own, "peer": other])
            guests.append(try host.serve("vxlan-\(host.name)", vfs: 1).start("vm\(number)", vf: 0))
        }
        for guest in guests { try guest.waitUntilReady(seconds: 240) }
        (a, b) = (try guests[0].bringUp("10.82.57.2"), try guests[1].bringUp("10.82.57.3"))
        for vm in [a, b] { try vm.run("ip link set eth0 mtu 1450") }
    }
}
