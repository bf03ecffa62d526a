// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// The system calls that are left to a thread, as rows for a filter.
struct CallFilter {
    private let rows: [kw_call_row]
    private let others: kw_call_defaults

    /// - Parameter isEnforced: else what is not allowed is done and logged by the kernel.
    init(_ allowed: [CallRule], isEnforced: Bool) {
        let refusal = isEnforced ? KW_CALL_FAILS | UInt32(EPERM) : KW_CALL_LOGGED
        let end = isEnforced ? KW_CALL_KILLS : KW_CALL_LOGGED
        // Its flags are in memory, where a filter cannot see them: C libraries then use clone.
        let missing = KW_CALL_FAILS | UInt32(ENOSYS)
        rows =
            allowed.flatMap { Self.rows($0, refusal: refusal) }
            + [Self.row(SystemCall("clone3", SYS_clone3), missing)] + deadlyCalls.map { Self.row($0, end) }
        others = kw_call_defaults(foreign: end, newer: missing, unlisted: refusal, newest: SystemCall.newest.number)
    }

    /// Filters the calls of the calling thread and of those it starts from then on, besides the filters it has.
    func apply() throws(Errno) { try filterCalls(rows, others) }

    private static func rows(_ rule: CallRule, refusal: UInt32) -> [kw_call_row] {
        guard let condition = rule.condition else { return [row(rule.call, KW_CALL_ALLOWED)] }
        let fitting = condition.values.map { value in
            kw_call_row(
                number: rule.call.number, argument: condition.argument, mask: condition.mask, value: value,
                answer: KW_CALL_ALLOWED)
        }
        return fitting + [row(rule.call, refusal)]
    }

    private static func row(_ call: SystemCall, _ answer: UInt32) -> kw_call_row {
        kw_call_row(number: call.number, argument: 0, mask: 0, value: 0, answer: answer)
    }
}
