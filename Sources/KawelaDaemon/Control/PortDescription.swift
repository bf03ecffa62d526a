// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Intel82576

// Answers of `ports`, `link.get` and `counters`.

extension PortAnswers {
    var description: JSONValue {
        [
            "port": .string(name), "link": link, "driver": .string(plan.vfSettings == nil ? "guest" : "embedded"),
            "uplink": [
                "specification": .string(plan.uplink), "status": .string(backend.status), "up": .bool(backend.isLinkUp),
            ],
            "functions": .array((0...plan.vfCount).map { describe($0) }),
        ]
    }

    private func describe(_ function: Int) -> JSONValue {
        let served = plan.served.first { $0.function.number == function }
        return [
            "function": .string(functionName(function)), "exists": .bool(exists(function)),
            "socket": served.map { .string($0.path) } ?? nil, "client": .bool(hasClient(function)),
            "address": port.address(of: function).map { .string("\($0)") } ?? nil,
        ]
    }

    func exists(_ function: Int) -> Bool { function <= port.enabledVFs }

    func hasClient(_ function: Int) -> Bool {
        guard let position = plan.served.firstIndex(where: { $0.function.number == function }) else { return false }
        return servers[position].isConnected
    }

    var link: JSONValue {
        let link = port.linkStatus
        return [
            "up": .bool(link.isUp), "speed": .integer(link.speed), "fullDuplex": .bool(link.isFullDuplex),
            "carrier": .bool(link.hasCarrier), "unplugged": .bool(port.isUnplugged),
        ]
    }
}

// MARK: Counters

extension PortAnswers {
    var counters: JSONValue {
        var members: [String: JSONValue] = [
            "port": .string(name), "link": link, "hardware": object(port.statistics), "reasons": object(port.losses),
            "incomplete": object(port.incomplete),
            "uplink": object(backend.counters), "queues": .array((0..<16).map { queue($0) }),
            "functions": .array((0...plan.vfCount).map { counters(of: $0) }),
        ]
        if let injector { members["faults"] = object(injector.counters) }
        if port.matrix.isOn {
            let rows = port.matrix.frames.map { JSONValue.array($0.map { .counter($0) }) }
            members["switch"] = ["on": true, "matrix": .array(rows)]
        }
        return .object(members)
    }

    private func object(_ counters: [(name: String, value: UInt64)]) -> JSONValue {
        .object(Dictionary(counters.map { ($0.name, .counter($0.value)) }) { first, _ in first })
    }

    private func queue(_ queue: Int) -> JSONValue {
        let drops = port.drops(ofQueue: queue)
        var receive = members(port.receiveStatus(queue))
        receive["dropped"] = .counter(drops.first { $0.reason == .noDescriptors }?.frames ?? 0)
        return [
            "queue": .integer(queue), "function": .string(functionName(port.owner(ofQueue: queue))),
            "transmit": .object(members(port.transmitStatus(queue))), "receive": .object(receive),
            "reasons": reasons(drops),
        ]
    }

    private func reasons(_ drops: [(reason: DropReason, frames: UInt64)]) -> JSONValue {
        object(drops.map { ($0.reason.name, $0.frames) })
    }

    private func members(_ status: QueueStatus) -> [String: JSONValue] {
        [
            "enabled": .bool(status.isEnabled), "size": .integer(status.size), "pending": .integer(status.pending),
            "frames": .counter(status.activity.frames), "bytes": .counter(status.activity.bytes),
            "doorbells": .counter(status.activity.doorbells),
        ]
    }

    private func counters(of function: Int) -> JSONValue {
        let queues = (0..<16).filter { port.owner(ofQueue: $0) == function }
        let (sent, received) = (
            queues.map { port.transmitStatus($0).activity }, queues.map { port.receiveStatus($0).activity }
        )
        return [
            "function": .string(functionName(function)), "exists": .bool(exists(function)),
            "client": .bool(hasClient(function)), "interrupts": .counter(port.interruptCount(of: function)),
            "doorbells": .counter((sent + received).reduce(0) { $0 &+ $1.doorbells }), "transmit": total(sent),
            "receive": total(received), "reasons": reasons(port.drops(ofFunction: function)),
        ]
    }

    private func total(_ activities: [QueueActivity]) -> JSONValue {
        [
            "frames": .counter(activities.reduce(0) { $0 &+ $1.frames }),
            "bytes": .counter(activities.reduce(0) { $0 &+ $1.bytes }),
        ]
    }
}
