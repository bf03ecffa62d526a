// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KawelaDaemon
import KawelaWeb

struct Web: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a page that shows the NIC of a running 'kawela serve' as a drawing, live.",
        discussion: """
            Open the address in a browser of this machine. The page reads and changes nothing; everyone who can connect \
            to the address can see it. From another machine: ssh -L 8257:127.0.0.1:8257 HOST.

              kawela web --control /run/k.sock
            """)

    @Option(
        help: ArgumentHelp(
            "Control socket of the running 'kawela serve'. Without it: the value of KAWELA_CONTROL.", valueName: "path")
    )
    var control: String?

    @Option(
        help: ArgumentHelp(
            "Serve at \(ListenAddress.forms). Without it: 127.0.0.1:8257.", valueName: "address"),
        transform: parseListenAddress)
    var listen = ListenAddress.loopback(port: 8257)

    func run() throws { try serve(.page(control: controlSocket(control), at: listen)) }
}
