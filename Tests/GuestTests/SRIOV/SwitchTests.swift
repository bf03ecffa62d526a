// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("The switch in the card", .serialized)
    struct Switch {
        @Test("the physical function, seven VFs and the outside all reach each other", .timeLimit(.minutes(4)))
        func matrix() throws {
            let stations =
                try [SharedSRIOVGuest.pf(), SharedSRIOVGuest.outside()] + SharedSRIOVGuest.vfs(SharedSRIOVGuest.most)
            for station in stations {
                let others = stations.filter { $0.address != station.address }
                let reached = try station.reached(others)
                #expect(reached.map(\.name) == others.map(\.name), "from \(station)")
            }
        }

        @Test("TCP runs between all kinds of them", .timeLimit(.minutes(4)))
        func tcp() throws {
            let vfs = try SharedSRIOVGuest.vfs(3)
            let (pf, outside) = try (SharedSRIOVGuest.pf(), SharedSRIOVGuest.outside())
            let pairs = [
                (vfs[0], vfs[1]), (vfs[0], pf), (pf, vfs[0]), (vfs[0], outside), (outside, vfs[0]), (pf, outside),
            ]
            for (from, to) in pairs {
                let throughput = try from.send(to: to)
                #expect(throughput.bytes > 500_000, "\(from) to \(to)")
            }
        }

        @Test("traffic between VFs stays in the card", .timeLimit(.minutes(3)))
        func local() throws {
            let vfs = try SharedSRIOVGuest.vfs(3)
            _ = try vfs[0].reached([vfs[1]])
            let outside = try SharedSRIOVGuest.outside()
            let before = try outside.counter("rx_packets", of: Namespace.tap)
            #expect(try vfs[0].ping(vfs[1], count: 10) == 10)
            #expect(try outside.counter("rx_packets", of: Namespace.tap) - before < 10)
        }

        @Test("IPv6 between VFs, and to the outside", .timeLimit(.minutes(3)))
        func ipv6() throws {
            let vfs = try SharedSRIOVGuest.vfs(3)
            #expect(try vfs[0].ping(Guest.vfAddress6(1), count: 3) >= 2)
            #expect(try vfs[1].ping(Namespace.address6, count: 3) >= 2)
            #expect(try SharedSRIOVGuest.outside().ping(Guest.vfAddress6(2), count: 3) >= 2)
        }

        @Test("duplicate address detection passes for one's own address and finds another's", .timeLimit(.minutes(3)))
        func duplicateAddress() throws {
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer { SharedSRIOVGuest.spoil() }
            func state(of vf: Station) throws -> String { try vf.run("ip -6 addr show dev nic0") }
            #expect(try !state(of: vfs[0]).contains("dadfailed"), "it does not hear itself")
            try vfs[0].run("ip -6 addr add fd82:576::99/64 dev nic0")
            try eventually("detection ends", within: 10, every: 0.3) {
                try !state(of: vfs[0]).contains("tentative")
            }
            try vfs[1].run("ip -6 addr add fd82:576::99/64 dev nic0")
            try eventually("the second one notices", within: 10, every: 0.3) {
                try state(of: vfs[1]).contains("dadfailed")
            }
            #expect(try !state(of: vfs[0]).contains("dadfailed"))
        }

        @Test("VFs in a VLAN reach those in it and no others", .timeLimit(.minutes(3)))
        func vlan() throws {
            let vfs = try SharedSRIOVGuest.vfs(3)
            defer { SharedSRIOVGuest.spoil() }
            try SharedSRIOVGuest.guest().run("modprobe 8021q")
            for (number, tag) in [(0, 100), (1, 100), (2, 200)] {
                try vfs[number].run("ip link add link nic0 name v type vlan id \(tag)")
                try vfs[number].run("ip link set v up; ip addr add 10.100.0.\(number + 1)/24 dev v")
            }
            #expect(try vfs[0].ping("10.100.0.2", count: 3) >= 2)
            #expect(try vfs[0].ping("10.100.0.3", count: 2) == 0)
            #expect(try vfs[2].ping("10.100.0.1", count: 2) == 0)
            #expect(try vfs[0].reached([vfs[2]]).count == 1, "without a tag they still do")
        }
    }
}
