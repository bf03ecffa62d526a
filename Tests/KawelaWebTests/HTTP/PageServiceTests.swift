// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Synchronization
import Testing

@testable import KawelaWeb

@Suite struct PageServiceTests {
    private let folder = try! TemporaryFolder()
    private var control: String { folder.path + "/control" }
    private var socket: String { folder.path + "/http" }

    /// Does `body` while a control server runs that answers each request with itself.
    private func whileServing(_ body: () async throws -> Void) async throws {
        let server = try ScriptedControlServer(path: control) { request in
            request.parameters["port"] == "none"
                ? .failure(.refused("no such port"))
                : .success(["method": .string(request.method), "params": .object(request.parameters)])
        }
        let service = try await RunningService(.page(control: control, at: .unix(path: socket)))
        defer { server.end() }
        do { try await body() } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    @Test func filesOfThePageAreServedAndLoadNothingFromElsewhere() async throws {
        try await whileServing {
            for (path, file) in PageFiles.all {
                let answer = try await WebAnswer.ask(socket, path)
                #expect(answer.status == 200 && answer.headers["content-type"] == file.type)
                #expect(answer.body == String(decoding: file.bytes, as: UTF8.self))
                #expect(!answer.body.contains("//www.") || path == "/shapes.js", "\(path)")
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"))
            }
            #expect(try await WebAnswer.ask(socket, "/other").status == 404)
        }
    }

    @Test func readingMethodsArePassedOnWithValuesOfTheirKinds() async throws {
        try await whileServing {
            let registers = try await WebAnswer.ask(socket, "/api/registers?port=lan&names=CTRL,TDT%5B3%5D,RAL*")
            #expect(registers.status == 200 && registers.headers["content-type"] == "application/json")
            #expect(
                try JSONValue(parsing: registers.body.utf8) == [
                    "method": "registers", "params": ["port": "lan", "names": ["CTRL", "TDT[3]", "RAL*"]],
                ])
            let settings = try await WebAnswer.ask(socket, "/api/vf.get?vf=3")
            #expect(try JSONValue(parsing: settings.body.utf8)["params"] == ["vf": 3])
        }
    }

    @Test func methodsThatChangeSomethingAreNotPassedOn() async throws {
        try await whileServing {
            for method in Set(MethodDescription.all.map(\.name)).subtracting(ReadingInterface.methods) + [
                "", "nonsense",
            ] {
                let answer = try await WebAnswer.ask(socket, "/api/\(method)")
                #expect(answer.status == 404, "\(method)")
            }
            #expect(!ReadingInterface.methods.contains { $0.hasSuffix(".set") || $0.hasSuffix(".start") })
            let post = try await WebAnswer.ask(socket, "/api/ports", method: "POST")
            #expect(post.status == 405)
        }
    }

    @Test func whatIsWrongIsSaid() async throws {
        try await whileServing {
            for (target, words) in [
                ("/api/vf.get?vf=8", "'vf' is a number, 0 to 7"), ("/api/vf.get?vf=x", "'vf' is a number"),
                ("/api/ports?color=red", "has no parameter 'color'"), ("/api/ports?port=none", "no such port"),
            ] {
                let answer = try await WebAnswer.ask(socket, target)
                #expect(answer.status == 400)
                #expect(try JSONValue(parsing: answer.body.utf8)["error"]?.string?.contains(words) == true, "\(target)")
            }
        }
    }

    @Test(arguments: ["evil.example", "evil.example:8257", nil])
    func aRequestForAnotherHostIsRefused(_ host: String?) async throws {
        try await whileServing {
            for target in ["/", "/api/counters"] {
                let answer = try await WebAnswer.ask(socket, target, host: host)
                #expect(answer.status == 403)
            }
        }
    }

    @Test func theSocketIsTheUsersAlone() async throws {
        try await whileServing {
            let attributes = try FileManager.default.attributesOfItem(atPath: socket)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
        }
    }
}
