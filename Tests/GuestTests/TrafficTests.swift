// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("Traffic between a Debian guest and its peer", .serialized)
    struct Traffic {
        @Test("ping crosses", arguments: [Namespace.address, Namespace.address6])
        func ping(to address: String) throws {
            #expect(try SharedGuest.guest().ping(address, count: 3) == 3)
        }

        @Test("iperf3 both ways", .timeLimit(.minutes(2)), arguments: ["guest to peer", "peer to guest"])
        func iperf3(direction: String) throws {
            let guest = try SharedGuest.guest()
            let server = try SharedGuest.bench().peer.start(["iperf3", "-s", "-1"], name: "iperf3")
            defer { server.kill() }
            let reverse = direction == "guest to peer" ? "" : "-R"
            let (sent, received) = (try guest.counter("tx_bytes"), try guest.counter("rx_bytes"))
            let report = try guest.attempt("iperf3 -J -t 3 -c \(Namespace.address) \(reverse)", seconds: 40)
            let throughput = try Throughput(json: report.output)
            #expect(throughput.bytes > 1_000_000)
            let crossed =
                try reverse.isEmpty ? guest.counter("tx_bytes") - sent : guest.counter("rx_bytes") - received
            #expect(crossed >= throughput.bytes, "it went through the card")
        }

        @Test("MTU 9000 passes", .timeLimit(.minutes(2)))
        func jumbo() throws {
            let (guest, peer) = (try SharedGuest.guest(), try SharedGuest.bench().peer)
            try peer.execute("ip link set \(Namespace.tap) mtu 9000")
            try guest.run("ip link set eth0 mtu 9000")
            try guest.waitForCarrier()
            let packets = try guest.counter("tx_packets")
            // 8972 bytes of data, 8 of ICMP and 20 of IP are one packet of 9000.
            #expect(try guest.ping(count: 5, size: 8972) == 5)
            #expect(try guest.counter("tx_packets") - packets < 15, "whole, not in fragments")
            try guest.run("ip link set eth0 mtu 1500")
            try peer.execute("ip link set \(Namespace.tap) mtu 1500")
            try guest.waitForCarrier()
            #expect(try guest.ping(count: 1) == 1)
        }
    }
}
