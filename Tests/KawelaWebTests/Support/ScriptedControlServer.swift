// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import HostSystem
import Synchronization

/// A control socket whose answers a test writes.
final class ScriptedControlServer: Sendable {
    typealias Script = @Sendable (ControlRequest) -> Result<JSONValue, ControlError>

    let path: String
    private let script: Script
    private let isEnding = Atomic(false)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(path: String, _ script: @escaping Script) throws {
        (self.path, self.script) = (path, script)
        let listener = Listener(try BoundSocket(path: path, kind: .stream))
        Thread.detachNewThread { self.run(listener) }
    }

    /// Ends it as `kawela serve` ends: the file goes, and connections do.
    func end() {
        isEnding.store(true, ordering: .relaxed)
        hasEnded.wait()
    }

    /// Handed to the thread once.
    private final class Listener: @unchecked Sendable {
        let socket: BoundSocket
        init(_ socket: BoundSocket) { self.socket = socket }
    }

    private final class Client {
        let socket: Descriptor
        var received: [UInt8] = []
        init(_ socket: Descriptor) { self.socket = socket }
    }

    private func run(_ listener: Listener) {
        var clients: [Client] = []
        while !isEnding.load(ordering: .relaxed) {
            var polls = PollSet()
            polls.add(listener.socket.descriptor)
            for client in clients { polls.add(client.socket.number) }
            _ = try? polls.wait(nanoseconds: 10_000_000)
            if let socket = try? UnixSocket.accept(listener.socket.descriptor) { clients.append(Client(socket)) }
            clients.removeAll { !serve($0) }
        }
        for client in clients { client.socket.close() }
        listener.socket.close()
        hasEnded.signal()
    }

    /// False when the client has gone.
    private func serve(_ client: Client) -> Bool {
        guard let count = try? client.socket.receive(into: &client.received, limit: 65536) ?? -1, count != 0 else {
            return false
        }
        while let end = client.received.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(client.received[..<end])
            client.received.removeSubrange(...end)
            guard let request = try? ControlRequest(parsing: line), let id = request.id else { return false }
            send(ControlResponse(id: id, script(request)).json.line + [UInt8(ascii: "\n")], to: client.socket)
        }
        return true
    }

    private func send(_ bytes: [UInt8], to socket: Descriptor) {
        var sent = 0
        while sent < bytes.count, let count = try? socket.send(bytes, from: sent) {
            sent += count
            if count == 0 { usleep(1000) }
        }
    }
}

extension ScriptedControlServer {
    /// Answers as `card`; each question for counters is a second later than the one before.
    convenience init(path: String, card: SampleCard, waves: Bool = false) throws {
        let seconds = Mutex(0)
        try self.init(path: path) { request in
            switch request.method {
            case "counters":
                let now = seconds.withLock { now in
                    defer { now += 1 }
                    return now
                }
                return .success(card.counters(after: now, waves: waves))
            case "registers":
                return .success(card.registers(request.parameters["names"]?.array?.compactMap(\.string) ?? []))
            default:
                return card.answer(request.method).map { .success($0) } ?? .failure(.unknownMethod(request.method))
            }
        }
    }
}
