// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostSystem

@testable import KawelaWeb

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "kawela-web-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A service that runs until ``stop()``.
struct RunningService {
    struct NeverListened: Error {}

    /// As it is announced to people.
    let location: String
    private let task: Task<Void, any Error>

    init(_ service: LocalService) async throws {
        let announced = AsyncStream<String>.makeStream()
        task = Task {
            defer { announced.continuation.finish() }
            try await service.serve { announced.continuation.yield($0) }
        }
        guard let location = await announced.stream.first(where: { _ in true }) else {
            try await task.value
            throw NeverListened()
        }
        self.location = location
    }

    func stop() async {
        task.cancel()
        _ = await task.result
    }
}

/// Does what waits for others in a thread of its own: those of tasks are few, and the service needs them.
func waiting<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

/// An answer over HTTP.
struct WebAnswer {
    let status: Int
    /// By name, in small letters.
    let headers: [String: String]
    let body: String

    /// What the service at a UNIX socket answers.
    static func ask(
        _ socket: String, _ target: String, host: String? = "localhost", method: String = "GET"
    ) async throws -> WebAnswer {
        let lines =
            ["\(method) \(target) HTTP/1.1"] + (host.map { ["Host: \($0)"] } ?? []) + ["Connection: close", "", ""]
        let request = Array(lines.joined(separator: "\r\n").utf8)
        return WebAnswer(try await waiting { try exchange(request, socket) })
    }

    private static func exchange(_ request: [UInt8], _ socket: String) throws -> [UInt8] {
        let connection = try UnixSocket.make(.stream)
        try UnixSocket.connect(connection, to: socket)
        _ = try connection.send(request, from: 0)
        var bytes: [UInt8] = []
        while try readiness(of: connection.number, readable: true, within: 60_000_000_000) != [] {
            if try connection.receive(into: &bytes, limit: 65536) == 0 { break }
        }
        return bytes
    }

    private init(_ bytes: [UInt8]) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n", maxSplits: 1).map { String($0) }
        let head = (parts.first ?? "").components(separatedBy: "\r\n")
        let pairs = head.dropFirst().map { line in
            let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return (pair[0].lowercased(), pair.count > 1 ? pair[1] : "")
        }
        status = Int(head[0].split(separator: " ").dropFirst().first ?? "") ?? 0
        headers = Dictionary(pairs) { _, last in last }
        body = parts.count > 1 ? parts[1] : ""
    }
}
