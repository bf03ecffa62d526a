// SPDX-License-Identifier: Apache-2.0

/// One thing that a driver did against the datasheet.
package struct MisuseReport: Equatable, Sendable {
    package var rule: MisuseRule
    /// 0 for the PF, v + 1 for VF v.
    package var function: Int
    /// The register and its element, as the port numbers them: `TDT[9]`. `nil` for descriptors and for addresses that are
    /// no register's.
    package var register: String?
    /// The field that is wrong, where it is one field.
    package var field: String?
    /// What was written, read, or stands in the second half of the descriptor.
    package var value: UInt64?
    /// The queue, as the port numbers them.
    package var queue: Int?
    /// What was done, one line.
    package var text: String
    /// When, in nanoseconds of the port's clock.
    package var time: UInt64

    /// What would have been right.
    package var advice: String { rule.definition.advice }
}
