// SPDX-License-Identifier: Apache-2.0

/// The answer of `counters`, for `kawela counters`: functions and queues, then every counter that is not zero.
package func countersText(_ answer: JSONValue) -> String {
    (answer["ports"]?.array ?? []).map { port in
        let name = port["port"]?.string ?? ""
        let sections = [
            ["port\(name.isEmpty ? "" : " " + name.printable): \(linkText(port["link"]))"], functions(port),
            queues(port),
            list("frames lost, by reason", port["reasons"]), losses(port),
            list("frames sent incomplete", port["incomplete"]),
            list("statistics registers", port["hardware"]),
            list("uplink", port["uplink"]), list("faults on purpose", port["faults"]), matrix(port["switch"]),
        ]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }.joined(separator: "\n\n")
}

private func functions(_ port: JSONValue) -> [String] {
    var table = TextTable(
        ["function", "tx frames", "tx bytes", "rx frames", "rx bytes", "lost", "interrupts", "doorbells"],
        right: [1, 2, 3, 4, 5, 6, 7])
    for function in port["functions"]?.array ?? [] {
        table.add(
            [(function["function"]?.string ?? "").printable]
                + numbers(function["transmit"], ["frames", "bytes"])
                + numbers(function["receive"], ["frames", "bytes"]) + ["\(sum(function["reasons"]))"]
                + numbers(function, ["interrupts", "doorbells"]))
    }
    return table.lines
}

/// Queues that are enabled or have had frames.
private func queues(_ port: JSONValue) -> [String] {
    var table = TextTable(
        ["queue", "function", "tx frames", "tx pending", "rx frames", "rx free", "lost"],
        right: [0, 2, 3, 4, 5, 6])
    var isEmpty = true
    for queue in port["queues"]?.array ?? [] {
        let sides = [queue["transmit"], queue["receive"]]
        guard sides.contains(where: { $0?["enabled"]?.bool == true || $0?["frames"]?.integer ?? 0 > 0 }) else {
            continue
        }
        isEmpty = false
        table.add(
            ["\(queue["queue"]?.integer ?? 0)", (queue["function"]?.string ?? "").printable]
                + numbers(queue["transmit"], ["frames"]) + [fill(queue["transmit"])]
                + numbers(queue["receive"], ["frames"]) + [fill(queue["receive"])]
                + ["\(sum(queue["reasons"]))"])
    }
    return isEmpty ? [] : table.lines
}

/// Who lost frames and why, with those of each queue.
private func losses(_ port: JSONValue) -> [String] {
    var table = TextTable(["lost of", "because", "frames", "by queue"], right: [2])
    var isEmpty = true
    for function in port["functions"]?.array ?? [] {
        let name = function["function"]?.string ?? ""
        let queues = (port["queues"]?.array ?? []).filter { $0["function"]?.string == name }
        for (reason, frames) in reasons(function["reasons"]) {
            isEmpty = false
            let parts = queues.compactMap { queue in
                (queue["reasons"]?[reason]?.integer).map { "\(queue["queue"]?.integer ?? 0): \($0)" }
            }
            table.add([name.printable, reason.printable, "\(frames)", parts.joined(separator: ", ")])
        }
    }
    return isEmpty ? [] : table.lines
}

/// Those that are not zero.
private func reasons(_ json: JSONValue?) -> [(name: String, frames: Int)] {
    (json?.object ?? [:]).compactMap { name, value in value.integer.map { (name, $0) } }
        .filter { $0.frames != 0 }.sorted { $0.name < $1.name }
}

private func sum(_ reasons: JSONValue?) -> Int {
    (reasons?.object ?? [:]).values.reduce(0) { sum, value in
        let (total, overflow) = sum.addingReportingOverflow(value.integer ?? 0)
        return overflow ? .max : total
    }
}

/// Descriptors that are the chip's, of all.
private func fill(_ side: JSONValue?) -> String {
    guard side?["enabled"]?.bool == true else { return "off" }
    return "\(side?["pending"]?.integer ?? 0)/\(side?["size"]?.integer ?? 0)"
}

private func numbers(_ object: JSONValue?, _ names: [String]) -> [String] {
    names.map { "\(object?[$0]?.integer ?? 0)" }
}

private func list(_ title: String, _ counters: JSONValue?) -> [String] {
    let rows = (counters?.object ?? [:]).filter { $0.value.integer ?? 0 != 0 }.sorted { $0.key < $1.key }
    guard !rows.isEmpty else { return [] }
    var table = TextTable([title, ""], right: [1])
    for (name, value) in rows { table.add(["  " + name.printable, "\(value.integer ?? 0)"]) }
    return table.lines
}

/// Who sent to whom.
private func matrix(_ bridge: JSONValue?) -> [String] {
    guard bridge?["on"]?.bool == true, let rows = bridge?["matrix"]?.array else { return [] }
    let names = ["wire"] + (0..<8).map { "pool\($0)" }
    var table = TextTable(["from \\ to"] + names, right: Set(1...9))
    for (name, row) in zip(names, rows) {
        let cells = (row.array ?? []).map { $0.integer ?? 0 }
        if cells.contains(where: { $0 > 0 }) { table.add([name] + cells.map { "\($0)" }) }
    }
    return table.lines
}
