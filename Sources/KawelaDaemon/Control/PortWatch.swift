// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import Intel82576

/// Finds out what happened to a port from one turn to the next, while somebody waits for events: links and clients at once,
/// what is counted once a second.
final class PortWatch: PortObserver {
    /// Nanoseconds between two looks at counters.
    private static let interval: UInt64 = 1_000_000_000

    private let parts: ServedParts
    private let name: String
    private let mailbox: ControlMailbox
    private var isWatching = false
    private var isLinkUp = false
    private var clients: [Bool] = []
    private var drops: [String: UInt64] = [:]
    private var faults: [String: UInt64] = [:]
    private var nextLook: UInt64 = 0

    init(_ parts: ServedParts, name: String, mailbox: ControlMailbox) {
        (self.parts, self.name, self.mailbox) = (parts, name, mailbox)
    }

    func setWatching(_ isWatching: Bool) {
        guard isWatching != self.isWatching else { return }
        self.isWatching = isWatching
        parts.port.observers.removeAll { $0 === self }
        guard isWatching else { return }
        parts.port.observers.append(self)
        isLinkUp = parts.port.linkStatus.isUp
        clients = parts.servers.map(\.isConnected)
        (drops, faults) = (counted(parts.port.losses), counted(parts.injector?.counters ?? []))
        nextLook = monotonicNanoseconds() &+ Self.interval
    }

    func run() {
        guard isWatching else { return }
        let link = parts.port.linkStatus
        if link.isUp != isLinkUp {
            isLinkUp = link.isUp
            tell(.link, ["up": .bool(link.isUp), "speed": .integer(link.speed)])
        }
        for (position, server) in parts.servers.enumerated() where server.isConnected != clients[position] {
            clients[position] = server.isConnected
            let function = parts.plan.served[position].function
            tell(.client, ["function": .string("\(function)"), "connected": .bool(server.isConnected)])
        }
        let now = monotonicNanoseconds()
        guard now >= nextLook else { return }
        nextLook = now &+ Self.interval
        tellDifferences(.drops, "reason", &drops, parts.port.losses)
        tellDifferences(.fault, "kind", &faults, parts.injector?.counters ?? [])
    }

    func observe(_ reset: PortReset) {
        switch reset {
        case .port(let level): tell(.reset, ["function": "pf", "level": .string(level.rawValue)])
        case .virtualFunction(let index): tell(.reset, ["function": .string("vf\(index)")])
        }
    }

    private func tellDifferences(
        _ kind: ControlEvent.Kind, _ label: String, _ old: inout [String: UInt64],
        _ counters: [(name: String, value: UInt64)]
    ) {
        for (name, value) in counters where value > old[name] ?? 0 {
            tell(kind, [label: .string(name), "count": .counter(value - (old[name] ?? 0))])
        }
        old = counted(counters)
    }

    private func counted(_ counters: [(name: String, value: UInt64)]) -> [String: UInt64] {
        Dictionary(counters.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// Tells of something, if anybody waits for events.
    func tell(_ kind: ControlEvent.Kind, _ details: [String: JSONValue]) {
        guard isWatching else { return }
        mailbox.put(ControlEvent(kind: kind, port: name, time: monotonicNanoseconds(), details: details))
    }
}
