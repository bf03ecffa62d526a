import ArgumentParser
import KawelaDaemon

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a NIC on a UNIX socket, in the foreground.",
        discussion: """
            Runs until SIGINT, SIGTERM or SIGHUP and removes its socket then. One QEMU at a time uses the socket; it may \
            come and go. SIGUSR1 logs the uplink's counters.

            Options given here win over the configuration file. docs/operations.md describes the file, the uplinks \
            and the log.
            """)

    @Option(
        help: ArgumentHelp(
            "UNIX socket to serve the NIC on. One that a server left behind is replaced.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp(uplinkHelp, valueName: "spec"))
    var uplink: String?

    @Option(
        help: ArgumentHelp(
            "The NIC's MAC address. Without it: 52:54:00 and three bytes made from this machine and the socket's path.",
            valueName: "address"))
    var mac: String?

    @Option(help: ArgumentHelp("Configuration file (JSON).", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Least level to log: \(logLevelNames.joined(separator: ", ")). Without it: info.", valueName: "level"))
    var logLevel: String?

    func run() throws {
        let line = try ServeOptions(socket: socket, uplink: uplink, mac: mac, logLevel: logLevel)
        try serve(config.map { line.completed(by: try ServeOptions(file: $0)) } ?? line)
    }
}
