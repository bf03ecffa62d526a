// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("Files of guest memory that are known already")
struct MappedFilesTests {
    private static let size: UInt64 = 1 << 20
    private let memory = TestMemory(size: Int(size))
    private let space = AddressSpace()

    private func map(
        _ address: UInt64, of file: CInt, offset: UInt64 = 0, isWritable: Bool = true
    ) throws(DMAMappingError) {
        try space.map(
            DMAMapping(
                address: address, size: 4096, isReadable: true, isWritable: isWritable,
                backing: .file(descriptor: file, offset: offset)))
    }

    private func unmap(_ address: UInt64) throws { #expect(try space.unmap(address: address, size: 4096) == 4096) }

    /// Another open file of the same file.
    private func reopen(_ file: CInt, _ flags: CInt) throws -> CInt {
        let descriptor = open("/proc/self/fd/\(file)", flags | O_CLOEXEC)
        try #require(descriptor >= 0)
        return descriptor
    }

    private func file(_ size: Int, filledWith word: UInt64) throws -> CInt {
        let file = kw_memfd("file")
        try #require(file >= 0 && ftruncate(file, size) == 0)
        var word = word.littleEndian
        try #require(pwrite(file, &word, 8, 0) == 8)
        return file
    }

    private func word(at address: UInt64) -> UInt64? { space.descriptor(at: address)?.low }

    /// Where each mapping of `file` begins in this process, the test's own among them.
    private func mappings(of file: CInt) throws -> Set<String> {
        var status = stat()
        try #require(fstat(file, &status) == 0)
        let maps = try #require(fopen("/proc/self/maps", "r"))
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4096)
        var found: Set<String> = []
        while fgets(&line, 4096, maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let words = text.split(separator: " ")
            if words.count > 4, words[4] == "\(status.st_ino)" { found.insert(String(words[0])) }
        }
        return found
    }

    @Test("while a range lies in a file, others that come and go map nothing, to read and to write")
    func steady() throws {
        try map(0, of: memory.descriptor)
        try map(0x1000, of: memory.descriptor, isWritable: false)
        try unmap(0x1000)
        let mappings = try mappings(of: memory.descriptor)
        // The test's, one to read and write, and one to read.
        #expect(mappings.count == 3)
        for round in 0..<100 as Range<UInt64> {
            let isWritable = round % 2 == 0
            try map(0x1000, of: memory.descriptor, offset: round << 12, isWritable: isWritable)
            memory.store(round, at: round << 12)
            #expect(word(at: 0x1000) == round)
            #expect(try self.mappings(of: memory.descriptor) == mappings)
            try unmap(0x1000)
            #expect(word(at: 0x1000) == nil)
        }
        try unmap(0)
        #expect(try self.mappings(of: memory.descriptor).count == 1)
    }

    @Test("a descriptor that cannot write makes no writable range of a file that is mapped writable")
    func readOnlyDescriptor() throws {
        let reading = try reopen(memory.descriptor, O_RDONLY)
        defer { close(reading) }
        #expect(throws: DMAMappingError.unmappable(errno: EACCES)) { try map(0, of: reading) }
        try map(0, of: memory.descriptor)
        #expect(throws: DMAMappingError.unmappable(errno: EACCES)) { try map(0x1000, of: reading) }
        #expect(!space.storeQuadword(1, at: 0x1000))
        try map(0x1000, of: reading, isWritable: false)
        try map(0x2000, of: reading, isWritable: false)
        #expect(word(at: 0x2000) == 0 && !space.storeQuadword(1, at: 0x2000))
    }

    @Test("a descriptor that cannot read, or does nothing but name a file, makes no range of a file that is mapped")
    func unreadableDescriptor() throws {
        try map(0, of: memory.descriptor)
        try map(0x1000, of: memory.descriptor, isWritable: false)
        let writing = try reopen(memory.descriptor, O_WRONLY)
        let naming = try reopen(memory.descriptor, CInt(0o10000000))
        defer { for file in [writing, naming] { close(file) } }
        for isWritable in [false, true] {
            #expect(throws: DMAMappingError.unmappable(errno: EACCES)) {
                try map(0x2000, of: writing, isWritable: isWritable)
            }
            #expect(throws: DMAMappingError.unmappable(errno: EBADF)) {
                try map(0x2000, of: naming, isWritable: isWritable)
            }
        }
        #expect(word(at: 0x2000) == nil)
    }

    @Test("what is mapped to read alone does not become writable by another range of the file")
    func readOnlyRange() throws {
        try map(0, of: memory.descriptor, isWritable: false)
        try map(0x1000, of: memory.descriptor)
        #expect(!space.storeQuadword(1, at: 0) && space.storeQuadword(2, at: 0x1000))
        try unmap(0x1000)
        #expect(!space.storeQuadword(1, at: 0) && word(at: 0) == 2)
        try map(0x1000, of: memory.descriptor, isWritable: false)
        #expect(!space.storeQuadword(1, at: 0x1000))
    }

    @Test("files of the same size are told apart")
    func sameSize() throws {
        let files = try (0..<8 as Range<UInt64>).map { try file(8192, filledWith: $0) }
        defer { for file in files { close(file) } }
        for round in 0..<3 as Range<UInt64> {
            for (number, file) in files.enumerated() { try map(UInt64(number) << 16 | round << 12, of: file) }
        }
        for number in 0..<8 as Range<UInt64> {
            for round in 0..<3 as Range<UInt64> { #expect(word(at: number << 16 | round << 12) == number) }
        }
    }

    @Test("a file that comes after another has gone is not taken for it")
    func replaced() throws {
        for round in 0..<50 as Range<UInt64> {
            let file = try file(8192, filledWith: round)
            try map(0, of: file)
            try map(0x1000, of: file, isWritable: false)
            close(file)
            #expect(word(at: 0) == round && word(at: 0x1000) == round)
            try unmap(0x1000)
            try unmap(0)
        }
    }

    @Test("a file that has become shorter takes no range beyond its end, one that has grown does")
    func resized() throws {
        let file = try file(3 * 4096, filledWith: 5)
        defer { close(file) }
        try map(0, of: file)
        try #require(ftruncate(file, 2 * 4096) == 0)
        #expect(throws: DMAMappingError.unmappable(errno: ENXIO)) { try map(0x1000, of: file, offset: 2 * 4096) }
        try map(0x1000, of: file, offset: 4096)
        try #require(ftruncate(file, 8 * 4096) == 0)
        try map(0x2000, of: file, offset: 7 * 4096)
        #expect(word(at: 0x2000) == 0 && word(at: 0) == 5)
        #expect(try mappings(of: file).count == 2)
        // The smaller mapping goes with the last range that lies in it.
        try unmap(0)
        try unmap(0x1000)
        #expect(try mappings(of: file).count == 1)
        try map(0, of: file)
        #expect(word(at: 0) == 5)
        #expect(try mappings(of: file).count == 1)
    }

    @Test("a mapping that no range lies in gives way where there would be too many")
    func givesWay() throws {
        try map(0, of: memory.descriptor)
        try map(0x1000, of: memory.descriptor, isWritable: false)
        try unmap(0x1000)
        for index in 2..<UInt64(MappedFiles.maximumCount) + 1 {
            let file = try file(4096, filledWith: index)
            try map(index << 12, of: file)
            close(file)
        }
        #expect(try mappings(of: memory.descriptor).count == 2)
        #expect(throws: DMAMappingError.tooManyMappings) {
            try map(0x1000, of: memory.descriptor, isWritable: false)
        }
        for index in 2..<UInt64(MappedFiles.maximumCount) + 1 { #expect(word(at: index << 12) == index) }
        try unmap(0x2000)
        try map(0x1000, of: memory.descriptor, isWritable: false)
    }
}
