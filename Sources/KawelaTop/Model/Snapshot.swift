// SPDX-License-Identifier: Apache-2.0

import ControlProtocol

/// What the server counted until one moment. What is missing in its answer, or is of another kind, reads as zero or as
/// nothing.
struct Snapshot: Equatable, Sendable {
    static let mostPorts = 64

    /// Nanoseconds of the server's clock.
    var time: UInt64 = 0
    var ports: [PortCounters] = []

    /// - Parameters:
    ///   - counters: the answer to `counters`.
    ///   - descriptions: the answer to `ports`.
    init(counters: JSONValue, descriptions: JSONValue) {
        time = counters["time"].counter
        let described = descriptions["ports"].elements(atMost: Self.mostPorts)
        ports = counters["ports"].elements(atMost: Self.mostPorts).map { json in
            let name = json["port"]
            return PortCounters(json, description: described.first { $0["port"] == name } ?? .null)
        }
    }
}

/// A port, and what it counted.
struct PortCounters: Equatable, Sendable {
    static let mostFunctions = 9
    static let mostQueues = 16
    static let mostReasons = 128

    var name: String
    var link: Link
    /// What the wire is plugged into.
    var uplink: String
    /// Who drives the PF: `guest` or `embedded`.
    var driver: String
    var functions: [FunctionCounters]
    var queues: [QueueCounters]
    /// Frames that were lost, by reason.
    var reasons: [String: UInt64]
    /// Frames from each sender, a row, to each receiver; `nil` while they are not counted.
    var matrix: SwitchMatrix?

    init(_ json: JSONValue, description: JSONValue) {
        name = json["port"].name(limit: 32)
        link = Link(json["link"])
        uplink = Self.uplink(description["uplink"])
        driver = description["driver"].name(limit: 16)
        let described = description["functions"].elements(atMost: Self.mostFunctions)
        queues = json["queues"].elements(atMost: Self.mostQueues).map(QueueCounters.init)
        functions = json["functions"].elements(atMost: Self.mostFunctions).map { function in
            let name = function["function"]
            return FunctionCounters(function, description: described.first { $0["function"] == name } ?? .null)
        }
        reasons = lossesByReason(json["reasons"])
        matrix = SwitchMatrix(json["switch"])
    }

    private static func uplink(_ json: JSONValue?) -> String {
        let specification = (json?["specification"]).name(limit: 200)
        let status = (json?["status"]).name(limit: 80)
        return status.isEmpty ? specification : "\(specification): \(status)"
    }
}

/// Frames lost by reason, of a port, a function or a queue.
func lossesByReason(_ json: JSONValue?) -> [String: UInt64] {
    let named = (json?.object ?? [:]).sorted { $0.key < $1.key }.prefix(PortCounters.mostReasons)
    let counts = named.map { (printable($0.key, limit: 40), Optional($0.value).counter) }
    return Dictionary(counts) { $0.addingCapped($1) }
}

/// A port's link.
struct Link: Equatable, Sendable {
    var isUp: Bool
    /// Mb/s.
    var speed: UInt64
    var isFullDuplex: Bool
    /// Whether the cable was pulled out over the control socket.
    var isUnplugged: Bool

    init(_ json: JSONValue?) {
        isUp = json?["up"]?.bool ?? false
        speed = (json?["speed"]).counter
        isFullDuplex = json?["fullDuplex"]?.bool ?? false
        isUnplugged = json?["unplugged"]?.bool ?? false
    }
}

/// Who sends to whom: frames by sender and receiver.
struct SwitchMatrix: Equatable, Sendable {
    /// Senders and receivers: the wire, then the pools.
    static let names = ["wire"] + (0..<8).map { "pool\($0)" }

    var rows: [[UInt64]]

    /// `nil` while frames are not counted.
    init?(_ json: JSONValue?) {
        guard json?["on"]?.bool == true else { return nil }
        let rows = (json?["matrix"]).elements(atMost: Self.names.count)
        self.rows = Self.names.indices.map { row in
            let cells = rows.indices.contains(row) ? Optional(rows[row]).elements(atMost: Self.names.count) : []
            return Self.names.indices.map { cells.indices.contains($0) ? Optional(cells[$0]).counter : 0 }
        }
    }
}
