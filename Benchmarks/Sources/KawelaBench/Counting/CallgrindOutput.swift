// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file that callgrind wrote for one dump (Valgrind's manual, "Callgrind format specification").
struct CallgrindOutput {
    /// What the dump was asked for with.
    private(set) var name = ""
    private(set) var instructions = 0
    /// Calls of `swift_retain` and `swift_release`, and of their variants for bridged and unknown objects.
    private(set) var references = 0

    /// - Parameter names: functions by their numbers in these files; a name stands where its number first does.
    init(_ text: String, names: inout [Substring: Substring]) {
        var callee: Substring = ""
        for line in text.split(separator: "\n") {
            if let rest = line.after("desc: Trigger: Client Request: ") { name = String(rest) }
            if let rest = line.after("totals: ") ?? line.after("summary: ") { instructions = Int(rest) ?? instructions }
            if let rest = line.after("fn=") { _ = Self.function(rest, &names) }
            if let rest = line.after("cfn=") { callee = Self.function(rest, &names) }
            if let rest = line.after("calls="), Self.countsReferences(callee) {
                references += rest.split(separator: " ").first.flatMap { Int($0) } ?? 0
            }
        }
    }

    private static func countsReferences(_ function: Substring) -> Bool {
        ["swift_retain", "swift_release", "swift_bridgeObjectRetain", "swift_bridgeObjectRelease"].contains {
            function == $0 || function.hasPrefix($0 + "_") || function.hasPrefix($0 + "'")
        }
    }

    /// `(12) name` says what 12 is, `(12)` refers to it.
    private static func function(_ text: Substring, _ names: inout [Substring: Substring]) -> Substring {
        guard let end = text.firstIndex(of: ")") else { return text }
        let (number, name) = (text[...end], text[end...].dropFirst(2))
        if !name.isEmpty { names[number] = name }
        return names[number] ?? ""
    }
}

extension Substring {
    fileprivate func after(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
