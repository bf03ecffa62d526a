// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// The counters of a running `kawela serve`, as text that Prometheus reads.
package struct MetricsText {
    package enum Format: String, Sendable {
        /// OpenMetrics 1.0, what is served.
        case openMetrics = "openmetrics"
        /// Prometheus's own text format 0.0.4, which the textfile collector of its node exporter takes.
        case prometheus
    }

    private let format: Format
    private var text = ""

    private init(_ format: Format) { self.format = format }

    /// - Parameters:
    ///   - version: the answer of the method `version`.
    ///   - counters: the answer of the method `counters`.
    package static func make(version: JSONValue, counters: JSONValue, format: Format = .openMetrics) -> String {
        var text = MetricsText(format)
        text.append(build(version), build(version).samples.read(.null))
        for metric in Metric.all {
            text.append(metric, (counters["ports"]?.array ?? []).flatMap { port in metric.samples(of: port) })
        }
        if format == .openMetrics { text.text += "# EOF\n" }
        return text.text
    }

    private static func build(_ version: JSONValue) -> Metric {
        let labels: [Sample.Label] = [
            ("version", version["version"]?.string ?? ""),
            ("protocol", version["protocol"]?.integer.map { String($0) } ?? ""),
        ]
        return Metric(
            name: "kawela_build", kind: .info, unit: nil, help: "Version of kawela and of its control protocol.",
            samples: Samples { _ in Sample(labels, 1).map { [$0] } ?? [] })
    }
}

extension Metric {
    /// Those of one port, which the label `port` names.
    fileprivate func samples(of port: JSONValue) -> [Sample] {
        let label: Sample.Label = ("port", port["port"]?.string ?? "")
        return samples.read(port).map { sample in
            var sample = sample
            sample.labels.insert(label, at: 0)
            return sample
        }
    }
}

extension MetricsText {
    private mutating func append(_ metric: Metric, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        appendHead(of: metric)
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            text += "\(metric.sampleName){\(labels)} \(sample.value)\n"
        }
    }

    /// The older format has no units and no kind for information, and describes samples, not families.
    private mutating func appendHead(of metric: Metric) {
        switch format {
        case .openMetrics:
            text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n"
            if let unit = metric.unit { text += "# UNIT \(metric.name) \(unit)\n" }
            text += "# HELP \(metric.name) \(Self.escaped(metric.help))\n"
        case .prometheus:
            let kind = metric.kind == .info ? Metric.Kind.gauge : metric.kind
            text += "# HELP \(metric.sampleName) \(metric.help)\n# TYPE \(metric.sampleName) \(kind.rawValue)\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
