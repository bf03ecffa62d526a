// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VFIOUser

@Suite("VERSION")
struct VersionTests {
    private func version(_ json: String, major: UInt16 = 0, minor: UInt16 = 0) -> [UInt8] {
        bytes(major, minor) + Array(json.utf8) + [0]
    }

    @Test("the reply is no longer than QEMU's request and names only what QEMU accepts")
    func replyFitsQEMU() throws {
        let connection = try Connection(handshake: false)
        let reply = try connection.call(1, Connection.versionPayload)
        #expect(reply.refusal == nil)
        #expect(reply.payload.count <= Connection.versionPayload.count)
        #expect(reply.payload.u32(0) == 0)
        #expect(reply.payload.last == 0)
        let text = String(decoding: reply.payload.dropFirst(4).dropLast(), as: UTF8.self)
        #expect(text == #"{"capabilities":{"max_msg_fds":16,"max_data_xfer_size":65536}}"#)
    }

    @Test("the function is attached by the handshake and not before")
    func attaches() throws {
        let connection = try Connection(handshake: false)
        connection.run()
        #expect(connection.function.calls.isEmpty)
        _ = try connection.call(1, Connection.versionPayload)
        #expect(connection.function.calls == [.attach])
    }

    @Test("a client without capabilities is welcome", arguments: ["{}", #"{"capabilities":{}}"#])
    func minimalText(json: String) throws {
        #expect(try Connection(handshake: false).call(1, version(json)).refusal == nil)
    }

    @Test("a client that leaves the text out is welcome")
    func noText() throws {
        #expect(try Connection(handshake: false).call(1, bytes(UInt16(0), UInt16(1))).refusal == nil)
    }

    @Test("another major version is refused and the connection closed")
    func otherMajor() throws {
        let connection = try Connection(handshake: false)
        #expect(try connection.call(1, version("{}", major: 1)).refusal == ENOTSUP)
        #expect(connection.isClosed)
        #expect(connection.function.calls.isEmpty)
    }

    @Test(
        "a text that is not what it should be is refused and the connection closed",
        arguments: [
            "", "[]", "{", "nonsense", #"{"capabilities":1}"#, #"{"capabilities":{"max_msg_fds":"many"}}"#,
            #"{"capabilities":{"max_data_xfer_size":4095}}"#, #"{"capabilities":{"max_data_xfer_size":-1}}"#,
            #"{"capabilities":{"max_data_xfer_size":1.5}}"#,
            #"{"a":"# + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}",
            String(repeating: "[", count: 3000), #"{"a":""# + String(repeating: "x", count: 5000) + #""}"#,
        ])
    func malformedText(json: String) throws {
        let connection = try Connection(handshake: false)
        #expect(try connection.call(1, version(json)).refusal == EINVAL)
        #expect(connection.isClosed)
    }

    @Test("a text without its final NUL is refused")
    func noTerminator() throws {
        let connection = try Connection(handshake: false)
        #expect(try connection.call(1, version("{} ").dropLast()).refusal == EINVAL)
    }

    @Test("a payload too short for a version is refused")
    func short() throws {
        #expect(try Connection(handshake: false).call(1, [0, 0]).refusal == EINVAL)
    }

    @Test("any other first command is refused and the connection closed", arguments: [UInt16(2), 4, 9, 10, 13, 99])
    func otherCommandFirst(command: UInt16) throws {
        let connection = try Connection(handshake: false)
        #expect(try connection.call(command, []).refusal == EINVAL)
        #expect(connection.isClosed)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("a second VERSION is refused and the connection goes on")
    func twice() throws {
        let connection = try Connection()
        #expect(try connection.call(1, Connection.versionPayload).refusal == EINVAL)
        #expect(try connection.call(13).refusal == nil)
    }

    @Test("brackets inside strings do not count as depth")
    func depthIgnoresStrings() {
        #expect(depth(of: Array(#"{"[[[\"[[[":[1]}"#.utf8)) == 2)
    }
}
