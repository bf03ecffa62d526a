// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// A metric in the sense of OpenMetrics 1.0: a name, what it means, and where its values are in the counters of a port.
struct Metric: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, info
    }

    /// Without the suffix that samples of this kind have.
    let name: String
    let kind: Kind
    /// The last part of ``name``, where it is a unit.
    let unit: String?
    /// A sentence.
    let help: String
    let samples: Samples

    /// As a sample has it, and so as a query has it.
    var sampleName: String {
        switch kind {
        case .counter: name + "_total"
        case .gauge: name
        case .info: name + "_info"
        }
    }
}

/// A value with the labels that tell it from others of the same metric.
struct Sample: Sendable {
    typealias Label = (name: String, value: String)

    var labels: [Label]
    /// As it is written.
    let value: String

    /// `nil` when `value` is no number.
    init?(_ labels: [Label], _ value: JSONValue?) {
        switch value {
        case .bool(let flag)?: self.value = flag ? "1" : "0"
        case .integer(let number)?: self.value = String(number)
        case .number(let number)?: self.value = String(number)
        default: return nil
        }
        self.labels = labels
    }
}

/// Where the samples of a metric are in the counters of a port.
struct Samples: Sendable {
    let read: @Sendable (_ port: JSONValue) -> [Sample]
}

extension Samples {
    /// One for the port.
    static func port(_ path: String...) -> Samples {
        Samples { port in Sample([], port.member(path)).map { [$0] } ?? [] }
    }

    /// One for each function.
    static func functions(_ path: String...) -> Samples {
        Samples { port in
            port["functions"].elements.compactMap { function in
                Sample(function.labels("function"), function.member(path))
            }
        }
    }

    /// One for each queue.
    static func queues(_ path: String...) -> Samples {
        Samples { port in
            port["queues"].elements.compactMap { queue in Sample(queue.labels("function", "queue"), queue.member(path))
            }
        }
    }

    /// One for each ring that is enabled, which is up to two a queue.
    static func rings(_ member: String) -> Samples {
        Samples { port in
            port["queues"].elements.flatMap { queue in
                ["transmit", "receive"].compactMap { direction in
                    guard let ring = queue[direction], ring["enabled"] == true else { return nil }
                    return Sample(queue.labels("function", "queue") + [("direction", direction)], ring[member])
                }
            }
        }
    }

    /// One for each member of an object, whose name is the label's value.
    static func members(of object: String, label: String) -> Samples {
        Samples { port in
            (port[object]?.object ?? [:]).sorted { $0.key < $1.key }
                .compactMap { name, value in Sample([(label, name)], value) }
        }
    }

    /// One for each reason for which a function lost frames.
    static let functionReasons = Samples { port in
        port["functions"].elements.flatMap { $0.reasons("function") }
    }

    /// One for each reason for which a queue lost frames.
    static let queueReasons = Samples { port in
        port["queues"].elements.flatMap { $0.reasons("function", "queue") }
    }

    /// Speed of the link, in Prometheus's base unit.
    static let linkSpeed = Samples { port in
        guard let megabits = port["link"]?["speed"]?.integer, (0...1_000_000).contains(megabits) else { return [] }
        return Sample([], .integer(megabits * 125_000)).map { [$0] } ?? []
    }

    /// One for each sender and receiver, while they are counted.
    static let matrix = Samples { port in
        let rows = (port["switch"]?["matrix"]).elements
        return rows.enumerated().flatMap { sender, row in
            (row.array ?? []).enumerated().compactMap { receiver, value in
                Sample([("from", place(sender)), ("to", place(receiver))], value)
            }
        }
    }

    /// Of a row or column of the matrix.
    private static func place(_ index: Int) -> String { index == 0 ? "wire" : "pool\(index - 1)" }
}

extension JSONValue? {
    fileprivate var elements: [JSONValue] { self?.array ?? [] }
}

extension JSONValue {
    fileprivate func member(_ path: [String]) -> JSONValue? {
        path.reduce(Optional(self)) { value, name in value?[name] }
    }

    /// Those of its reasons, with members as labels beside.
    fileprivate func reasons(_ names: String...) -> [Sample] {
        (self["reasons"]?.object ?? [:]).sorted { $0.key < $1.key }
            .compactMap { name, value in Sample(labels(names) + [("reason", name)], value) }
    }

    /// Members that are labels, as far as they are there.
    fileprivate func labels(_ names: String...) -> [Sample.Label] { labels(names) }

    private func labels(_ names: [String]) -> [Sample.Label] {
        names.compactMap { name in
            (self[name]?.string ?? self[name]?.integer.map { String($0) }).map { (name, $0) }
        }
    }
}
