// SPDX-License-Identifier: Apache-2.0

import Glibc
import PCIe
import Testing

@testable import VFIOUser

@Suite("DMA_MAP")
struct DMAMapTests {
    static func payload(
        argsz: UInt32 = 32, flags: UInt32 = 3, offset: UInt64 = 0, address: UInt64 = 0x10000, size: UInt64 = 0x2000
    ) -> [UInt8] { bytes(argsz, flags, offset, address, size) }

    @Test("with a descriptor the file is mapped, and the descriptor closed afterwards")
    func withDescriptor() throws {
        let connection = try Connection()
        let file = MemoryFile()
        var copiesWhileMapping = 0
        connection.function.onMap = { _ in copiesWhileMapping = file.copies }
        let reply = try connection.call(2, Self.payload(offset: 0x3000), descriptors: [file.number])
        #expect(reply == Wire(reply.id, 2, flags: 1))
        #expect(copiesWhileMapping == 2)
        #expect(file.isLetGo)
        let mapping = try #require(connection.function.mappings.first)
        #expect(mapping.address == 0x10000 && mapping.size == 0x2000 && mapping.isReadable && mapping.isWritable)
        guard case .file(_, let offset) = mapping.backing else { return #expect(Bool(false), "not a file") }
        #expect(offset == 0x3000)
    }

    @Test(
        "a file whose pages are not in memory is refused, and the device too; one line names the option",
        arguments: ["/proc/self/status", "/proc/self/exe", "/dev/zero"])
    func unsuitableFile(path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        try #require(file >= 0)
        let connection = try Connection()
        let deviceInformation = bytes(UInt32(16), UInt32(0), UInt32(0), UInt32(0))
        #expect(try connection.call(4, deviceInformation).refusal == nil)
        for _ in 0..<2 {
            #expect(try connection.call(2, Self.payload(flags: 1), descriptors: [file]).refusal == EPERM)
        }
        #expect(try connection.call(4, deviceInformation).refusal == EPERM)
        #expect(connection.function.mappings.isEmpty)
        let warnings = connection.log.lines.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1 && warnings[0].contains("--guest-memory any-file"))
    }

    @Test("a file whose pages are not in memory is taken where any file may be")
    func anyFile() throws {
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let connection = try Connection(guestMemory: .anyFile)
        #expect(try connection.call(2, Self.payload(flags: 1), descriptors: [file]).refusal == nil)
        #expect(connection.function.mappings.count == 1)
    }

    @Test("a file in /dev/shm is taken")
    func sharedMemoryFile() throws {
        let name = "/kawela-test-\(getpid())"
        let file = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        #expect(shm_unlink(name) == 0)
        let connection = try Connection()
        #expect(try connection.call(2, Self.payload(), descriptors: [file]).refusal == nil)
        #expect(connection.function.mappings.count == 1)
    }

    @Test("without a descriptor the range is reached by messages")
    func withoutDescriptor() throws {
        let connection = try Connection()
        #expect(try connection.call(2, Self.payload(flags: 1)).refusal == nil)
        let mapping = try #require(connection.function.mappings.first)
        #expect(mapping.backing == .messages && mapping.isReadable && !mapping.isWritable)
    }

    @Test("the last page of the address space can be mapped")
    func lastPage() throws {
        let connection = try Connection()
        #expect(try connection.call(2, Self.payload(address: UInt64.max - 0xFFF, size: 0x1000)).refusal == nil)
    }

    @Test(
        "a malformed range is refused without asking the function",
        arguments: [
            payload(size: 0), payload(address: 0x10001), payload(size: 0x1001),
            payload(address: UInt64.max - 0xFFF, size: 0x2000), payload(argsz: 31), payload(flags: 0),
            payload(flags: 4), payload(flags: 0x13), payload(flags: 0x8000_0003),
            Array(payload().dropLast()), payload() + [0], [],
        ])
    func malformed(payload: [UInt8]) throws {
        let connection = try Connection()
        #expect(try connection.call(2, payload).refusal == EINVAL)
        #expect(connection.function.calls.isEmpty)
    }

    @Test("the flag that a descriptor may be mapped is taken, the one that wants file access is not supported")
    func draftFlags() throws {
        let connection = try Connection()
        let file = MemoryFile()
        #expect(try connection.call(2, Self.payload(flags: 5), descriptors: [file.number]).refusal == nil)
        let mapping = try #require(connection.function.mappings.first)
        #expect(mapping.isReadable && !mapping.isWritable && mapping.backing != .messages)
        for flags in [0xB, 0xF] as [UInt32] {
            let payload = Self.payload(flags: flags, address: 0x80000)
            #expect(try connection.call(2, payload, descriptors: [file.number]).refusal == ENOTSUP)
        }
        #expect(connection.function.mappings.count == 1)
    }

    @Test(
        "a file offset that is not aligned or too large is refused",
        arguments: [UInt64(1), 1 << 63, UInt64.max - 0xFFF])
    func badOffset(offset: UInt64) throws {
        let connection = try Connection()
        let file = MemoryFile()
        #expect(try connection.call(2, Self.payload(offset: offset), descriptors: [file.number]).refusal == EINVAL)
        #expect(file.isLetGo)
    }

    @Test("two descriptors are refused and closed")
    func twoDescriptors() throws {
        let connection = try Connection()
        let file = MemoryFile()
        #expect(try connection.call(2, Self.payload(), descriptors: [file.number, file.number]).refusal == EINVAL)
        #expect(file.isLetGo)
    }

    @Test(
        "the function's reasons become error numbers",
        arguments: [
            (DMAMappingError.overlap, EEXIST), (.invalidRange, EINVAL), (.tooManyMappings, ENOSPC),
            (.unmappable(errno: EACCES), EACCES), (.unmappable(errno: 0), EINVAL), (.unmappable(errno: -1), EINVAL),
        ])
    func functionRefuses(error: DMAMappingError, errno: CInt) throws {
        let connection = try Connection()
        let file = MemoryFile()
        connection.function.mapError = error
        #expect(try connection.call(2, Self.payload(), descriptors: [file.number]).refusal == errno)
        #expect(file.isLetGo)
    }

    @Test("that there are too many mappings is an error each time, and one line of the log")
    func tooManyMappings() throws {
        let connection = try Connection()
        let file = MemoryFile()
        connection.function.mapError = .overlap
        _ = try connection.call(2, Self.payload(), descriptors: [file.number])
        #expect(!connection.log.lines.contains { $0.hasPrefix("warning") })
        connection.function.mapError = .tooManyMappings
        for _ in 0..<3 {
            #expect(try connection.call(2, Self.payload(), descriptors: [file.number]).refusal == ENOSPC)
        }
        let warnings = connection.log.lines.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1 && warnings[0].contains("iommu=pt"))
        #expect(file.isLetGo)
    }

    @Test("maps sent without waiting are each answered, in order")
    func manyInFlight() throws {
        let connection = try Connection()
        let file = MemoryFile()
        for index in UInt16(0)..<40 {
            let message = Wire(index, 2, Self.payload(address: UInt64(index) * 0x2000))
            connection.client.send(message, descriptors: index % 3 == 0 ? [] : [file.number])
        }
        connection.run()
        for index in UInt16(0)..<40 {
            let reply = try #require(connection.client.next())
            #expect(reply.id == index && reply.refusal == nil)
            let isFile = connection.function.mappings[Int(index)].backing != .messages
            #expect(isFile == (index % 3 != 0))
        }
        #expect(file.isLetGo)
    }
}
