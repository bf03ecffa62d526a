// SPDX-License-Identifier: Apache-2.0

/// An Ethernet address that a station can have: not of a group, not zero.
package struct UnicastAddress: Hashable, Sendable {
    /// The first byte on the wire is bits 47:40, its group bit 40.
    package let value: UInt64

    package init?(_ value: UInt64) {
        guard value != 0, value >> 48 == 0, value & 0x0100_0000_0000 == 0 else { return nil }
        self.value = value
    }

    /// As RAL and RAH and the mailbox hold it: the first byte on the wire is bits 7:0 of `low`. Bits 31:16 of `high` are
    /// not looked at.
    init?(low: UInt32, high: UInt32) {
        self.init((UInt64(high & 0xFFFF) << 32 | UInt64(low)).byteSwapped >> 16)
    }

    var low: UInt32 { UInt32(truncatingIfNeeded: value.byteSwapped >> 16) }
    var high: UInt32 { UInt32(truncatingIfNeeded: value.byteSwapped >> 48) }
}

extension UnicastAddress: CustomStringConvertible {
    package var description: String {
        stride(from: 40, through: 0, by: -8).map { shift in
            let byte = UInt8(truncatingIfNeeded: value >> UInt64(shift))
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined(separator: ":")
    }
}
