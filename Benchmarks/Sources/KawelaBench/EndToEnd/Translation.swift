// SPDX-License-Identifier: Apache-2.0

import KawelaGuest

/// Whether a guest has an IOMMU, and what for.
enum Translation: String, CaseIterable {
    case none = "no vIOMMU"
    /// Linux's own drivers reach all memory; VFIO's do not.
    case passthrough = "vIOMMU, iommu=pt"
    /// Each buffer is mapped before the card may reach it, and unmapped at once.
    case translating = "translating vIOMMU"

    /// A guest for testpmd, with the card's physical function and all its VFs.
    var options: GuestOptions {
        .dpdk {
            $0.plugged = .all
            $0.iommu = self != .none
            if self == .passthrough { $0.kernelOptions += " iommu=pt" }
        }
    }
}

extension Translation {
    /// As a heading.
    var title: String { rawValue.prefix(1) == "v" ? rawValue : rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
