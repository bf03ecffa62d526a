// SPDX-License-Identifier: Apache-2.0

import Intel82576

// Faults as a user writes them: `--faults "seed=7,loss=1% in,link-down=every 10s for 2s"`, and an object with the same keys
// and values in a configuration file.

/// Reads the value of `--faults`.
func parseFaults(_ text: String) throws(InvalidSetting) -> Faults {
    var faults = Faults()
    for part in text.split(separator: ",") {
        let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmed }
        guard pair.count == 2 else {
            throw InvalidSetting("faults: '\(part.trimmed)' is not KIND=WHEN: write for example 'loss=1%'")
        }
        if pair[0] == "seed" {
            faults.seed = try parseSeed(pair[1])
        } else {
            try faults.add(pair[0], pair[1])
        }
    }
    return faults
}

func parseSeed(_ text: String) throws(InvalidSetting) -> UInt64 {
    guard let seed = UInt64(text) else {
        throw InvalidSetting("faults.seed: '\(text)' is no seed: use 0 to \(UInt64.max)")
    }
    return seed
}

extension Faults {
    /// Adds a rule as a user writes it.
    mutating func add(_ name: String, _ text: String) throws(InvalidSetting) {
        guard let kind = FaultKind(rawValue: name) else {
            let kinds = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidSetting("faults: unknown key \"\(name)\": the keys are seed, \(kinds)")
        }
        guard rules[kind] == nil else { throw InvalidSetting("faults.\(name) is given twice") }
        var parser = FaultRuleParser(kind, text)
        rules[kind] = try parser.rule()
    }
}

/// The key `faults` of a configuration file: an object with a seed and a rule for each kind.
struct DecodedFaults: Decodable {
    var faults = Faults()

    init(from decoder: any Decoder) throws {
        guard let values = try? decoder.container(keyedBy: AnyKey.self) else {
            throw InvalidSetting("\"faults\" is not an object with a rule for each kind, as in {\"loss\": \"1%\"}")
        }
        for key in values.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            if key.stringValue == "seed" {
                guard let seed = try? values.decode(UInt64.self, forKey: key) else {
                    throw InvalidSetting("faults.seed is not a whole number from 0 on")
                }
                faults.seed = seed
            } else if let text = try? values.decode(String.self, forKey: key) {
                try faults.add(key.stringValue, text)
            } else {
                throw InvalidSetting("faults.\(key.stringValue) is not a string such as \"1%\" or \"every 10s\"")
            }
        }
    }
}

extension Faults: CustomStringConvertible {
    /// What a user would write.
    package var description: String {
        let kinds = FaultKind.allCases.compactMap { kind in rules[kind].map { "\(kind.rawValue)=\($0.text)" } }
        return "seed=\(seed)" + kinds.map { ",\($0)" }.joined()
    }
}

extension FaultRule {
    fileprivate var text: String {
        var words: [String]
        switch frequency {
        case .chance(let millionths): words = ["\(Double(millionths) / 10_000)%"]
        case .every(let number): words = ["every \(number)"]
        case .period(let period): words = ["every \(time(period))"]
        }
        if duration > 0 { words.append("for \(time(duration))") }
        if delay > 0 { words.append("by \(time(delay))") }
        if let direction { words.append(direction == .fromWire ? "in" : "out") }
        switch function {
        case .pf: words.append("pf")
        case .vf(let number): words.append("vf\(number)")
        case nil: break
        }
        if let queue { words.append("queue \(queue)") }
        if let limit { words.append("times \(limit)") }
        return words.joined(separator: " ")
    }
}

private func time(_ nanoseconds: UInt64) -> String {
    if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
    return nanoseconds % 1_000_000 == 0 ? "\(nanoseconds / 1_000_000)ms" : "\(nanoseconds / 1000)us"
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
