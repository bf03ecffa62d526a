// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite(
        "A guest on a vhost-user back end", .serialized,
        .enabled(if: NIC.chosen == .kawela, "QEMU's own card has no such uplink"))
    struct VhostUser {
        /// DPDK's `dpdk-testpmd` takes frames from the card to a cable that ends at the peer, and back.
        @Test("reaches a peer behind DPDK's net_vhost, with TCP both ways", .timeLimit(.minutes(5)))
        func behindDPDK() throws {
            let run = try Run()
            let path = run.path("vhost")
            let bench = try Bench(uplink: .vhostUserServer(path: path), in: run)
            defer { bench.close() }
            try bench.peer.moveAddresses(toCableWith: "dpdk0")
            let forwarder = try bench.peer.start(
                [
                    "dpdk-testpmd", "--no-huge", "--no-shconf", "--no-telemetry", "-m", "256", "-l", "0,1", "--no-pci",
                    "--vdev", "net_vhost0,iface=\(path),client=1", "--vdev", "net_af_packet0,iface=dpdk0", "--",
                    "--forward-mode=io", "--total-num-mbufs=8192", "--auto-start", "--stats-period=10",
                ], name: "testpmd")
            defer { forwarder.kill() }
            let guest = try bench.boot()
            try guest.bringUpLink()
            #expect(try guest.ping() >= 2)
            let (inside, outside) = (guest.station(), bench.outside)
            for (from, to) in [(inside, outside), (outside, inside)] {
                #expect(try from.send(to: to).bytes > 300_000, "\(from) to \(to)")
            }
        }
    }
}
