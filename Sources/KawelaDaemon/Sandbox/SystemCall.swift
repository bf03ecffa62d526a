// SPDX-License-Identifier: Apache-2.0

import CKawela

/// A system call by its name and its number on this processor.
struct SystemCall: Hashable {
    let name: String
    let number: Int32

    init(_ name: String, _ number: Int32) { (self.name, self.number) = (name, number) }

    /// The highest number that is known here. Calls with a higher one get ENOSYS, as from a kernel that has not got them, so
    /// that a newer C library does without.
    static let newest = SystemCall("futex_waitv", SYS_futex_waitv)
}

/// A system call that a thread may make: with any arguments, or only where one of them is as ``condition`` says.
struct CallRule: Equatable {
    /// The low 32 bits of an argument, and ``mask``, are one of ``values``.
    struct Condition: Equatable {
        var argument: UInt32
        var mask = UInt32.max
        var values: [UInt32]
        /// The condition in words.
        var text: String
    }

    var call: SystemCall
    var condition: Condition?

    init(_ name: String, _ number: Int32, _ condition: Condition? = nil) {
        (call, self.condition) = (SystemCall(name, number), condition)
    }
}

extension CallRule: CustomStringConvertible {
    var description: String { condition.map { "\(call.name) (\($0.text))" } ?? call.name }
}

extension [CallRule] {
    /// These rules and those of `others`: what either allows.
    func union(_ others: [CallRule]) -> [CallRule] {
        var all = self
        for other in others {
            guard let index = all.firstIndex(where: { $0.call == other.call }) else {
                all.append(other)
                continue
            }
            all[index].condition = all[index].condition?.union(other.condition)
        }
        return all
    }
}

extension CallRule.Condition {
    /// What either allows; `nil`, any arguments, where the two are about different bits.
    fileprivate func union(_ other: CallRule.Condition?) -> CallRule.Condition? {
        guard let other, other.argument == argument, other.mask == mask else { return nil }
        var both = self
        both.values += other.values.filter { !values.contains($0) }
        if other.text != text { both.text += " or " + other.text }
        return both
    }
}
