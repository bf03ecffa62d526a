// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VFIOUser

@Suite("DMA_UNMAP")
struct DMAUnmapTests {
    static func payload(
        argsz: UInt32 = 24, flags: UInt32 = 0, address: UInt64 = 0x10000, size: UInt64 = 0x2000
    ) -> [UInt8] { bytes(argsz, flags, address, size) }

    @Test("a mapping is removed and the request's payload comes back")
    func removes() throws {
        let connection = try Connection()
        _ = try connection.call(2, DMAMapTests.payload())
        let reply = try connection.call(3, Self.payload())
        #expect(reply.payload == Self.payload())
        #expect(connection.function.mappings.isEmpty)
    }

    @Test("a range that cuts a mapping is refused")
    func partlyInRange() throws {
        let connection = try Connection()
        _ = try connection.call(2, DMAMapTests.payload())
        #expect(try connection.call(3, Self.payload(size: 0x1000)).refusal == EINVAL)
        #expect(connection.function.mappings.count == 1)
    }

    @Test("a range in which nothing is mapped is unmapped with success, and the reply says that it was 0 bytes")
    func notMapped() throws {
        let connection = try Connection()
        _ = try connection.call(2, DMAMapTests.payload())
        let reply = try connection.call(3, Self.payload(address: 0x80000, size: 0x4000))
        #expect(reply.refusal == nil && reply.payload == Self.payload(address: 0x80000, size: 0))
        #expect(connection.function.mappings.count == 1)
    }

    @Test("the ALL flag removes everything, whatever the range", arguments: [UInt64(0), UInt64.max])
    func all(size: UInt64) throws {
        let connection = try Connection()
        _ = try connection.call(2, DMAMapTests.payload())
        let request = Self.payload(flags: 2, address: 5, size: size)
        #expect(try connection.call(3, request).payload == request)
        #expect(connection.function.mappings.isEmpty)
        #expect(connection.function.calls.last == .unmapAll)
    }

    @Test("a bitmap of written pages is not supported")
    func bitmap() throws {
        let connection = try Connection()
        #expect(try connection.call(3, Self.payload(flags: 1) + bytes(UInt64(4096), UInt64(8))).refusal == ENOTSUP)
    }

    @Test(
        "a malformed request is refused",
        arguments: [
            payload(argsz: 23), payload(flags: 4), payload(size: 0), payload(address: 1),
            payload(address: UInt64.max - 0xFFF, size: 0x2000), Array(payload().dropLast()), payload() + [0], [],
        ])
    func malformed(payload: [UInt8]) throws {
        let connection = try Connection()
        #expect(try connection.call(3, payload).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("a descriptor is refused and closed")
    func descriptor() throws {
        let connection = try Connection()
        let file = MemoryFile()
        #expect(try connection.call(3, Self.payload(flags: 2), descriptors: [file.number]).refusal == EINVAL)
        #expect(file.isLetGo)
    }
}
