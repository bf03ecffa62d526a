// SPDX-License-Identifier: Apache-2.0

/// Device Serial Number: an EUI-64.
///
/// - Specification: PCI Express Base Specification 3.0, 7.12
package struct SerialNumber: Capability, Equatable {
    /// The EUI-64 as a number: the first byte of the company's id is bits 63:56.
    package var value: UInt64

    package init(_ value: UInt64) { self.value = value }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .extended(.serialNumber, version: 1), at: offset)
        space.define(at: offset + 4, value)
    }
}
