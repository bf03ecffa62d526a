// SPDX-License-Identifier: Apache-2.0

/// A hardware word whose fields are addressed by the datasheet's own bit numbers.
public protocol BitWord: Equatable, Sendable, BitwiseCopyable {
    associatedtype Raw: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
    var raw: Raw { get set }
    init(raw: Raw)
}

extension BitWord {
    /// The field at `bits`: `word[16...20]` is bits 20:16. A too-wide new value is cut, as in hardware.
    @inline(__always)
    public subscript(bits: ClosedRange<Int>) -> Raw {
        get { (raw &>> Raw(truncatingIfNeeded: bits.lowerBound)) & Self.ones(bits.count) }
        set {
            let ones = Self.ones(bits.count)
            let shift = Raw(truncatingIfNeeded: bits.lowerBound)
            raw = raw & ~(ones &<< shift) | (newValue & ones) &<< shift
        }
    }

    /// The single bit `bit`.
    @inline(__always)
    public subscript(bit: Int) -> Bool {
        get { self[bit...bit] != 0 }
        set { self[bit...bit] = newValue ? 1 : 0 }
    }

    @inline(__always) static func ones(_ count: Int) -> Raw { .max &>> Raw(truncatingIfNeeded: Raw.bitWidth - count) }
}
