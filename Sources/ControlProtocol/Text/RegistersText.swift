// SPDX-License-Identifier: Apache-2.0

/// The answer of `registers`, for `kawela registers --live`.
package func registersText(_ answer: JSONValue) -> String {
    (answer["registers"]?.array ?? []).flatMap { registerLines($0) }.joined(separator: "\n")
}

private func registerLines(_ register: JSONValue) -> [String] {
    let name = (register["name"]?.string ?? "").printable
    let value = (register["value"]?.string ?? "").printable
    let reset = (register["reset"]?.string ?? "").printable
    let header =
        "\(name)  \((register["offset"]?.string ?? "").printable)  \(value)\(reset == value ? "" : "  (reset \(reset))")"
    return [header]
        + (register["fields"]?.array ?? []).map { field in
            let bits = (field["bits"]?.string ?? "").printable
            let label = "    \((field["name"]?.string ?? "").printable) [\(bits)] = \(field["value"]?.integer ?? 0)"
            return "\(label)  \((field["meaning"]?.string ?? "").printable)"
        }
}

/// An `event` notification in a line.
package func eventText(_ event: JSONValue) -> String {
    let members = event.object ?? [:]
    let seconds = Double(members["time"]?.integer ?? 0) / 1e9
    let port = members["port"]?.string ?? ""
    let rest = members.filter { !["event", "port", "time"].contains($0.key) }.sorted { $0.key < $1.key }
        .map { "\($0.key)=\(plain($0.value))" }
    let words = [fixed(seconds), members["event"]?.string ?? "", port].filter { !$0.isEmpty } + rest
    return words.joined(separator: " ").printable
}

private func plain(_ value: JSONValue) -> String { value.string ?? String(decoding: value.line, as: UTF8.self) }

/// Seconds with six decimals.
private func fixed(_ seconds: Double) -> String {
    let microseconds = Int(seconds * 1e6)
    let fraction = "\(microseconds % 1_000_000)"
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
}
