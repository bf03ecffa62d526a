// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    /// DPDK's drivers in the version of each Debian, by the same sentences. The machine's own is tested in more detail in
    /// Tests/GuestTests/DPDK.
    @Suite("DPDK's testpmd of both Debians", .serialized)
    struct DPDKVersionTests {
        enum Version: String, CaseIterable {
            case bookworm = "22.11", trixie = "24.11"

            /// The number of its libraries' interface.
            var interface: String { self == .bookworm ? "23" : "25" }
        }

        private static let (pf, vfs) = ("0000:01:00.0", ["0000:01:00.1", "0000:01:00.2"])

        @Test("drives the physical function behind an IOMMU", .timeLimit(.minutes(10)), arguments: Version.allCases)
        func physicalFunction(version: Version) throws {
            let bench = try Bench()
            defer { bench.close() }
            let guest = try Self.boot(version, on: bench)
            try guest.giveToVFIO([Self.pf])
            let testpmd = try TestPMD(guest, [Self.pf], options: "--rxq=2 --txq=2")
            let information = try testpmd("show port info 0")
            #expect(information.contains("Driver name: net_e1000_igb\n") && information.contains("Link status: up"))
            #expect(try testpmd.address(0) == bench.card.mac)
            try Self.answerEchoes(testpmd, from: bench.outside)
            // Checksums of TCP and IP by the card, a tag put in by it, and 20 bursts of 32 on each queue.
            try testpmd("port stop 0", "csum set ip hw 0", "csum set tcp hw 0", "tx_vlan set 0 82", "port start 0")
            try testpmd("set fwd txonly", "clear port stats all", "start tx_first 20", "stop")
            #expect(try testpmd.packets(0).sent >= 1280)
            #expect(try testpmd.statistic("tx_errors", 0) == 0)
            try testpmd.quit()
            #expect(try guest.run("dmesg").contains("DMAR: [DMA") == false, "no faults")
        }

        @Test("drives two VFs behind an IOMMU, igb on the PF", .timeLimit(.minutes(10)), arguments: Version.allCases)
        func virtualFunctions(version: Version) throws {
            let bench = try Bench(vfs: 2)
            defer { bench.close() }
            let guest = try Self.boot(version, on: bench, plugged: .all)
            try guest.bringUpLink()
            try guest.run("echo 2 >/sys/class/net/eth0/device/sriov_numvfs", seconds: 60)
            try guest.giveToVFIO(Self.vfs)
            try guest.waitForCarrier()
            let testpmd = try TestPMD(guest, Self.vfs)
            let information = try testpmd("show port info all").split(separator: "\n")
            #expect(information.filter { $0 == "Driver name: net_e1000_igb_vf" }.count == 2)
            #expect(information.filter { $0 == "Link status: up" }.count == 2)
            try testpmd("set promisc all off")
            try Self.answerEchoes(testpmd, from: bench.outside)
            try testpmd("set eth-peer 0 \(testpmd.address(1))", "clear port stats all")
            try testpmd("set portlist 0", "set fwd txonly", "start")
            try eventually("1000 frames from VF to VF", within: 20, every: 0.2) { try testpmd.packets(0).sent >= 1000 }
            try testpmd("stop")
            #expect(try testpmd.statistic("rx_good_loopback_packets", 1) > 400, "as many as its ring takes")
            try testpmd.quit()
        }

        private static func boot(_ version: Version, on bench: Bench, plugged: Plugged = .pf()) throws -> Guest {
            let folder = try bench.run.path(of: "guest-extras", "\(version)")
            let guest = try bench.boot(
                .dpdk {
                    $0.extras = []
                    $0.archives = [folder + "/dpdk"]
                    $0.iommu = true
                    $0.plugged = plugged
                })
            #expect(try guest.run("ls /opt/dpdk").contains("librte_eal.so.\(version.interface)\n"))
            return guest
        }

        /// testpmd answers ARP and echo requests for any address.
        private static func answerEchoes(_ testpmd: TestPMD, from outside: Station) throws {
            try testpmd("set fwd icmpecho", "start")
            #expect(try outside.ping("10.82.57.50", count: 10) == 10)
            #expect(try outside.ping("10.82.57.50", count: 5, size: 1400) == 5)
            try testpmd("stop")
        }
    }
}
