// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import KawelaDaemon

struct Registers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the NIC's register map.",
        discussion: """
            One row per register or array of registers: name, offset, access, reset value, and how far this \
            implementation goes. docs/registers.md is the output of --markdown.

            With --live: registers of a running NIC as they stand, by field, without the effects of a read. Names are like CTRL, \
            TDT[3], EITR* or 0x3818; without any, all that do not have their reset value.
            """)

    @Argument(help: "With --live: which registers.")
    var names: [String] = []

    @Flag(help: "Those of a running NIC, from its control socket.")
    var live = false

    @Option(help: "With --live: those that this function has, pf or vf0 to vf7. Without it: pf.")
    var function: String?

    @Flag(help: "As Markdown.")
    var markdown = false

    @OptionGroup var arguments: ControlArguments

    func validate() throws {
        if arguments.json && markdown {
            throw ValidationError("--json and --markdown exclude each other: give one of them")
        }
        if !live, !names.isEmpty { throw ValidationError("names go with --live: without it the whole map is printed") }
    }

    func run() throws {
        guard !live else {
            var wanted: [String: JSONValue] = names.isEmpty ? [:] : ["names": .array(names.map { .string($0) })]
            if let function { wanted["function"] = .string(function) }
            return arguments.show(try arguments.call("registers", wanted), registersText)
        }
        print(registerMap(as: arguments.json ? .json : markdown ? .markdown : .text), terminator: "")
    }
}
