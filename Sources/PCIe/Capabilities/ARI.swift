// SPDX-License-Identifier: Apache-2.0

/// Alternative Routing-ID Interpretation, without function groups.
///
/// - Specification: PCI Express Base Specification 3.0, 7.23
package struct ARI: Capability, Equatable {
    /// The next higher physical function of the device; 0 in the last one.
    package var nextFunction: UInt8

    package init(nextFunction: UInt8) { self.nextFunction = nextFunction }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .extended(.alternativeRoutingID, version: 1), at: offset)
        space.define(at: offset + 4, UInt16(nextFunction) << 8)
        space.define(at: offset + 6, UInt16(0))
    }
}
