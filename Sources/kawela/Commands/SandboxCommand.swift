// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

struct SandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Print what 'kawela serve' with the same options gives up and keeps.",
        discussion: """
            Once its sockets, interfaces and files are open, and before it handles the first byte of a client, \
            'kawela serve' gives up what it does not need any more. This prints what is left: paths, system calls of each \
            kind of thread, limits. Nothing is opened or served.
            """)

    @OptionGroup var arguments: ServeArguments

    func run() throws {
        print(try sandboxProfile(arguments.line(), configuration: arguments.config), terminator: "")
    }
}
