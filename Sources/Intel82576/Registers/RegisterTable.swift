// SPDX-License-Identifier: Apache-2.0

/// The register map of the 82576 as data: one row per register or array of registers.
///
/// Where the sources of the map (datasheet revision 2.x, package drivers) disagree, or name no reset value, the row says
/// so. A register whose elements differ in address step or reset value has two rows of the same name.
package enum RegisterTable {
    /// A part of the map that the documentation shows under one heading.
    package struct Block: Sendable {
        package var title: StaticString
        package var rows: [RegisterSpec]
    }

    package static let blocks: [Block] = [
        Block(title: "General", rows: general),
        Block(title: "Interrupts", rows: interrupt),
        Block(title: "Receive", rows: receive + receiveQueues),
        Block(title: "Transmit", rows: transmit + transmitQueues),
        Block(title: "Virtualization", rows: virtualization),
        Block(title: "Statistics", rows: statistics),
        Block(title: "Time", rows: time),
        Block(title: "Management", rows: management),
        Block(title: "Security", rows: security),
        Block(title: "Wake-up", rows: wake),
        Block(title: "PCIe", rows: pcie),
    ]

    /// The 128 KiB register space of the physical function.
    package static let physical: [RegisterSpec] = blocks.flatMap(\.rows)

    /// The rows of register types and of registers without one, in the order of their addresses.
    static func rows(of types: [any Register.Type], _ others: [RegisterSpec] = []) -> [RegisterSpec] {
        (types.flatMap { $0.specs } + others).sorted { $0.offset < $1.offset }
    }
}
