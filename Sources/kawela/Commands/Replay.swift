// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Do again what a trace holds, with a fresh NIC, and compare what is read and which interrupts are sent.",
        discussion: """
            The trace is one in JSON lines that holds all kinds of events of all functions. The NIC is like the traced one, but \
            has no wire and no guest memory. So counters, causes of interrupts, ring positions and the like may differ from \
            when the driver first lets frames move, and so may interrupts that frames bring about; how often they do is told \
            apart.

            The exit code is 1 when there are other differences, each of which is printed with its line of the trace.
            """)

    @Argument(help: ArgumentHelp("The file with the trace, or - for standard input.", valueName: "trace"))
    var path: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws {
        let (report, differences) = try replay(path: path, json: json)
        print(report, terminator: "")
        if differences > 0 { throw Failure.failed("\(path): differences from the trace: \(differences)") }
    }
}
