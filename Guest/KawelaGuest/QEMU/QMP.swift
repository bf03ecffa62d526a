// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A client of QEMU's machine protocol (docs/interop/qmp-spec in QEMU's manual). One command at a time.
public final class QMP: Sendable {
    private let stream: SocketStream
    private let events = Mutex<[String]>([])

    private let process: ChildProcess

    init(_ stream: SocketStream, of process: ChildProcess) throws {
        (self.stream, self.process) = (stream, process)
        guard try stream.line(by: Deadline(seconds: 20)) != nil else { throw GuestError("QEMU does not greet on QMP") }
        try execute("qmp_capabilities")
    }

    /// - Throws: QEMU's own words when it refuses.
    @discardableResult
    public func execute(_ command: String, _ arguments: [String: Any] = [:], seconds: Double = 20) throws -> Any {
        try stream.write(try json(["execute": command, "arguments": arguments]) + "\n")
        let deadline = Deadline(seconds: seconds)
        while let message = try message(by: deadline) {
            if let result = message["return"] { return result }
            if let error = message["error"] as? [String: Any] {
                throw GuestError("QEMU refuses \(command): \(error["desc"] ?? error)")
            }
        }
        throw GuestError("QEMU did not answer \(command) within \(seconds) s")
    }

    /// Waits for the event `name`, also when it came earlier and nobody has waited for it yet.
    public func wait(for name: String, seconds: Double = 20) throws {
        let deadline = Deadline(seconds: seconds)
        while true {
            if takeEvent(name) { return }
            guard try message(by: deadline) != nil else { throw GuestError("no \(name) from QEMU in \(seconds) s") }
        }
    }

    private func takeEvent(_ name: String) -> Bool {
        events.withLock { events in
            guard let index = events.firstIndex(of: name) else { return false }
            events.remove(at: index)
            return true
        }
    }

    /// The next message; an event is kept for ``wait(for:seconds:)``.
    private func message(by deadline: Deadline) throws -> [String: Any]? {
        guard let line = try line(by: deadline) else { return nil }
        let message = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        if let event = message["event"] as? String { events.withLock { $0.append(event) } }
        return message
    }

    private func line(by deadline: Deadline) throws -> String? {
        do {
            return try stream.line(by: deadline)
        } catch {
            // A closed monitor mostly means that QEMU ended, and then how it ended is the news.
            let status = (try? process.wait(seconds: 5)).map { "ended with \($0)" } ?? "still runs"
            throw GuestError("\(error); QEMU \(status)\n\(process.tail())")
        }
    }
}
