// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// What drivers are known to do against the datasheet: rules of docs/lint.md, by function. docs/observability.md says why.
typealias KnownMisuse = [String: Set<String>]

extension KnownMisuse {
    /// Intel's code for the PF, which Linux' igb and DPDK share: where the link is up at once, it sets CTRL.TFCE before FCRTH.
    static let ofIntel: Self = ["pf": ["flow-control-watermarks"]]
    /// Linux' igb, as VFs are enabled.
    static let ofIgbWithVFs: Self = ["pf": ["flow-control-watermarks", "tail-outside-ring"]]
    /// The same behind an IOMMU.
    static let ofIgbBehindIOMMU: Self = [
        "pf": ["flow-control-watermarks", "tail-outside-ring", "receive-buffer-unwritable"]
    ]
}

extension Bench {
    /// Expects that drivers did nothing against the datasheet since ``watchDrivers()``, but what is known of them.
    func expectNoMisuse(but known: KnownMisuse = [:], _ location: SourceLocation = #_sourceLocation) throws {
        for report in try misuse() where known[report.function]?.contains(report.rule) != true {
            Issue.record("\(report)", sourceLocation: location)
        }
    }
}
