// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import KawelaDaemon

struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Print what the drivers of a running port did against the datasheet.",
        discussion: """
            'kawela lint on' begins to watch, 'kawela serve --lint' does so from the start. docs/lint.md has the rules. \
            'kawela events misuse' prints reports as they come.
            """)

    enum Action: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @Argument(help: "on: begin to watch, forgetting older reports; off: end. Without it: print the reports.")
    var action: Action?

    @Flag(help: "Describe the rules, as Markdown: docs/lint.md.")
    var rules = false

    @OptionGroup var arguments: ControlArguments

    func run() throws {
        if rules { return print(misuseRules, terminator: "") }
        if let action {
            _ = try arguments.call("lint", ["on": .bool(action == .on)])
        } else {
            arguments.show(try arguments.call("misuse"), misuseText)
        }
    }
}
