// SPDX-License-Identifier: Apache-2.0

/// What the access and masks of each row of the register table do to a stored word, in a form quick to look up.
struct RegisterRules: Sendable {
    static let shared = RegisterRules()

    struct Rule: Sendable {
        var access: RegisterSpec.Access
        var writable: UInt32
        var clearedByRead: UInt32
        /// Reads as zero whatever is stored.
        var readsAsZero: Bool
    }

    private let rules: ContiguousArray<Rule>

    private init() {
        rules = ContiguousArray(
            RegisterTable.physical.map { spec in
                Rule(
                    access: spec.access, writable: spec.writable, clearedByRead: spec.clearedByRead,
                    readsAsZero: spec.access == .writeOnly || spec.access == .absent)
            })
    }

    /// The value of a plain register as read, and what a read leaves in it.
    @inline(__always)
    func read(_ row: UInt16, _ stored: UInt32) -> (value: UInt32, left: UInt32) {
        let rule = rules[Int(row)]
        return (rule.readsAsZero ? 0 : stored, stored & ~rule.clearedByRead)
    }

    /// Whether a write replaces what is stored, so that the bytes it leaves out have to be put in.
    func isOverwritten(_ row: UInt16) -> Bool {
        switch rules[Int(row)].access {
        case .readWrite, .writeOnly, .readOnly: true
        case .writeOneToClear, .writeOneToSet, .readToClear, .absent: false
        }
    }

    /// What a write of `value` leaves in a plain register.
    @inline(__always)
    func write(_ row: UInt16, _ stored: UInt32, _ value: UInt32) -> UInt32 {
        let rule = rules[Int(row)]
        switch rule.access {
        case .readWrite, .writeOnly: return stored & ~rule.writable | value & rule.writable
        case .writeOneToClear: return stored & ~(value & rule.writable)
        case .writeOneToSet: return stored | value & rule.writable
        case .readOnly, .readToClear, .absent: return stored
        }
    }
}
