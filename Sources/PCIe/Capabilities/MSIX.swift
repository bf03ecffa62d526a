// SPDX-License-Identifier: Apache-2.0

/// MSI-X: the capability that enables it and says where the table is. The table itself is ``MSIXTable``.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.8.2
package struct MSIX: Capability, Equatable {
    /// A structure in the memory of a BAR.
    package struct Location: Sendable, Equatable {
        /// BIR: 0 to 5.
        package var bar: Int
        /// Bytes from the start of the BAR; a multiple of 8.
        package var offset: UInt32

        package init(bar: Int, offset: UInt32) {
            precondition((0...5).contains(bar) && offset % 8 == 0)
            (self.bar, self.offset) = (bar, offset)
        }

        fileprivate var word: UInt32 { offset | UInt32(bar) }
    }

    /// 1 to 2048.
    package var vectorCount: Int
    package var table: Location
    package var pendingBits: Location

    package init(vectorCount: Int, table: Location, pendingBits: Location) {
        precondition((1...2048).contains(vectorCount))
        (self.vectorCount, self.table, self.pendingBits) = (vectorCount, table, pendingBits)
    }

    private enum Offset {
        static let control = 2
        static let table = 4
        static let pendingBits = 8
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .standard(.msix), at: offset)
        space.define(at: offset + Offset.control, UInt16(vectorCount - 1), writable: 0xC000)
        space.define(at: offset + Offset.table, table.word)
        space.define(at: offset + Offset.pendingBits, pendingBits.word)
    }
}

extension MSIX {
    /// Message Control.
    package struct Control: Sendable, Equatable {
        package let rawValue: UInt16

        package init(in space: ConfigurationSpace, at offset: Int) {
            rawValue = space.load(at: offset + Offset.control)
        }

        /// Function Mask, bit 14: every vector is held back.
        package var isFunctionMasked: Bool { rawValue & 0x4000 != 0 }
        /// MSI-X Enable, bit 15.
        package var isEnabled: Bool { rawValue & 0x8000 != 0 }
    }
}
