// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon
import KawelaTop

struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch what a running NIC does, live in a terminal.",
        discussion: """
            Frames, bits, interrupts, doorbells and lost frames a second, of each function and queue; how full rings are; \
            who sends to whom; why frames were lost. h lists the keys.

            Colour is left out when NO_COLOR is set.
            """)

    @Option(
        help: ArgumentHelp(
            "Control socket of the running 'kawela serve'. Without it: the value of KAWELA_CONTROL.", valueName: "path")
    )
    var control: String?

    @Option(help: ArgumentHelp("Seconds from one look to the next, 0.1 to 60.", valueName: "seconds"))
    var interval = 1.0

    @Option(help: ArgumentHelp("Port to begin with. Without it: the first.", valueName: "name"))
    var port: String?

    @Option(
        help: ArgumentHelp("View to begin with: overview, queues, switch or reasons.", valueName: "view"),
        transform: parseView)
    var view = TopView.overview

    @Flag(help: "Print what one interval brought as text, and end.")
    var once = false

    func validate() throws {
        guard (0.1...60).contains(interval) else { throw ValidationError("--interval is 0.1 to 60 seconds") }
    }

    func run() throws {
        let options = TopOptions(path: try controlSocket(control), interval: interval, view: view, port: port)
        do throws(TopFailure) {
            if once { print(try topOnce(options), terminator: "") } else { try showTop(options) }
        } catch { throw Failure.failed(error.description) }
    }
}

@Sendable private func parseView(_ text: String) throws -> TopView {
    guard let view = TopView(rawValue: text) else {
        throw ValidationError("use \(TopView.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return view
}
