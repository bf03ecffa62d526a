// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("VLANs and tunnels between two cards", .serialized)
    struct Tunnels {
        private static let vlans = """
            modprobe 8021q; set -e
            ip link add link eth0 name v100 type vlan id 100
            ip link add link v100 name v100.400 type vlan id 400
            ip link add link eth0 name s200 type vlan proto 802.1ad id 200
            ip link add link s200 name s200.300 type vlan id 300
            n=1; for i in v100 v100.400 s200 s200.300; do
            ip link set $i up; ip addr add 10.100.$n.@/24 dev $i; n=$((n + 1)); done
            """

        @Test(
            "a VLAN, a VLAN in it, an 802.1ad tag and a VLAN in that, with offloads and without",
            .timeLimit(.minutes(5)))
        func vlans() throws {
            let pair = try CablePair.current()
            try pair.both(Self.vlans)
            defer { try? pair.both("ip link del v100; ip link del s200; true") }
            for setting in ["rxvlan off txvlan off", "rxvlan on txvlan on"] {
                try pair.a.ethtool("-K \(setting)")
                for network in 1...4 {
                    let isEqual = try pair.stationA.exchange(
                        with: pair.stationB, at: "10.100.\(network).3", kilobytes: 1024)
                    #expect(isEqual, "network \(network), \(setting)")
                }
            }
            #expect(try pair.stationA.ping("10.100.1.3", count: 3, size: 4000) == 3, "in fragments")
        }

        @Test("a VLAN nobody configured is not heard, unless the interface is promiscuous", .timeLimit(.minutes(3)))
        func strangeVLAN() throws {
            let pair = try CablePair.current()
            let mac = try pair.a.run("cat /sys/class/net/eth0/address").filter { !$0.isWhitespace }
            try pair.b.run(
                """
                modprobe 8021q; set -e; ip link add link eth0 name v77 type vlan id 77; ip link set v77 up
                ip addr add 10.100.77.3/24 dev v77; ip neigh replace 10.100.77.2 lladdr \(mac) dev v77
                """)
            defer { _ = try? pair.b.run("ip link del v77") }
            func heard() throws -> Bool {
                let before = try pair.a.counter("rx_packets")
                _ = try pair.stationB.attempt("busybox ping -c 30 -i 0.03 -W 1 10.100.77.2")
                return try pair.a.counter("rx_packets") - before >= 30
            }
            #expect(try !heard())
            try pair.a.run("ip link set eth0 promisc on")
            #expect(try heard())
            try pair.a.run("ip link set eth0 promisc off")
            #expect(try !heard())
        }

        /// Network 1 and on: the outer UDP checksum there and not there, IPv6 outside, GRE with and without checksum.
        private static let tunnels = """
            modprobe vxlan; modprobe ip_gre; set -e
            here="local 10.82.57.@ remote 10.82.57.%"
            ip link add t1 type vxlan id 1 $here dstport 4789 udpcsum
            ip link add t2 type vxlan id 2 $here dstport 4790 noudpcsum
            ip link add t3 type vxlan id 3 local fd82:576::@ remote fd82:576::% dstport 4791 udpcsum
            ip link add t4 type gre $here
            ip link add t5 type gretap $here key 5 csum
            for n in 1 2 3 4 5; do ip link set t$n up; ip addr add 10.101.$n.@/24 dev t$n
            ip addr add fd82:$n::@/64 dev t$n nodad; done
            """

        /// igb has TCP in a tunnel cut by the card if the inner packet is IPv6, or may keep its identification.
        @Test("VXLAN and GRE carry TCP that the card cuts inside them", .timeLimit(.minutes(8)))
        func tunnels() throws {
            let pair = try CablePair.current()
            try pair.both(Self.tunnels)
            defer { try? pair.both("for n in 1 2 3 4 5; do ip link del t$n; done; true") }
            try pair.both("ethtool -K eth0 tx-tcp-mangleid-segmentation on")
            defer { try? pair.both("ethtool -K eth0 tx-tcp-mangleid-segmentation off") }
            for network in 1...5 {
                for address in ["10.101.\(network).3", "fd82:\(network)::3"] {
                    var isEqual = false
                    let growth = try pair.a.growth {
                        isEqual = try pair.stationA.exchange(with: pair.stationB, at: address, kilobytes: 1024)
                    }
                    #expect(isEqual, "\(address)")
                    #expect(growth["tx_tcp_seg_good", default: 0] > 0, "\(address)")
                    // A segment that is wrong is sent again.
                    #expect(growth["tx_packets", default: 0] < 2500, "\(address)")
                }
            }
        }

        @Test("twenty macvlans, more addresses than the card has places, are all reached", .timeLimit(.minutes(3)))
        func macvlan() throws {
            let pair = try CablePair.current()
            defer {
                _ = try? pair.a.run(
                    "for i in $(seq 20); do ip link del m$i; done; sysctl -w net.ipv4.conf.all.arp_ignore=0")
                _ = try? pair.b.run("ip addr del 10.102.0.100/24 dev eth0")
            }
            try pair.a.run(
                """
                modprobe macvlan; for i in $(seq 20); do ip link add link eth0 name m$i type macvlan mode bridge
                ip link set m$i up; ip addr add 10.102.0.$i/24 dev m$i; done
                sysctl -w net.ipv4.conf.all.arp_ignore=1
                """)
            try pair.b.run("ip addr add 10.102.0.100/24 dev eth0")
            let macvlans = (1...20).map { number in
                Station("macvlan \(number)", "10.102.0.\(number)") { _, _ in CommandResult(status: 1, output: "") }
            }
            let reached = try pair.stationB.reached(macvlans)
            #expect(reached.map(\.name) == macvlans.map(\.name))
        }
    }
}
