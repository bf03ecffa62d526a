// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import KawelaGuest
import Synchronization

/// A client of a control socket that reads what it gets and keeps nothing, on a thread of its own.
final class ControlReader: Sendable {
    private struct State {
        /// Answers, or pieces of a stream.
        var count = 0
        var isEnding = false
        /// What it ended with; empty for a good end.
        var end: String?
    }
    private let state = Mutex(State())

    /// Returns when the first answer, or the first piece of the stream, is there.
    private init(path: String, _ read: @escaping @Sendable (ControlReader, ControlClient) throws -> Void) throws {
        Thread { [self] in
            do {
                try read(self, ControlClient(path: path))
                state.withLock { $0.end = "" }
            } catch { state.withLock { $0.end = "\(error)" } }
        }.start()
        try eventually("the control socket answers a reader", within: 10, every: 0.001) {
            try state.withLock { state in
                if let end = state.end { throw BenchError("a reader of the control socket ended: \(end)") }
                return state.count > 0
            }
        }
    }

    /// Notes that something came. False when that was enough.
    private func goesOn() -> Bool {
        state.withLock { state in
            state.count += 1
            return !state.isEnding
        }
    }

    /// - Throws: what went wrong since it began.
    func end() throws {
        state.withLock { $0.isEnding = true }
        try eventually("a reader of the control socket ends", within: 10, every: 0.001) { !isRunning }
        let end = state.withLock { $0.end } ?? ""
        guard end.isEmpty else { throw BenchError("a reader of the control socket ended: \(end)") }
    }

    private var isRunning: Bool { state.withLock { $0.end == nil } }
}

extension ControlReader {
    /// Asks for all counters ten times a second.
    static func counters(path: String) throws -> ControlReader {
        try ControlReader(path: path) { reader, client in
            repeat {
                _ = try client.call("counters")
                usleep(100_000)
            } while reader.goesOn()
        }
    }

    /// Reads the stream that `method` starts, until the server ends it.
    static func stream(
        _ method: String, _ parameters: [String: JSONValue], path: String
    ) throws -> ControlReader {
        try ControlReader(path: path) { reader, client in
            _ = try client.call(method, parameters)
            while try client.nextBytes() != nil { _ = reader.goesOn() }
        }
    }
}
