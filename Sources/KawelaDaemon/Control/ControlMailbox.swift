// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import Synchronization
import SystemPackage

/// What other threads leave for the thread of the control socket: answers, events, the wish that it end. To leave something
/// never waits for that thread.
final class ControlMailbox: Sendable {
    /// Events that may wait.
    static let eventLimit = 4096

    /// One port's part of the answer to a call.
    struct Reply: Sendable {
        /// Number of the call.
        var call: Int
        /// Position of the port among those asked.
        var part: Int
        var result: Result<JSONValue, ControlError>
    }

    struct Contents: Sendable {
        var replies: [Reply] = []
        var events: [ControlEvent] = []
        /// Events that found no room.
        var lostEvents = 0
        var isStopping = false
    }

    /// Readable when there is something.
    let event: Event
    private let contents = Mutex(Contents())

    init() throws(Errno) { event = try Event() }

    func put(_ reply: Reply) { change { $0.replies.append(reply) } }

    func put(_ event: ControlEvent) {
        change { contents in
            if contents.events.count < Self.eventLimit {
                contents.events.append(event)
            } else {
                contents.lostEvents += 1
            }
        }
    }

    func stop() { change { $0.isStopping = true } }

    private func change(_ body: (inout Contents) -> Void) {
        contents.withLock { body(&$0) }
        event.signal()
    }

    /// Takes all. Called by the thread of the control socket only.
    func take() -> Contents {
        event.take()
        return contents.withLock { contents in
            defer { contents = Contents() }
            return contents
        }
    }
}

/// Something that happened to a port.
struct ControlEvent: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case link, client, reset, misuse, drops, fault
    }

    var kind: Kind
    /// The port's name.
    var port: String
    /// Nanoseconds of the monotonic clock.
    var time: UInt64
    var details: [String: JSONValue]

    var json: JSONValue {
        let common: [String: JSONValue] = [
            "event": .string(kind.rawValue), "port": .string(port), "time": .counter(time),
        ]
        return .object(common.merging(details) { _, detail in detail })
    }
}
