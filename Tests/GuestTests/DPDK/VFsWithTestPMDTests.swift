// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    /// DPDK's driver net_e1000_igb_vf with VFIO behind an IOMMU; the physical function is Linux's.
    @Suite("DPDK on virtual functions", .serialized)
    struct DPDKVirtualFunctions {
        @Test("testpmd drives two VFs: link, addresses, traffic with all kinds of neighbours", .timeLimit(.minutes(6)))
        func traffic() throws {
            let bench = try Bench(vfs: 2, control: true)
            defer { bench.close() }
            try bench.watchDrivers()
            let guest = try bench.boot(
                .dpdk {
                    $0.plugged = .all
                    $0.iommu = true
                })
            try guest.bringUpLink()
            try guest.run("echo 2 >/sys/class/net/eth0/device/sriov_numvfs", seconds: 60)
            try guest.setVF(0, "mac 52:54:00:82:57:20")
            try guest.giveToVFIO(Self.vfs)
            try guest.waitForCarrier()
            let testpmd = try TestPMD(guest, Self.vfs)
            try linkAndAddresses(testpmd)
            try echo(testpmd, bench.outside)
            try chain(testpmd, guest, bench.outside)
            try betweenVFs(testpmd)
            try stopAndStart(testpmd, bench.outside)
            try linkDown(testpmd, guest, bench.outside)
            try testpmd.quit()
            try backToLinux(guest, bench.outside)
            #expect(try !guest.run("dmesg").contains("DMAR: [DMA"), "no faults")
            try bench.expectNoMisuse(but: .ofIgbBehindIOMMU)
        }

        private static let vfs = ["0000:01:00.1", "0000:01:00.2"]

        private func linkAndAddresses(_ testpmd: TestPMD) throws {
            let info = try testpmd("show port info all")
            #expect(info.split(separator: "\n").filter { $0 == "Driver name: net_e1000_igb_vf" }.count == 2)
            #expect(info.split(separator: "\n").filter { $0 == "Link status: up" }.count == 2)
            #expect(info.contains("Link speed: 1 Gbps"))
            #expect(try testpmd.address(0) == "52:54:00:82:57:20", "what the physical function set")
        }

        /// testpmd answers ARP and echo requests for any address.
        private func echo(_ testpmd: TestPMD, _ outside: Station) throws {
            try testpmd("set promisc all off", "set fwd icmpecho", "clear port stats all", "start")
            #expect(try outside.ping("10.82.57.50", count: 10) == 10)
            let answered = try outside.run("ip neigh show 10.82.57.50")
            #expect(try answered.contains(testpmd.address(0)) || answered.contains(testpmd.address(1)))
            try testpmd("stop")
            let (zero, one) = try (testpmd.packets(0), testpmd.packets(1))
            #expect(max(zero.received, one.received) >= 11 && max(zero.sent, one.sent) >= 11, "10 and ARP")
        }

        /// The outside knows VF 0 as the physical function's address, and the physical function VF 1 as the outside's.
        private func chain(_ testpmd: TestPMD, _ guest: Guest, _ outside: Station) throws {
            let tap = try outside.run("cat /sys/class/net/\(Namespace.tap)/address").filter { $0 != "\n" }
            let pf = try guest.run("cat /sys/class/net/eth0/address").filter { $0 != "\n" }
            try outside.run("ip neigh replace \(Guest.address) lladdr \(testpmd.address(0)) dev \(Namespace.tap)")
            try guest.run("ip neigh replace \(Namespace.address) lladdr \(testpmd.address(1)) dev eth0")
            try testpmd("set fwd mac", "set eth-peer 0 \(tap)", "set eth-peer 1 \(pf)", "clear port stats all", "start")
            #expect(try outside.ping(Guest.address, count: 20) == 20)
            #expect(try outside.ping(Guest.address, count: 5, size: 1400) == 5)
            try testpmd("stop")
            for port in 0...1 {
                let packets = try testpmd.packets(port)
                #expect(packets.received >= 25 && packets.sent >= 25)
            }
            try outside.run("ip neigh del \(Guest.address) dev \(Namespace.tap)")
            try guest.run("ip neigh del \(Namespace.address) dev eth0")
        }

        private func betweenVFs(_ testpmd: TestPMD) throws {
            try testpmd("set eth-peer 0 \(testpmd.address(1))", "clear port stats all")
            try testpmd("set txpkts 64", "set portlist 0", "set fwd txonly", "start")
            try eventually("1000 frames", within: 20, every: 0.2) { try testpmd.packets(0).sent >= 1000 }
            try testpmd("stop")
            // Nobody empties the ring of VF 1, so it takes as many as fit.
            #expect(try testpmd.statistic("rx_good_loopback_packets", 1) > 400)
            #expect(try testpmd.statistic("rx_good_packets", 1) == testpmd.statistic("rx_good_loopback_packets", 1))
            #expect(try testpmd.statistic("tx_good_packets", 0) >= 1000)
            try testpmd("set portlist 0,1")
        }

        private func stopAndStart(_ testpmd: TestPMD, _ outside: Station) throws {
            for _ in 1...3 { try testpmd("port stop all", "port start all") }
            #expect(try testpmd("show port info 0").contains("Link status: up"))
            try testpmd("set fwd icmpecho", "start")
            try outside.run("ip neigh flush all")
            #expect(try outside.ping("10.82.57.50", count: 5) >= 4)
            try testpmd("stop")
        }

        /// Linux resets the card on the way, so the VFs have to start anew.
        private func linkDown(_ testpmd: TestPMD, _ guest: Guest, _ outside: Station) throws {
            try guest.run("ip link set eth0 down")
            try eventually("the link is down", within: 20, every: 0.3) {
                try testpmd("show port info 0").contains("Link status: down")
            }
            try guest.bringUpLink()
            try stopAndStart(testpmd, outside)
        }

        private func backToLinux(_ guest: Guest, _ outside: Station) throws {
            try guest.run("modprobe igbvf")
            for function in Self.vfs { try guest.takeFromVFIO(function) }
            try eventually("two interfaces", within: 20, every: 0.2) { try guest.vfInterfaces().count == 2 }
            try outside.run("ip neigh flush all")
            #expect(try guest.isolate(vf: 0).ping(outside, count: 3) >= 2)
        }
    }
}
