// SPDX-License-Identifier: Apache-2.0

/// The answer of `misuse`, for `kawela lint`.
package func misuseText(_ answer: JSONValue) -> String {
    let reports = (answer["reports"]?.array ?? []).flatMap { reportLines($0) }
    let suppressed = answer["suppressed"]?.integer ?? 0
    let end = suppressed > 0 ? ["\(suppressed) more of the same"] : []
    if answer["on"]?.bool != true, reports.isEmpty { return "nobody watches: 'kawela lint on' begins" }
    return reports.isEmpty ? "no misuse" : (reports + end).joined(separator: "\n")
}

private func reportLines(_ report: JSONValue) -> [String] {
    func text(_ name: String) -> String { (report[name]?.string ?? "").printable }
    let place = ["register", "field", "value"].map { text($0) }.filter { !$0.isEmpty }.joined(separator: " ")
    let queue = report["queue"]?.integer.map { ", queue \($0)" } ?? ""
    return [
        "\(text("severity")) \(text("rule")): \(text("function"))\(queue)\(place.isEmpty ? "" : ": ")\(place)",
        "    \(text("text"))", "    right: \(text("advice")) (datasheet \(text("section")))",
    ]
}
