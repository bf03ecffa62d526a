// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation

/// Answers of a control socket that are kept in a file: a port with traffic, losses and four VFs, and one without a link.
struct SampleCard {
    private let answers: JSONValue

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/card.json")
        answers = try JSONValue(parsing: try Data(contentsOf: file))
    }

    /// What `method` answers.
    func answer(_ method: String) -> JSONValue? { answers[method] }

    /// What `counters` answers `seconds` later. Rates are the same all the time, or rise and fall with `waves`.
    func counters(after seconds: Int, waves: Bool = false) -> JSONValue {
        let time = Double(seconds)
        let weight = waves ? time + 0.8 * sin(time / 2.1) * cos(time / 5) : time
        var result = Self.mix(answers["counters"] ?? .null, answers["later"] ?? .null, weight).object ?? [:]
        result["time"] = .integer(5_000_000_000_000 + seconds * 1_000_000_000)
        return .object(result)
    }

    /// Registers by their names.
    func registers(_ names: [String]) -> JSONValue {
        let all = answers["registers"]?["registers"]?.array ?? []
        return ["registers": .array(all.filter { names.contains($0["name"]?.string ?? "") })]
    }

    private static func mix(_ one: JSONValue, _ other: JSONValue, _ weight: Double) -> JSONValue {
        switch (one, other) {
        case (.integer(let one), .integer(let other)): .integer(one + Int((Double(other - one) * weight).rounded()))
        case (.array(let one), .array(let other)): .array(zip(one, other).map { mix($0, $1, weight) })
        case (.object(let one), .object(let other)): .object(one.merging(other) { mix($0, $1, weight) })
        default: one
        }
    }
}
