// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Testing

extension Integration {
    @Suite("A node of KubeVirt's CI", .serialized)
    struct KubeVirtNodeTests {
        @Test("has cards on two NUMA nodes, and VFs for vfio-pci and the device plugin", .timeLimit(.minutes(8)))
        func devices() throws {
            let node = try Node()
            defer { node.close() }
            let guest = node.guest
            let remaps = try guest.run("dmesg").contains("DMAR-IR: Enabled IRQ remapping")
            #expect(remaps, "\(guest.consoleText)")
            #expect(try guest.run("ls -d /sys/devices/system/node/node[0-9]*").split(separator: "\n").count == 2)
            for number in 0..<2 {
                let pf = node.pf(number)
                #expect(try pf.read("numa_node") == "\(number)")
                #expect(try pf.read("sriov_totalvfs") == "7")
                #expect(try pf.read("sriov_numvfs") == "0")
                #expect(try guest.run("basename $(readlink \(pf.device)/driver)").trimmed == "igb")
                try pf.configureVFs()
                #expect(try pf.read("sriov_numvfs") == "7")
            }
            let found = try (0..<2).map { try discover(node.pf($0)) }
            for (number, vfs) in found.enumerated() {
                #expect(vfs.count == 7)
                #expect(Set(vfs.map(\.traits)) == ["vfio-pci 0x8086 0x10ca 0x020000 \(number) sriov\(number) no-net"])
            }
            let groups = found.flatMap { $0.map(\.group) }
            #expect(Set(groups).count == 14, "each VF is in an IOMMU group of its own: \(groups)")
            for group in groups { #expect(try guest.attempt("test -c /dev/vfio/\(group)").succeeded, "\(group)") }
            #expect(try guest.run("cat /sys/class/net/sriov[01]/operstate") == "up\nup\n")
            let faults = try guest.run("dmesg").contains("DMAR: [DMA")
            #expect(!faults, "\(guest.evidence)")
        }

        /// A VF as sriov-network-device-plugin sees it. The traits are its driver, IDs, class, NUMA node, the name of
        /// its PF's interface, and whether it has an interface of its own.
        private struct Found {
            let address: String
            let group: String
            let traits: String
        }

        /// The files the device plugin reads, from the PF's virtfn links on.
        private func discover(_ pf: PhysicalFunction) throws -> [Found] {
            let lines = try pf.guest.run(
                """
                for link in \(pf.device)/virtfn*; do
                    address=$(basename $(readlink $link)); cd /sys/bus/pci/devices/$address
                    net=no-net; [ ! -d net ] || net=$(ls net)
                    echo $address $(basename $(readlink iommu_group)) $(basename $(readlink driver)) \\
                        $(cat vendor device class numa_node) $(ls physfn/net) $net
                done
                """)
            return lines.split(separator: "\n").compactMap {
                let words = $0.split(separator: " ", maxSplits: 2).map(String.init)
                return words.count == 3 ? Found(address: words[0], group: words[1], traits: words[2]) : nil
            }
        }
    }
}
