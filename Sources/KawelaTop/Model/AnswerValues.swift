// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

// What an answer holds, whatever it holds: nothing in it can be relied on.
extension JSONValue? {
    /// A counter; 0 when this is none.
    var counter: UInt64 { UInt64(clamping: self?.integer ?? 0) }

    /// The first elements of an array; none when this is none.
    func elements(atMost count: Int) -> ArraySlice<JSONValue> { (self?.array ?? []).prefix(count) }

    /// A text that may stand on a screen; empty when this is none.
    func name(limit: Int) -> String { printable(self?.string ?? "", limit: limit) }
}

extension UInt64 {
    /// The sum, or the largest number where it would be larger.
    func addingCapped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// Bits of this many bytes.
    var bits: UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: 8)
        return overflow ? .max : product
    }
}
