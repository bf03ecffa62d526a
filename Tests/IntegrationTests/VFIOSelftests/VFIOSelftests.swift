// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension Integration {
    /// The tests that Linux has for its own VFIO, with the card as the device they are made for (Scripts/vfio-selftests).
    @Suite("Linux' VFIO selftests", .serialized)
    struct VFIOSelftests {
        private static let pf = "0000:01:00.0"

        @Test(
            "all pass, with the test driver as published and without what it does for QEMU's card",
            .timeLimit(.minutes(20)))
        func all() throws {
            let run = try Run()
            let archives = try run.path(of: "vfio-selftests")
            let bench = try Bench(vfs: 1, uplink: .null, in: run)
            defer { bench.close() }
            let guest = try Self.boot(archives + "/published", on: bench)
            for (program, count) in [
                ("vfio_pci_device_test", 5), ("vfio_dma_mapping_test", 10), ("vfio_dma_mapping_mmio_test", 6),
                ("vfio_pci_sriov_uapi_test", 18), ("vfio_pci_device_init_perf_test", 2), ("vfio_pci_driver_test", 14),
            ] {
                try Self.expect(count, of: program, in: guest)
            }
            guest.machine.process.kill()
            let strict = try Self.boot(archives + "/strict", on: bench, name: "strict")
            try Self.expect(14, of: "vfio_pci_driver_test", in: strict)
        }

        /// A guest whose shared memory is in huge pages: the driver's test maps 1 GiB for the card, and QEMU tells the
        /// card of each page behind an emulated IOMMU.
        private static func boot(_ archive: String, on bench: Bench, name: String = "published") throws -> Guest {
            let system = try DebianSystem.newest.prepared(in: bench.run)
            let guest = try bench.boot(
                .with {
                    $0.name = name
                    $0.system = system
                    $0.plugged = .all
                    $0.iommu = true
                    $0.memory = 3072
                    $0.kernelOptions = "hugepages=4"
                    $0.archives = [archive]
                })
            // The first touch of memory takes the host's time, which counts for the test that touches it.
            try guest.run("head -c 1600M /dev/zero >/tmp/touched; rm /tmp/touched", seconds: 120)
            try guest.run("echo always >/sys/kernel/mm/transparent_hugepage/shmem_enabled")
            try guest.run("modprobe vfio-pci enable_sriov=1")
            try guest.giveToVFIO([pf])
            return guest
        }

        /// Runs a program, of whose tests `count` pass and none fails. One that fails gets a second chance, as the test
        /// driver gives the card 200 ms for a burst, on a busy host too.
        private static func expect(_ count: Int, of program: String, in guest: Guest) throws {
            let command = "/opt/programs/\(program)"
            let output = try guest.attempt("\(command) \(pf)", seconds: 400).output
            let report = SelftestReport(output).withoutIOMMUFD
            var passed = Set(report.passed)
            for name in report.failed {
                let again = try guest.attempt("\(command) -r \(name) \(pf)", seconds: 150)
                passed.formUnion(SelftestReport(again.output).passed)
                #expect(again.succeeded, "\(program)\n\(output)\n\(again.output)\n\(guest.evidence)")
            }
            #expect(passed.count == count, "\(program): \(report)\n\(output)")
        }
    }
}
