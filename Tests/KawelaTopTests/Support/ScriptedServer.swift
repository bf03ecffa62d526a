// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import HostSystem
import Synchronization

/// A control socket that answers as ``Answers`` says: each `counters` is a second later than the one before, up to a last
/// one, which then stays.
final class ScriptedServer: Sendable {
    private struct State {
        var seconds = -1
        var last: Int
        var calls: [String] = []
        var counted: Set<String> = []
        var isSilent = false
        var refusesMatrix = false
        var stops = false
    }

    let path: String
    private let state: Mutex<State>
    private let finished: Event

    init(in folder: String, last: Int, refusesMatrix: Bool = false) throws {
        path = folder + "/control.sock"
        state = Mutex(State(last: last, refusesMatrix: refusesMatrix))
        finished = try Event()
        let socket = try BoundSocket(path: path, kind: .stream)
        nonisolated(unsafe) let listener = socket
        try NamedThread(name: "kawela/script") { [self] in
            serve(listener)
            listener.close()
            finished.signal()
        }.detach()
    }

    /// Lets the counters grow until `seconds`.
    func advance(to seconds: Int) { state.withLock { $0.last = seconds } }

    /// Answers nothing any more.
    func fallSilent() { state.withLock { $0.isSilent = true } }

    /// Closes everything.
    func stop() {
        state.withLock { $0.stops = true }
        _ = try? readiness(of: finished.descriptor, readable: true, within: 5_000_000_000)
    }

    /// What was called but for `ports` and `counters`: `matrix lan true`.
    var calls: [String] { state.withLock(\.calls) }
    /// Whether the counters have grown as far as they may.
    var isAtLast: Bool { state.withLock { $0.seconds >= $0.last } }
}

extension ScriptedServer {
    private func serve(_ listener: BoundSocket) {
        var clients: [(socket: Descriptor, received: [UInt8])] = []
        while !state.withLock(\.stops) {
            var polls = PollSet()
            polls.add(listener.descriptor)
            for client in clients { polls.add(client.socket.number) }
            _ = try? polls.wait(nanoseconds: 20_000_000)
            if let socket = try? UnixSocket.accept(listener.descriptor) { clients.append((socket, [])) }
            for index in clients.indices { answer(clients[index].socket, &clients[index].received) }
            clients.removeAll { !$0.socket.isOpen }
        }
    }

    private func answer(_ socket: Descriptor, _ received: inout [UInt8]) {
        do {
            if try socket.receive(into: &received, limit: 65536) == 0 { socket.close() }
            while let end = received.firstIndex(of: 10) {
                let request = try ControlRequest(parsing: received[..<end])
                received.removeSubrange(...end)
                guard let response = respond(to: request) else { continue }
                // Answers are short enough for the socket's buffer.
                _ = try socket.send(response.json.line + [10], from: 0)
            }
        } catch { socket.close() }
    }

    private func respond(to request: ControlRequest) -> ControlResponse? {
        state.withLock { state in
            guard !state.isSilent else { return nil }
            let id = request.id ?? .null
            switch request.method {
            case "ports": return ControlResponse(id: id, .success(Answers.ports))
            case "counters":
                state.seconds = min(state.seconds + 1, state.last)
                let isCounted = state.counted.contains("lan")
                return ControlResponse(id: id, .success(Answers.counters(after: state.seconds, matrix: isCounted)))
            default: return ControlResponse(id: id, matrix(request, &state))
            }
        }
    }

    private func matrix(_ request: ControlRequest, _ state: inout State) -> Result<JSONValue, ControlError> {
        guard request.method == "matrix", let on = request.parameters["on"]?.bool else {
            return .failure(.unknownMethod(request.method))
        }
        let port = request.parameters["port"]?.string ?? ""
        state.calls.append("matrix \(port) \(on)")
        guard !state.refusesMatrix else { return .failure(.refused("this NIC has no switch")) }
        if on { state.counted.insert(port) } else { state.counted.remove(port) }
        return .success(.null)
    }
}
