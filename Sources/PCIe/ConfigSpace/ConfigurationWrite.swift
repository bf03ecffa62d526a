// SPDX-License-Identifier: Apache-2.0

/// A write to configuration space as software made it, before any mask.
///
/// Needed for bits that act when they are written and never read back, such as Initiate Function Level Reset.
package struct ConfigurationWrite: Sendable {
    package let offset: Int
    package let width: Int
    package let value: UInt32

    /// - Parameter width: 1, 2 or 4 bytes; anything else is brought into 0 to 4.
    package init(at offset: Int, width: Int, _ value: UInt32) {
        (self.offset, self.width, self.value) = (offset, min(max(width, 0), 4), value)
    }

    /// The bytes that fall inside the space, with their offsets.
    var bytes: [(offset: Int, byte: UInt8)] {
        guard offset >= 0, offset < ConfigurationSpace.size else { return [] }
        return (0..<min(width, ConfigurationSpace.size - offset)).map { index in
            (offset + index, UInt8(truncatingIfNeeded: value >> UInt32(8 * index)))
        }
    }

    /// Whether it writes a one to bit `bit` of the register at `register`; false when it does not reach that bit.
    package func setsBit(_ bit: Int, ofRegisterAt register: Int) -> Bool {
        bytes.contains { $0.offset == register + bit / 8 && $0.byte >> UInt8(bit % 8) & 1 == 1 }
    }
}
