// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KawelaDaemon

@main
struct Kawela: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kawela",
        abstract: "The Intel 82576 Gigabit Ethernet controller in software, for QEMU.",
        discussion: """
            Serves the NIC on a UNIX socket, where QEMU 10.1 or newer plugs it into a guest with its \
            vfio-user-pci device. The guest uses its own igb driver. Start with:

              kawela serve --socket /tmp/k.sock --uplink null
              qemu-system-x86_64 $(kawela qemu-args --socket /tmp/k.sock) ...

            Exit codes: 0 success, 1 failure, 2 wrong command line.
            """,
        version: Build.description,
        groupedSubcommands: [
            CommandGroup(
                name: "Start", subcommands: [Serve.self, QEMUArgs.self, LibvirtXML.self, SandboxCommand.self]),
            CommandGroup(
                name: "Watch",
                subcommands: [
                    Status.self, Counters.self, Top.self, Events.self, Capture.self, Metrics.self, Web.self,
                ]),
            CommandGroup(name: "Change", subcommands: [Link.self, VF.self, Fault.self, Ctl.self]),
            CommandGroup(name: "Driver", subcommands: [Registers.self, LintCommand.self, Trace.self, Replay.self]),
        ])

    /// Ends the process with this program's exit codes: ArgumentParser's own for a wrong command line is 64.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            end(failure)
        } catch  where exitCode(for: error).isSuccess {
            print(fullMessage(for: error))
        } catch {
            end(.usage("\(oneLine(message(for: error))) (see kawela --help)"))
        }
    }

    private static func end(_ failure: Failure) -> Never {
        writeToStandardError("kawela: \(failure.message)\n")
        Glibc.exit(failure.exitCode)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == " " } }.joined(separator: " ")
    }
}
