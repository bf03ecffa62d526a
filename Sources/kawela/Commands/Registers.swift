// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

struct Registers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the NIC's register map.",
        discussion: """
            One row per register or array of registers: name, offset, access, reset value, and how far this \
            implementation goes. docs/registers.md is the output of --markdown.
            """)

    @Flag(help: "As JSON.")
    var json = false

    @Flag(help: "As Markdown.")
    var markdown = false

    func validate() throws {
        if json && markdown { throw ValidationError("--json and --markdown exclude each other: give one of them") }
    }

    func run() throws {
        print(registerMap(as: json ? .json : markdown ? .markdown : .text), terminator: "")
    }
}
