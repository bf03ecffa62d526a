// SPDX-License-Identifier: Apache-2.0

// What answers of the control socket look like to people.

/// The answer of `ports`, for `kawela status`.
package func statusText(_ answer: JSONValue) -> String {
    let ports = answer["ports"]?.array ?? []
    return ports.map { portText($0) }.joined(separator: "\n\n")
}

private func portText(_ port: JSONValue) -> String {
    let name = port["port"]?.string ?? ""
    let uplink = port["uplink"]
    let status = uplink?["status"]?.string ?? ""
    let header = [
        "port\(name.isEmpty ? "" : " " + name.printable): \(linkText(port["link"]))",
        "uplink: \((uplink?["specification"]?.string ?? "").printable)\(status.isEmpty ? "" : ", " + status.printable)",
        "PF driven by: \((port["driver"]?.string ?? "").printable)",
    ]
    var table = TextTable(["function", "exists", "client", "address", "socket"])
    for function in port["functions"]?.array ?? [] {
        table.add([
            (function["function"]?.string ?? "").printable, yesOrNo(function["exists"]), yesOrNo(function["client"]),
            (function["address"]?.string ?? "-").printable, (function["socket"]?.string ?? "-").printable,
        ])
    }
    return (header + table.lines).joined(separator: "\n")
}

/// The answer of `link.get`.
package func linkText(_ link: JSONValue?) -> String {
    var text = "link down"
    if link?["up"]?.bool == true {
        text =
            "link up, \(link?["speed"]?.integer ?? 0) Mb/s, \(link?["fullDuplex"]?.bool == true ? "full" : "half") duplex"
    }
    if link?["unplugged"]?.bool == true { text += ", unplugged by hand" }
    return link?["carrier"]?.bool == false ? text + ", the uplink has no carrier" : text
}

private func yesOrNo(_ value: JSONValue?) -> String { value?.bool == true ? "yes" : "no" }

/// The answer of `vf.get`.
package func virtualFunctionsText(_ answer: JSONValue) -> String {
    var table = TextTable(["vf", "mac", "vlan", "qos", "rate", "spoof-check", "trust", "link"], right: [2, 3, 4])
    for vf in answer["functions"]?.array ?? [] {
        table.add([
            "\(vf["vf"]?.integer ?? 0)", (vf["mac"]?.string ?? "-").printable, number(vf["vlan"]), number(vf["qos"]),
            vf["rate"]?.integer == 0 ? "-" : number(vf["rate"]), onOrOff(vf["spoof-check"]), onOrOff(vf["trust"]),
            (vf["link"]?.string ?? "-").printable,
        ])
    }
    return table.lines.joined(separator: "\n")
}

private func onOrOff(_ value: JSONValue?) -> String { value?.bool.map { $0 ? "on" : "off" } ?? "-" }
private func number(_ value: JSONValue?) -> String { value?.integer.map { "\($0)" } ?? "-" }
