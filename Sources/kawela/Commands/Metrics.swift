// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlProtocol
import KawelaDaemon
import KawelaWeb

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print counters of a running 'kawela serve' for Prometheus, or serve them over HTTP.",
        discussion: """
            Once, in the format of node_exporter's textfile collector:

              kawela metrics --control /run/k.sock --format prometheus > /var/lib/node_exporter/kawela.prom

            For Prometheus itself, which scrapes http://127.0.0.1:9576/metrics then:

              kawela metrics --control /run/k.sock --listen 127.0.0.1:9576

            integrations/grafana/kawela.json is a dashboard for it.
            """)

    @Option(
        help: ArgumentHelp(
            "Control socket of the running 'kawela serve'. Without it: the value of KAWELA_CONTROL.", valueName: "path")
    )
    var control: String?

    @Option(
        help: ArgumentHelp("Serve at \(ListenAddress.forms), as OpenMetrics text.", valueName: "address"),
        transform: parseListenAddress)
    var listen: ListenAddress?

    @Option(
        help: ArgumentHelp("openmetrics or prometheus. Without it: openmetrics.", valueName: "format"),
        transform: parseMetricsFormat)
    var format: MetricsText.Format?

    func validate() throws {
        if listen != nil && format != nil { throw ValidationError("--listen serves OpenMetrics: leave --format out") }
    }

    func run() throws {
        if let listen {
            try serve(.metrics(control: controlSocket(control), at: listen))
        } else {
            print(try text(), terminator: "")
        }
    }

    private func text() throws -> String {
        let path = try controlSocket(control)
        return try explaining { () throws(ControlClient.Failure) in
            let client = try ControlClient(path: path)
            let (version, counters) = (try client.call("version"), try client.call("counters"))
            return MetricsText.make(version: version, counters: counters, format: format ?? .openMetrics)
        }
    }
}

/// Says where, and serves until the process is ended.
func serve(_ service: LocalService) throws(Failure) {
    do throws(LocalService.Failure) {
        try service.run { location in writeToStandardError("serving \(location)\n") }
    } catch { throw .failed(error.message) }
}

@Sendable func parseListenAddress(_ text: String) throws -> ListenAddress {
    guard let address = ListenAddress(parsing: text) else {
        throw ValidationError("'\(text)' is no address to serve at: use \(ListenAddress.forms)")
    }
    return address
}

@Sendable private func parseMetricsFormat(_ text: String) throws -> MetricsText.Format {
    guard let format = MetricsText.Format(rawValue: text) else {
        throw ValidationError("use openmetrics or prometheus")
    }
    return format
}
