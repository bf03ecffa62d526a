// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a NIC on UNIX sockets, in the foreground.",
        discussion: """
            Three ways:

              --socket PATH                          the PF alone, for a guest
              --directory DIR --vfs N                PF and VFs, for a guest with SR-IOV
              --directory DIR --vfs N --pf embedded  VFs alone, for several guests

            Runs until SIGINT or SIGTERM and removes its sockets then. One QEMU at a time uses a socket; it may come and \
            go. SIGHUP has it read the file of --config again; without one, it stops. SIGUSR1 logs what was sent, received and dropped.

            Options given here win over the configuration file. docs/operations.md describes the file, the uplinks \
            and the log.
            """)

    @OptionGroup var arguments: ServeArguments

    func run() throws {
        try serve(arguments.line(), configuration: arguments.config)
    }
}
