// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// The 16 KiB register space of a virtual function; everything else there reads as zero.
    ///
    /// All of it are windows on the VF's share of a physical register.
    package static let virtual = physical.compactMap(\.inWindow).sorted { $0.offset < $1.offset }
}
