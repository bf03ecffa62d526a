// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Glibc
import HostSystem
import Testing

@Suite("The control socket and clients that are no friends", .serialized) struct ControlHostilityTests {
    private let kawela: ControlledKawela

    init() throws { kawela = try .embedded() }

    private func expectService() throws { #expect(try kawela.client().call("version")["program"] == "kawela") }

    @Test("answers what is no request with the protocol's error, and goes on with the next line")
    func notRequests() throws {
        let lines = [
            "hello", "{}", #"{"jsonrpc":"2.0","id":1,"method":"rob"}"#, "",
            #"{"jsonrpc":"2.0","id":2,"method":"version"}"#,
        ]
        let answers = try kawela.exchange(Array((lines.joined(separator: "\n") + "\n").utf8), lines: 4)
        #expect(answers.map { $0["error"]?["code"] } == [-32700, -32600, -32601, nil])
        #expect(answers.last?["result"]?["program"] == "kawela")
    }

    @Test("answers text that is almost JSON with the parse error, which says where it is wrong")
    func almostJSON() throws {
        func request(_ parameters: String) -> [UInt8] {
            Array(#"{"jsonrpc":"2.0","id":1,"method":"version","params":\#(parameters)}"#.utf8)
        }
        let lines = [
            request(#"{"a":1,"a":2}"#), request("{\"a\":1e999}"),
            request("{\"a\":" + String(repeating: "[", count: 5000)),
            Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xC0, 0xAF] + Array("\"}".utf8),
            request("{\"a\":\(String(repeating: "7", count: 60_000))}"),
        ]
        let answers = try kawela.exchange(Array(lines.joined(separator: [10])) + [10], lines: lines.count)
        #expect(answers.map { $0["error"]?["code"] } == Array(repeating: -32700, count: lines.count))
        #expect(
            answers.allSatisfy { $0["error"]?["message"]?.string?.contains("at byte") == true && $0["id"] == .null })
        try expectService()
    }

    @Test("wants no answer sent to a call without an id, and gives none")
    func noID() throws {
        let calls = #"{"jsonrpc":"2.0","method":"rob"}"# + "\n" + #"{"jsonrpc":"2.0","id":2,"method":"version"}"# + "\n"
        #expect(try kawela.exchange(Array(calls.utf8), lines: 1).map { $0["id"] } == [2])
    }

    @Test("ends a connection whose line does not end")
    func endlessLine() throws {
        let answers = try kawela.exchange([UInt8](repeating: UInt8(ascii: "["), count: 200_000), lines: 2)
        #expect(answers.map { $0["error"]?["code"] } == [-32600])
        try expectService()
    }

    @Test("lets go of a client that asks and does not read, and serves others meanwhile")
    func doesNotRead() throws {
        let socket = try kawela.connect()
        let call = Array((#"{"jsonrpc":"2.0","id":1,"method":"methods"}"# + "\n").utf8)
        for _ in 0..<3000 { _ = try? socket.send(call, from: 0) }
        let client = try kawela.client()
        for _ in 0..<50 { #expect(try client.call("link.get")["speed"] == 1000) }
        // Sanitizers have memory of their own for each byte, and keep what is freed.
        guard getenv("SANITIZER") == nil else { return }
        let pages = try String(
            contentsOfFile: "/proc/\(kawela.running.process.processIdentifier)/statm", encoding: .utf8)
        #expect(try #require(Int(pages.split(separator: " ")[1])) * 4096 < 100 << 20)
    }

    @Test("takes a bounded number of connections, and the others when there is room")
    func manyConnections() throws {
        var clients = try (0..<16).map { _ in try kawela.client() }
        for client in clients { _ = try client.call("version") }
        let late = try kawela.client()
        clients.removeFirst()
        #expect(try late.call("version")["program"] == "kawela")
    }

    @Test("loses events of a subscriber that does not read, and tells it how many")
    func slowSubscriber() throws {
        let slow = try kawela.client()
        _ = try slow.call("subscribe", ["events": ["reset"]])
        let reset = #"{"jsonrpc":"2.0","method":"reset","params":{"function":"vf0"}}"# + "\n"
        let end = #"{"jsonrpc":"2.0","id":1,"method":"version"}"# + "\n"
        let calls = String(repeating: reset, count: 14_000) + end
        #expect(try kawela.exchange(Array(calls.utf8), lines: 1).count == 1)
        var (events, lost) = (0, 0)
        while let notification = try slow.nextNotification(before: .now + .seconds(2)) {
            if notification.method == "lost" {
                lost += notification.parameters["count"]?.integer ?? 0
            } else {
                events += 1
            }
        }
        #expect(events > 1000 && events + lost <= 14_000)
    }
}
