// SPDX-License-Identifier: Apache-2.0

extension Lint {
    /// The contents of `docs/lint.md`.
    package static var rulesMarkdown: String {
        MisuseRule.groups.reduce(into: introduction) { text, group in
            text += "\n## \(group.title)\n\n| Rule | Severity | A driver … | Right would be to … | Section |\n"
            text += "|---|---|---|---|---|\n"
            for (rule, definition) in group.rules { text += row(rule, definition) }
        }
    }

    private static let introduction = """
        # Misuse reports

        Generated from the rules in `Sources/Intel82576/Lint` by `make docs`; do not edit. A test compares the two.

        A report names the rule, the function, the register with its element and field or the descriptor, the value, the
        queue, and the time. A *misuse* is told at most once a second for each function and queue. A *remark* is what drivers
        in use do and get away with, or a gap of this implementation; it is told once for each register or queue until the
        next power-on reset. *Section* is that of the 82576EB datasheet, revision 2.x; a chapter with one number behind it
        (8.14) has not been held against it.

        """

    private static func row(_ rule: MisuseRule, _ definition: MisuseRule.Definition) -> String {
        let passes = definition.tolerance.isEmpty ? "" : " *Passes:* \(definition.tolerance)"
        let cells = [
            "`\(rule.rawValue)`", definition.severity.rawValue, definition.title + "." + passes, definition.advice,
            definition.section,
        ]
        return "| " + cells.joined(separator: " | ") + " |\n"
    }
}
