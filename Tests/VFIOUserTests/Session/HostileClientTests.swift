// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

@Suite("Hostile clients")
struct HostileClientTests {
    @Test(
        "a header that cannot be trusted closes the connection",
        arguments: [(15, 0), (0, 0), (65_569, 0), (-1, 0), (16, 2), (16, 0xF)])
    func badHeader(size: Int, flags: UInt32) throws {
        let connection = try Connection()
        connection.client.send(bytes(UInt16(1), UInt16(13), UInt32(truncatingIfNeeded: size), flags, UInt32(0)))
        #expect(connection.isClosed)
        #expect(connection.log.lines.last == "warning: client dropped: protocol violation: malformed header")
    }

    @Test("messages before a malformed one are carried out and answered")
    func before() throws {
        let connection = try Connection()
        connection.client.send(Wire(1, 13).bytes + bytes(UInt64(0), UInt64(0)))
        connection.run()
        #expect(connection.client.next()?.id == 1)
        #expect(connection.isClosed)
    }

    @Test("a reply to no request closes the connection")
    func strayReply() throws {
        let connection = try Connection()
        connection.client.send(Wire(1, 11, flags: 1))
        #expect(connection.isClosed)
    }

    @Test("half a message waits and blocks nobody", arguments: [1, 15, 16, 31])
    func truncated(count: Int) throws {
        let connection = try Connection()
        let message = Wire(1, 9, regionAccess(0, 0, 4)).bytes
        connection.client.send(Array(message[0..<count]))
        connection.run()
        #expect(connection.client.hasNothing && connection.server.isConnected)
        connection.client.send(Array(message[count...]))
        connection.run()
        #expect(connection.client.next()?.payload.count == 20)
    }

    @Test("a client that leaves in the middle of a message is no error")
    func leaves() throws {
        let connection = try Connection()
        connection.client.send([1, 2, 3])
        connection.client.close()
        connection.run()
        #expect(!connection.server.isConnected)
        #expect(connection.log.lines.last == "info: client disconnected: the client left")
    }

    @Test("a client that does not read its replies is dropped, with bounded memory")
    func slowReader() throws {
        let connection = try Connection()
        let request = Wire(1, 9, regionAccess(0, 0, 65_536))
        for _ in 0..<200 where connection.server.isConnected {
            connection.client.send(request)
            connection.run()
        }
        #expect(!connection.server.isConnected)
        #expect(connection.log.lines.last == "warning: client dropped: the client does not read its replies")
    }

    @Test("replies that do not fit the socket follow when the client reads")
    func backlog() throws {
        let connection = try Connection()
        let before = connection.server.descriptors.count
        for id in UInt16(0)..<10 { connection.client.send(Wire(id, 9, regionAccess(0, 0, 65_536))) }
        connection.run()
        #expect(connection.server.descriptors.count == before + 1)
        for id in UInt16(0)..<10 {
            let reply = try #require(connection.client.next())
            #expect(reply.id == id && reply.payload.count == 16 + 65_536)
            connection.run()
        }
        #expect(connection.server.descriptors.count == before)
    }

    @Test("one event handles a bounded number of messages and says that more are there")
    func bounded() throws {
        let connection = try Connection()
        let write = Wire(1, 10, regionAccess(0, 0, 4, [1, 2, 3, 4]), flags: Wire.noReply).bytes
        let burst = (0..<600).flatMap { _ in write }
        #expect(connection.client.send(burst) == burst.count)
        connection.server.handleEvents(on: connection.server.descriptors[0])
        let first = connection.function.calls.count
        #expect((1...Limits.messagesPerTurn).contains(first))
        #expect(connection.server.hasBufferedMessages)
        connection.server.processBufferedMessages()
        #expect((1...Limits.messagesPerTurn).contains(connection.function.calls.count - first))
        connection.run()
        #expect(connection.function.calls.count == 600)
        #expect(!connection.server.hasBufferedMessages)
    }

    @Test("a client cannot flood the log")
    func logFlood() throws {
        let connection = try Connection()
        for _ in 0..<500 { _ = try connection.call(99) }
        #expect(connection.log.lines.count < 40)
    }

    @Test("random bytes end in a closed connection or an error, never in a trap or a leak", arguments: 0..<40)
    func randomBytes(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let file = MemoryFile()
        let connection = try Connection(handshake: seed % 2 == 0)
        for _ in 0..<200 where connection.server.isConnected {
            let count = Int.random(in: 1...200, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            connection.client.send(noise, descriptors: Bool.random(using: &random) ? [file.number] : [])
            connection.run()
            connection.client.receive()
        }
        connection.client.close()
        connection.run()
        #expect(!connection.server.isConnected)
        #expect(file.isLetGo)
    }

    @Test("well-framed messages with random contents never trap or leak", arguments: 0..<40)
    func randomMessages(seed: UInt64) throws {
        var random = Seeded(state: 1000 + seed)
        let (file, event) = (MemoryFile(), EventDescriptor())
        let connection = try Connection()
        for _ in 0..<500 where connection.server.isConnected {
            let message = Wire.random(using: &random)
            let given: [CInt] = [[], [], [], [file.number], [event.number]].randomElement(using: &random)!
            connection.client.send(message, descriptors: given)
            if Int.random(in: 0..<8, using: &random) == 0 { connection.raiseAll() }
            connection.run()
            while connection.client.next() != nil {}
        }
        #expect(connection.server.isConnected)
        connection.client.close()
        connection.run()
        #expect(file.isLetGo)
        #expect(isLetGo(eventDescriptor: event.number))
    }
}

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Wire {
    /// Mostly small numbers in each field, so that many messages get past the first check.
    fileprivate static func random(using random: inout Seeded) -> Wire {
        let fields = Int.random(in: 0...9, using: &random)
        var payload = (0..<fields).flatMap { _ in VFIOUserTests.bytes(interesting(using: &random)) }
        if Int.random(in: 0..<4, using: &random) == 0 { payload.append(1) }
        let flags: UInt32 = Bool.random(using: &random) ? 0 : noReply
        return Wire(1, UInt16.random(in: 0...20, using: &random), payload, flags: flags)
    }

    private static func interesting(using random: inout Seeded) -> UInt32 {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: [0, .max, 0x1000, 0x8000_0000, 20, 24, 32].randomElement(using: &random)!
        case 1: [0x24, 0x21, 0x11, 0x09, 0x14, 0x12, 0x0A].randomElement(using: &random)!
        case 2: UInt32.random(in: 0 ... .max, using: &random)
        default: UInt32.random(in: 0...8, using: &random)
        }
    }
}

extension Connection {
    fileprivate func raiseAll() {
        function.host?.setINTx(asserted: true)
        for vector in -1...10 {
            function.host?.sendMSIX(vector)
            function.host?.sendMSI(vector)
        }
        function.host?.setINTx(asserted: false)
    }
}
