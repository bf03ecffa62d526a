// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

@Suite("The expansion ROM's region")
struct ExpansionROMTests {
    private let function = ScriptedFunction()
    private let connection: Connection
    private let contents: [UInt8]

    /// 150,016 bytes in a window of 256 KiB.
    init() throws {
        var bytes = (0..<150_016).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        bytes.replaceSubrange(0..<2, with: [0x55, 0xAA])
        (bytes[0x18], bytes[0x19]) = (0x1C, 0)
        bytes.replaceSubrange(0x1C..<0x20, with: Array("PCIR".utf8))
        (bytes[0x2C], bytes[0x2D], bytes[0x31]) = (1, 0, 0x80)
        contents = bytes
        function.expansionROM = try ExpansionROM(bytes)
        connection = try Connection(function)
    }

    private func read(_ offset: UInt64, _ count: UInt32) throws -> Wire {
        try connection.call(9, regionAccess(offset, 6, count))
    }

    /// The reply to a request of which not all fits the socket at once, or whose reply does not.
    private func callLarge(_ connection: Connection, _ command: UInt16, _ payload: [UInt8]) throws -> Wire {
        var rest = Wire(7, command, payload).bytes[...]
        for _ in 0..<1000 {
            if !rest.isEmpty { rest = rest.dropFirst(max(0, connection.client.send(Array(rest.prefix(16_384))))) }
            connection.run()
            if let reply = connection.client.next() { return reply }
        }
        return try #require(nil as Wire?, "no reply")
    }

    @Test("is read whole in one message, as QEMU does, with ones after the contents")
    func whole() throws {
        let reply = try callLarge(connection, 9, regionAccess(0, 6, 256 << 10))
        let padding = [UInt8](repeating: 0xFF, count: (256 << 10) - contents.count)
        #expect(Array(reply.payload.dropFirst(16)) == contents + padding)
        #expect(function.calls.isEmpty)
    }

    @Test(
        "is read at any offset with any length within it",
        arguments: [(0, 1), (1, 7), (149_999, 17), (150_000, 32), (150_016, 5), (262_143, 1)])
    func parts(offset: Int, count: Int) throws {
        let reply = try read(UInt64(offset), UInt32(count))
        let expected = (offset..<offset + count).map { $0 < contents.count ? contents[$0] : 0xFF }
        #expect(Array(reply.payload.dropFirst(16)) == expected)
    }

    @Test(
        "is not read past its end",
        arguments: [(262_144, 1), (262_143, 2), (0, 262_145), (UInt64.max, 1)] as [(UInt64, UInt32)])
    func outside(offset: UInt64, count: UInt32) throws {
        #expect(try read(offset, count).refusal == EINVAL)
        #expect(try read(0, 2).payload.suffix(2) == [0x55, 0xAA])
    }

    @Test("cannot be written")
    func written() throws {
        #expect(try connection.call(10, regionAccess(0, 6, 4, [1, 2, 3, 4])).refusal == EINVAL)
        #expect(try read(0, 2).payload.suffix(2) == [0x55, 0xAA])
        #expect(function.calls.isEmpty)
    }

    @Test("reads as ones while the function was pulled out")
    func gone() throws {
        function.expansionROM = nil
        #expect(try read(0, 4).payload.suffix(4) == [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test("has the client told that a message may be as large as it")
    func transferSize() throws {
        let connection = try Connection(function, handshake: false)
        let reply = try connection.call(1, Connection.versionPayload)
        #expect(reply.payload.count <= Connection.versionPayload.count)
        #expect(String(decoding: reply.payload, as: UTF8.self).contains(#""max_data_xfer_size":262144}"#))
        // As large a write is a message like any other, refused by its own reply.
        let data = [UInt8](repeating: 0, count: 256 << 10)
        #expect(try callLarge(connection, 10, regionAccess(0, 0, 256 << 10, data)).refusal == EINVAL)
        #expect(!connection.isClosed)
    }

    @Test("that is small leaves messages as large as they are without one")
    func small() throws {
        function.expansionROM = ExpansionROM(erased: 2048)
        let reply = try Connection(function, handshake: false).call(1, Connection.versionPayload)
        #expect(String(decoding: reply.payload, as: UTF8.self).contains(#""max_data_xfer_size":65536}"#))
    }
}
