// SPDX-License-Identifier: Apache-2.0

/// A field of a register.
package struct RegisterField: Sendable {
    /// The datasheet's acronym, or its name with underscores for blanks: `SPOOF_INT`, `LAN_ID`.
    package let name: StaticString
    package let bits: ClosedRange<Int>
    /// A line, without a full stop at its end.
    package let meaning: StaticString

    /// Fields are made from the comments of the register types, by `make docs`.
    init(_ name: StaticString, _ bits: ClosedRange<Int>, _ meaning: StaticString) {
        (self.name, self.bits, self.meaning) = (name, bits, meaning)
    }

    /// What the field holds when its register holds `register`.
    package func value(in register: UInt32) -> UInt32 {
        (register &>> UInt32(bits.lowerBound)) & (UInt32.max &>> UInt32(32 - bits.count))
    }
}
