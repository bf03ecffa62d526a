// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import HostTestSupport
import Testing

@testable import VFIOUser

/// Who made a file decides how long its close takes.
@Suite("Descriptors that take long to close")
struct LingeringDescriptorTests {
    private let connection: Connection
    private let file: LingeringSocket

    init() throws {
        connection = try Connection()
        file = LingeringSocket()
    }

    /// Sends `message` with the file attached, whose last descriptor is then the server's.
    private func send(_ message: Wire) {
        connection.client.send(Array(message.bytes.prefix(8)), descriptors: [file.number])
        connection.run()
        file.letGo()
        connection.client.send(Array(message.bytes.dropFirst(8)))
    }

    private func expectPrompt(_ work: () -> Void) {
        #expect(ContinuousClock().measure(work) < LingeringSocket.promptly)
    }

    @Test(
        "a refused command does not wait for its descriptor to close",
        arguments: [
            Wire(1, 4, [UInt8](repeating: 0, count: 16)), Wire(1, 2, [1]),
            Wire(1, 8, bytes(UInt32(20), UInt32(0x24), UInt32(2), UInt32(0), UInt32(1))),
        ])
    func refused(_ message: Wire) throws {
        send(message)
        expectPrompt { connection.run() }
        #expect(connection.client.next()?.refusal == EINVAL)
        #expect(try connection.call(13).refusal == nil)
    }

    @Test("the end of a session does not wait for the descriptors of a message that was never complete")
    func held() {
        connection.client.send(Array(Wire(1, 4).bytes.prefix(8)), descriptors: [file.number])
        connection.run()
        file.letGo()
        connection.client.close()
        expectPrompt { connection.run() }
        #expect(!connection.server.isConnected)
    }

    @Test("the end of a session does not wait for the descriptors of messages that were not received")
    func unread() {
        connection.client.send([UInt8](repeating: 0xFF, count: 16))
        connection.client.send(Wire(1, 4), descriptors: [file.number])
        file.letGo()
        expectPrompt { connection.run() }
        #expect(connection.isClosed)
    }

    @Test("of more descriptors than a message may have, none holds up the server")
    func surplus() {
        connection.client.send(Wire(1, 4), descriptors: [CInt](repeating: file.number, count: 64))
        file.letGo()
        expectPrompt { connection.run() }
        #expect(connection.isClosed)
    }

    @Test("a client that hands over files faster than they are closed is dropped")
    func behind() {
        send(Wire(1, 4))
        connection.run()
        let memory = MemoryFile()
        for _ in 0...(Closer.limit / 16) where connection.server.isConnected {
            connection.client.send(Wire(1, 4), descriptors: [CInt](repeating: memory.number, count: 16))
            connection.run()
        }
        #expect(connection.isClosed)
        #expect(connection.log.lines.last == "warning: client dropped: the files it sends take too long to close")
        let whileBehind = connection.server.descriptors
        file.stopLingering()
        #expect(memory.isLetGo)
        connection.run()
        #expect(whileBehind.count == 1 && connection.server.descriptors.isEmpty)
    }
}
