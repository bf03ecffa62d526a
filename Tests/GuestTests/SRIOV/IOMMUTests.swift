// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

extension RealGuest {
    @Suite("VFs behind an IOMMU", .serialized)
    struct IOMMU {
        @Test("each VF is in a group of its own, and traffic crosses with translated DMA", .timeLimit(.minutes(5)))
        func groups() throws {
            let bench = try Bench(vfs: 2)
            defer { bench.close() }
            let guest = try bench.boot(
                .with {
                    $0.name = "iommu"
                    $0.plugged = .all
                    $0.iommu = true
                })
            try guest.bringUpLink()
            #expect(try guest.ping() >= 2)
            let vfs = try guest.isolateVFs(2)
            let groups = try (0..<2).map { try guest.run("readlink \(guest.vfDevice($0))/iommu_group") }
            #expect(Set(groups).count == 2)
            #expect(try guest.run("cat \(guest.vfDevice(0))/iommu_group/type").hasPrefix("DMA"), "translated")
            #expect(try vfs[0].ping(vfs[1], count: 3) >= 2)
            #expect(try vfs[0].send(to: bench.outside).bytes > 100_000)
            #expect(try guest.run("dmesg").contains("DMAR: [DMA") == false, "no faults")
        }
    }
}
