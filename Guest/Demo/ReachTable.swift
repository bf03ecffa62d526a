import Foundation
import KawelaGuest

/// Who reaches whom, by ping and then for a second by TCP, and at what rate.
struct ReachTable: CustomStringConvertible {
    let description: String

    /// - Throws: when somebody does not reach somebody.
    init(_ title: String, of stations: [Station]) throws {
        var lines = [line(title, stations.map(\.name) + ["  (Mb/s of TCP)"])]
        for from in stations {
            let rates = try stations.map { try from.name == $0.name ? "-" : rate(from, $0) }
            lines.append(line("  " + from.name, rates))
        }
        description = lines.joined(separator: "\n")
    }
}

private func rate(_ from: Station, _ to: Station) throws -> String {
    guard try from.ping(to, count: 3) > 0 else { throw GuestError("\(from) does not reach \(to)") }
    return String(format: "%.0f", try from.send(to: to).bitsPerSecond / 1_000_000)
}

private func line(_ first: String, _ others: [String]) -> String {
    others.reduce(pad(first, to: 26)) { $0 + pad($1, to: 10) }
}

func pad(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
