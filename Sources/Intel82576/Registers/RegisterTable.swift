/// The register map of the 82576 as data: one row per register or array of registers.
///
/// Where the sources of the map (datasheet revision 2.x, public drivers) disagree, or name no reset value, the row says
/// so. A register whose elements differ in address step or reset value has two rows of the same name.
public enum RegisterTable {
    /// A part of the map that the documentation shows under one heading.
    public struct Block: Sendable {
        public var title: StaticString
        public var rows: [RegisterSpec]
    }

    public static let blocks: [Block] = [
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
    public static let physical: [RegisterSpec] = blocks.flatMap(\.rows)
}
