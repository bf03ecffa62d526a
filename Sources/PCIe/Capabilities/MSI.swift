// SPDX-License-Identifier: Apache-2.0

/// Message Signaled Interrupts with a 64-bit address and a mask bit for each vector.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.8.1
package struct MSI: Capability, Equatable {
    /// 1, 2, 4, 8, 16 or 32.
    package var vectorCount: Int

    package init(vectorCount: Int) {
        precondition((1...32).contains(vectorCount) && vectorCount.nonzeroBitCount == 1)
        self.vectorCount = vectorCount
    }

    private enum Offset {
        static let control = 2
        static let address = 4
        static let data = 0xC
        static let mask = 0x10
        static let pending = 0x14
    }

    package func install(in space: inout ConfigurationSpace, at offset: Int) {
        space.append(self, .standard(.msi), at: offset)
        let count = UInt16(vectorCount.trailingZeroBitCount)
        space.define(
            at: offset + Offset.control, 0x0180 | count << 1, writable: UInt16(0x0001) | (count == 0 ? 0 : 0x0070))
        space.define(at: offset + Offset.address, UInt64(0), writable: ~3)
        space.define(at: offset + Offset.data, UInt32(0), writable: 0xFFFF)
        space.define(at: offset + Offset.mask, UInt32(0), writable: vectorMask)
        space.define(at: offset + Offset.pending, UInt32(0))
    }

    private var vectorMask: UInt32 { .max >> UInt32(32 - vectorCount) }
}

extension MSI {
    /// Message Control.
    package struct Control: Sendable, Equatable {
        package let rawValue: UInt16

        package init(in space: ConfigurationSpace, at offset: Int) {
            rawValue = space.load(at: offset + Offset.control)
        }

        /// MSI Enable, bit 0.
        package var isEnabled: Bool { rawValue & 0x0001 != 0 }
    }
}
