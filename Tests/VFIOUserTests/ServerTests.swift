// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostTestSupport
import PCIe
import Testing

@testable import VFIOUser

@Suite("Server")
struct ServerTests {
    private let function = ScriptedFunction()
    private let log = RecordedLog()
    private let path = "/tmp/kawela-test-\(getpid())-\(UInt32.random(in: 0 ... .max)).sock"

    private func makeServer() throws -> Server { try Server(path: path, function: function, log: log.logger) }

    private func connect() throws -> TestClient {
        let socket = kw_unix_connect(-1, path)
        try #require(socket >= 0)
        return TestClient(socket)
    }

    private func shakeHands(_ client: TestClient, _ server: Server) -> Bool {
        client.send(Wire(1, 1, Connection.versionPayload))
        server.runUntilIdle()
        return client.next()?.refusal == nil && server.isConnected
    }

    private var fileExists: Bool { access(path, F_OK) == 0 }

    @Test("clients come one after the other, and each finds the function reset")
    func reconnect() throws {
        let server = try makeServer()
        for _ in 0..<3 {
            function.calls = []
            let client = try connect()
            #expect(shakeHands(client, server))
            client.send(Wire(2, 2, DMAMapTests.payload()))
            client.send(Wire(3, 10, regionAccess(0, 0, 4, [1, 2, 3, 4])))
            server.runUntilIdle()
            client.close()
            server.runUntilIdle()
            #expect(!server.isConnected)
            #expect(function.host == nil && function.mappings.isEmpty)
            #expect(function.calls.first == .attach)
            #expect(Array(function.calls.suffix(3)) == [.unmapAll, .detach, .reset])
        }
        server.close()
    }

    @Test("a client gone before it said anything leaves the function alone")
    func silentClient() throws {
        let server = try makeServer()
        try connect().close()
        server.runUntilIdle()
        #expect(function.calls.isEmpty && !server.isConnected)
        server.close()
    }

    @Test("a second client is turned away after a moment, a third at once, and the first one does not notice")
    func secondClient() throws {
        let server = try makeServer()
        let first = try connect()
        #expect(shakeHands(first, server))
        let (second, third) = (try connect(), try connect())
        server.runUntilIdle()
        let line = "warning: client turned away: another one is connected"
        #expect(!second.receive() && third.receive() && log.lines.count { $0 == line } == 1)
        passPlaceTime(server)
        #expect(second.receive() && log.lines.count { $0 == line } == 2)
        first.send(Wire(5, 13))
        server.runUntilIdle()
        #expect(first.next()?.id == 5)
        server.close()
    }

    private func passPlaceTime(_ server: Server) {
        let start = ContinuousClock.now
        while ContinuousClock.now - start <= .milliseconds(Limits.placeTimeMilliseconds + 100) { usleep(100_000) }
        server.runUntilIdle()
    }

    @Test("a client that waits is served once the one before is gone, and when it has gone itself, the next one is")
    func successor() throws {
        let server = try makeServer()
        let (first, second) = (try connect(), try connect())
        server.runUntilIdle()
        second.send(Wire(1, 1, Connection.versionPayload))
        server.runUntilIdle()
        #expect(!second.receive() && server.isConnected)
        first.close()
        server.runUntilIdle()
        let answer = try #require(second.next())
        #expect(answer.refusal == nil && server.isConnected)
        let third = try connect()
        server.runUntilIdle()
        third.close()
        second.close()
        server.runUntilIdle()
        #expect(!server.isConnected)
        #expect(shakeHands(try connect(), server))
        #expect(!log.lines.contains { $0.contains("turned away") })
        server.close()
    }

    @Test("a client that waits is let go with the server")
    func successorOfNobody() throws {
        let server = try makeServer()
        let (first, second) = (try connect(), try connect())
        server.runUntilIdle()
        server.close()
        #expect(first.receive() && second.receive() && server.descriptors.isEmpty)
    }

    @Test("a client of a user that may not connect is turned away, and cannot flood the log")
    func foreignUser() throws {
        let access = ClientAccess(users: [geteuid() &+ 1])
        let server = try Server(path: path, function: function, log: log.logger, access: access)
        for _ in 0..<100 {
            let client = try connect()
            server.runUntilIdle()
            #expect(client.receive() && !server.isConnected)
        }
        let line = "warning: client turned away: pid \(getpid()), uid \(geteuid()), not a user that may connect"
        #expect((1...30).contains(log.lines.filter { $0 == line }.count))
        #expect(function.calls.isEmpty)
        server.close()
    }

    @Test("a client of a user that may connect is served, and the log has its process and user")
    func admittedUser() throws {
        let server = try Server(
            path: path, function: function, log: log.logger, access: ClientAccess(users: [geteuid()]))
        let client = try connect()
        #expect(shakeHands(client, server))
        #expect(log.lines.contains("info: client connected: pid \(getpid()), uid \(geteuid())"))
        server.close()
    }

    @Test("a client that says nothing loses its place after some seconds, to one that does")
    func silentPlace() throws {
        let server = try makeServer()
        let start = ContinuousClock.now
        let (silent, early) = (try connect(), try connect())
        server.runUntilIdle()
        passPlaceTime(server)
        #expect(early.receive() && server.isConnected)
        while ContinuousClock.now - start <= Limits.versionTime { usleep(100_000) }
        #expect(shakeHands(try connect(), server))
        #expect(silent.receive())
        #expect(log.lines.contains("warning: client dropped: the client sent nothing, and another one came"))
        server.close()
    }

    @Test("messages that take long leave the thread to others after each")
    func slowMessages() throws {
        let connection = try Connection()
        connection.function.onWrite = { _, _, _ in usleep(2000) }
        for _ in 0..<5 {
            connection.client.send(Wire(9, 10, regionAccess(0, 0, 4, [1, 0, 0, 0]), flags: Wire.noReply))
        }
        connection.server.handleEvents(on: connection.server.descriptors.last!)
        #expect(connection.function.calls.count == 1 && connection.server.hasBufferedMessages)
        connection.run()
        #expect(connection.function.calls.count == 5)
    }

    @Test(
        "a client that comes before its predecessor's going was noticed is served, whatever that one left unread",
        arguments: [0, 1, 3000])
    func quickSuccession(unread: Int) throws {
        let server = try makeServer()
        let first = try connect()
        #expect(shakeHands(first, server))
        let second = try connect()
        for id in 0..<unread where first.send(Wire(UInt16(id), 13)) <= 0 { break }
        first.close()
        // The listening socket first, as poll may have it.
        server.handleEvents(on: server.descriptors[0])
        #expect(server.isConnected)
        #expect(shakeHands(second, server))
        server.close()
    }

    @Test("a client whose guest memory is gone is dropped without an event, and a line says why")
    func memoryLost() throws {
        let connection = try Connection()
        connection.function.host?.memoryLost()
        #expect(connection.server.isConnected && connection.server.hasBufferedMessages)
        #expect(connection.isClosed)
        #expect(connection.function.host == nil)
        #expect(connection.log.lines.last?.hasPrefix("warning: client dropped: guest memory is gone") == true)
    }

    @Test("after a client whose eventfd blocks nobody is served for a second")
    func pauseAfterBlocking() throws {
        let server = try makeServer()
        let (first, event) = (try connect(), EventDescriptor())
        #expect(shakeHands(first, server))
        let bind = bytes(UInt32(20), UInt32(0x24), UInt32(2), UInt32(0), UInt32(1))
        first.send(Wire(2, 8, bind), descriptors: [event.number])
        server.runUntilIdle()
        event.makeBlocking(full: true)
        function.host?.sendMSIX(0)
        let second = try connect()
        server.runUntilIdle()
        let end = ContinuousClock.now
        #expect(second.receive() && !server.isConnected)
        #expect(becomesTrue { ContinuousClock.now > end + Limits.blockingPause })
        #expect(shakeHands(try connect(), server))
        server.close()
    }

    @Test("closing drops the client, detaches the function and removes the file")
    func close() throws {
        let server = try makeServer()
        let client = try connect()
        #expect(shakeHands(client, server))
        server.close()
        server.close()
        #expect(client.receive())
        #expect(Array(function.calls.suffix(3)) == [.unmapAll, .detach, .reset])
        #expect(!fileExists && server.descriptors.isEmpty && !server.isConnected)
    }

    @Test("a server that is let go closes by itself")
    func deinitialised() throws {
        do { _ = try makeServer() }
        #expect(!fileExists)
    }

    @Test("a socket file left behind is replaced")
    func staleFile() throws {
        _ = Glibc.close(kw_unix_bind(path, CInt(SOCK_STREAM.rawValue)))
        #expect(fileExists)
        let server = try makeServer()
        #expect(shakeHands(try connect(), server))
        server.close()
        #expect(!fileExists)
    }

    @Test("a path another server listens on is reported as in use, and left to it")
    func inUse() throws {
        let server = try makeServer()
        #expect(throws: ServerError.inUse(path: path)) { try makeServer() }
        #expect(ServerError.inUse(path: "/run/a").description == "/run/a is in use by another server")
        server.runUntilIdle()
        #expect(shakeHands(try connect(), server))
        server.close()
    }

    @Test("a file that is no socket is left alone")
    func ordinaryFile() throws {
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        defer {
            _ = Glibc.close(file)
            unlink(path)
        }
        #expect(throws: ServerError.notASocket(path: path)) { try makeServer() }
        #expect(fileExists)
    }

    @Test("a path too long and a folder that is not there are reported")
    func badPaths() {
        let long = "/tmp/" + String(repeating: "x", count: 120)
        #expect(throws: ServerError.pathTooLong(path: long)) {
            try Server(path: long, function: function, log: log.logger)
        }
        #expect(throws: ServerError.unavailable(path: "/nowhere/a", .noSuchFileOrDirectory)) {
            try Server(path: "/nowhere/a", function: function, log: log.logger)
        }
    }

    @Test("the file of a server that took the path over is not removed")
    func takenOver() throws {
        let server = try makeServer()
        unlink(path)
        let other = try makeServer()
        server.close()
        #expect(fileExists)
        other.close()
    }

    @Test("an event for a descriptor that is no longer watched is ignored")
    func staleEvent() throws {
        let server = try makeServer()
        let client = try connect()
        server.runUntilIdle()
        let connection = try #require(server.descriptors.last)
        client.close()
        server.handleEvents(on: connection)
        server.handleEvents(on: connection)
        server.handleEvents(on: -1)
        server.close()
        server.handleEvents(on: connection)
        #expect(server.descriptors.isEmpty)
    }

    @Test("the generation grows with each change of what to wait for")
    func generation() throws {
        let server = try makeServer()
        var seen = [server.generation]
        for _ in 0..<3 {
            let client = try connect()
            server.runUntilIdle()
            seen.append(server.generation)
            client.close()
            server.runUntilIdle()
            seen.append(server.generation)
        }
        #expect(Set(seen).count == seen.count && seen == seen.sorted())
        server.close()
    }
}
