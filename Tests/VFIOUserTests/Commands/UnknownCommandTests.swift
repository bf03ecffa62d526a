// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VFIOUser

@Suite("Commands that are not served")
struct UnknownCommandTests {
    @Test("an unknown command is refused and the connection goes on", arguments: [UInt16(0), 19, 0xFFFF])
    func unknown(command: UInt16) throws {
        let connection = try Connection()
        #expect(try connection.call(command, [1, 2, 3]).refusal == ENOSYS)
        #expect(try connection.call(13).refusal == nil)
    }

    @Test("migration, dirty pages and I/O descriptors are not supported", arguments: [UInt16(6), 14, 16, 17, 18])
    func unsupported(command: UInt16) throws {
        #expect(try Connection().call(command, [UInt8](repeating: 0, count: 64)).refusal == ENOTSUP)
    }

    @Test("a client cannot send what only servers send", arguments: [UInt16(11), 12])
    func serverCommands(command: UInt16) throws {
        #expect(try Connection().call(command, bytes(UInt64(0), UInt64(4))).refusal == EINVAL)
    }

    @Test("descriptors with a command that takes none are closed and refused", arguments: [UInt16(4), 9, 13, 99])
    func strayDescriptors(command: UInt16) throws {
        let connection = try Connection()
        let file = MemoryFile()
        #expect(try connection.call(command, [], descriptors: [file.number, file.number]).refusal == EINVAL)
        #expect(file.isLetGo)
    }
}
