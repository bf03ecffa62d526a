// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

// The answer of `misuse`, and its reports.

extension MisuseWatch {
    /// The answer of `misuse`.
    var json: JSONValue {
        ["on": .bool(isOn), "suppressed": .counter(suppressed), "reports": .array(reports.map(\.json))]
    }
}

extension MisuseReport {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "rule": .string(rule.rawValue), "severity": .string("\(rule.severity)"),
            "function": .string(functionName(function)), "text": .string(text), "advice": .string(advice),
            "section": .string("\(rule.definition.section)"), "time": .counter(time),
        ]
        if let register { members["register"] = .string(register) }
        if let field { members["field"] = .string(field) }
        if let queue { members["queue"] = .integer(queue) }
        if let value { members["value"] = .string(hexadecimal(value, bytes: value >> 32 == 0 ? 4 : 8)) }
        return .object(members)
    }
}
