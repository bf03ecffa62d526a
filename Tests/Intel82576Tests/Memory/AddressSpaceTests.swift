// SPDX-License-Identifier: Apache-2.0

import CKawela
import Dispatch
import Glibc
import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("Guest memory")
struct AddressSpaceTests {
    private let memory = TestMemory(size: 1 << 20)
    private let space = AddressSpace()

    private func mapping(
        _ address: UInt64, _ size: UInt64, offset: UInt64 = 0, isReadable: Bool = true, isWritable: Bool = true
    ) -> DMAMapping {
        DMAMapping(
            address: address, size: size, isReadable: isReadable, isWritable: isWritable,
            backing: .file(descriptor: memory.descriptor, offset: offset))
    }

    private func read(_ address: UInt64, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var elements = bytes.mutableSpan
        var span = elements.mutableBytes
        guard space.copy(address, count, to: &span, at: 0) else { return nil }
        return bytes
    }

    @Test("an address reads what the file holds at the range's offset")
    func offset() throws {
        memory.write([1, 2, 3, 4, 5], at: 0x3FFE)
        try space.map(mapping(0x10_0000, 0x4000, offset: 0x2000))
        #expect(read(0x10_1FFE, 5) == [1, 2, 3, 4, 5])
    }

    @Test(
        "a range that is empty, unaligned or wraps is refused",
        arguments: [(0, 0), (0x1000, 0), (0x1001, 0x1000), (0x1000, 0x1001), (0xFFFF_FFFF_FFFF_F000, 0x2000)]
            as [(UInt64, UInt64)])
    func invalid(address: UInt64, size: UInt64) {
        #expect(throws: DMAMappingError.invalidRange) { try space.map(mapping(address, size)) }
    }

    @Test(
        "a range to unmap that is empty or wraps is refused",
        arguments: [(0, 0), (0x1000, 0), (UInt64.max - 0xFFF, 0x2000)] as [(UInt64, UInt64)])
    func invalidUnmap(address: UInt64, size: UInt64) {
        #expect(throws: DMAMappingError.invalidRange) { try space.unmap(address: address, size: size) }
    }

    @Test("the last page of the address space can be mapped, and reading past it fails")
    func lastPage() throws {
        let last: UInt64 = 0xFFFF_FFFF_FFFF_F000
        try space.map(mapping(last, 0x1000))
        memory.write([9, 8], at: 0xFFE)
        #expect(read(.max - 1, 2) == [9, 8])
        #expect(read(.max - 1, 3) == nil)
        #expect(space.storeQuadword(1, at: .max - 3) == false)
    }

    @Test("a range beyond the end of its file, or whose end overflows, is refused")
    func beyondFile() {
        #expect(throws: DMAMappingError.unmappable(errno: ENXIO)) { try space.map(mapping(0, 0x20_0000)) }
        #expect(throws: DMAMappingError.unmappable(errno: ENXIO)) {
            try space.map(mapping(0, 0x1000, offset: 0x10_0000))
        }
        #expect(throws: DMAMappingError.unmappable(errno: ENXIO)) {
            try space.map(mapping(0, 0x1000, offset: .max - 0xFFF))
        }
    }

    @Test("a descriptor that is none, or cannot be mapped, is refused")
    func notMappable() {
        var bad = mapping(0, 0x1000)
        bad.backing = .file(descriptor: 9999, offset: 0)
        #expect(throws: DMAMappingError.unmappable(errno: EBADF)) { try space.map(bad) }
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        bad.backing = .file(descriptor: ends[0], offset: 0)
        #expect(throws: DMAMappingError.self) { try space.map(bad) }
        for end in ends { close(end) }
    }

    @Test("a range that touches another is refused, one beside it is not")
    func overlap() throws {
        try space.map(mapping(0x4000, 0x4000))
        for (address, size) in [(0x4000, 0x4000), (0x3000, 0x2000), (0x7000, 0x1000), (0x7000, 0x8000), (0, 0x10000)] {
            #expect(throws: DMAMappingError.overlap) { try space.map(mapping(UInt64(address), UInt64(size))) }
        }
        try space.map(mapping(0x3000, 0x1000))
        try space.map(mapping(0x8000, 0x1000))
        #expect(read(0x3000, 0x6000)?.count == 0x6000)
        #expect(read(0x3000, 0x6001) == nil)
    }

    @Test("only whole ranges can be unmapped, and then nothing reaches them")
    func unmap() throws {
        try space.map(mapping(0x4000, 0x4000))
        for (address, size) in [(0x4000, 0x1000), (0x5000, 0x3000), (0x5000, 0x1000), (0, 0x5000), (0x7000, 0x2000)]
            as [(UInt64, UInt64)]
        {
            #expect(throws: DMAMappingError.partlyInRange) { try space.unmap(address: address, size: size) }
        }
        #expect(read(0x4000, 1) != nil)
        #expect(try space.unmap(address: 0x4000, size: 0x4000) == 0x4000)
        #expect(read(0x4000, 1) == nil)
        try space.map(mapping(0x4000, 0x1000))
        space.unmapAll()
        #expect(read(0x4000, 1) == nil)
    }

    @Test("all ranges inside a larger one are unmapped, unless one reaches out of it")
    func unmapAround() throws {
        for address in [0x1000, 0x3000, 0x5000, 0x8000] as [UInt64] { try space.map(mapping(address, 0x1000)) }
        try space.map(mapping(0x6000, 0x2000))
        for (address, size) in [(0x3000, 0x4000), (0x7000, 0x2000), (0x2000, 0x5000), (0, 0x7000)] as [(UInt64, UInt64)]
        {
            #expect(throws: DMAMappingError.partlyInRange) { try space.unmap(address: address, size: size) }
        }
        for address in [0x1000, 0x3000, 0x5000, 0x6000, 0x8000] as [UInt64] { #expect(read(address, 1) != nil) }
        #expect(try space.unmap(address: 0x2000, size: 0x6000) == 0x4000)
        for address in [0x3000, 0x5000, 0x6000, 0x7000] as [UInt64] { #expect(read(address, 1) == nil) }
        #expect(read(0x1000, 1) != nil && read(0x8000, 1) != nil)
        try space.map(mapping(0x3000, 0x1000))
        #expect(try space.unmap(address: 0, size: 1 << 63) == 0x3000)
        for address in [0x1000, 0x3000, 0x8000] as [UInt64] { #expect(read(address, 1) == nil) }
    }

    @Test("unmapping where nothing is mapped removes 0 bytes and succeeds")
    func unmapNothing() throws {
        #expect(try space.unmap(address: 0, size: 1 << 63) == 0)
        try space.map(mapping(0x4000, 0x4000))
        for (address, size) in [(0, 0x4000), (0x8000, 0x1000), (0x8000, UInt64.max - 0x8FFF)] as [(UInt64, UInt64)] {
            #expect(try space.unmap(address: address, size: size) == 0)
        }
        #expect(read(0x4000, 0x4000) != nil)
    }

    @Test("permissions of a range are kept, and crossing into a stricter one fails")
    func permissions() throws {
        try space.map(mapping(0x1000, 0x1000, offset: 0x1000, isWritable: false))
        try space.map(mapping(0x2000, 0x1000, offset: 0x2000, isReadable: false))
        try space.map(mapping(0x3000, 0x1000, offset: 0x3000))
        #expect(read(0x1000, 16) != nil && read(0x2000, 16) == nil)
        #expect(!space.storeQuadword(7, at: 0x1000) && space.storeQuadword(7, at: 0x2000))
        #expect(!space.storeDoubleword(7, at: 0x1FFE) && space.storeQuadword(7, at: 0x2FFC))
        #expect(space.descriptor(at: 0x1FF8) == nil)
        #expect(memory.load(at: 0x1000) == 0 && memory.load(at: 0x2000) == 7)
    }

    @Test("words may lie across two ranges and at any address")
    func words() throws {
        try space.map(mapping(0x1000, 0x1000, offset: 0x8000))
        try space.map(mapping(0x2000, 0x1000, offset: 0x3000))
        for address in 0x1FF0...0x2000 as ClosedRange<UInt64> {
            #expect(space.storeQuadword(0x0807_0605_0403_0201, at: address))
            #expect(space.storeDoubleword(0x0C0B_0A09, at: address + 8))
            #expect(space.storeDoubleword(0x100F_0E0D, at: address + 12))
            #expect(read(address, 16) == Array(1...16))
            #expect(space.descriptor(at: address)?.low == 0x0807_0605_0403_0201)
            #expect(space.descriptor(at: address)?.high == 0x100F_0E0D_0C0B_0A09)
        }
    }

    @Test("nothing is mapped twice: thousands of small ranges of one file are one mapping of it")
    func manyRanges() throws {
        var status = stat()
        #expect(fstat(memory.descriptor, &status) == 0)
        let before = try mappings(inode: UInt64(status.st_ino))
        var generator = SeededGenerator(1)
        let pages = (0..<6000).map { (bus: UInt64($0) * 8192, page: UInt64(generator.number(0...255))) }
        for (bus, page) in pages.shuffled(using: &generator) { try space.map(mapping(bus, 4096, offset: page * 4096)) }
        #expect(try mappings(inode: UInt64(status.st_ino)) == before + 1)
        for page in 0..<256 as Range<UInt64> { memory.store(page, at: page * 4096 + 8) }
        for (bus, page) in pages {
            #expect(space.descriptor(at: bus)?.high == page)
            #expect(space.descriptor(at: bus + 4096) == nil)
        }
        for (bus, _) in pages.shuffled(using: &generator) { _ = try space.unmap(address: bus, size: 4096) }
        #expect(try mappings(inode: UInt64(status.st_ino)) == before)
    }

    @Test("the first access to a truncated file replaces its whole mapping, not a page for each access")
    func truncatedMapping() throws {
        let pages = 64
        let file = TestMemory(size: pages * 4096)
        var status = stat()
        #expect(fstat(file.descriptor, &status) == 0)
        let inode = UInt64(status.st_ino)
        try space.map(file.mapping)
        #expect(try mappings(inode: inode) == 2)
        file.write([7], at: 0)
        #expect(ftruncate(file.descriptor, 4096) == 0)
        #expect(!space.table.takeLoss())
        for page in stride(from: 1, to: pages, by: 2) {
            #expect(read(UInt64(page) * 4096, 8) == [UInt8](repeating: 0, count: 8))
            #expect(try mappings(inode: inode) == 1)
        }
        #expect(read(0, 1) == [0])
        #expect(space.storeQuadword(5, at: 8192) && space.descriptor(at: 8192)?.low == 5)
        #expect(space.table.takeLoss() && !space.table.takeLoss())
        space.unmapAll()
        try space.map(mapping(0, 4096))
        #expect(read(0, 1) != nil && !space.table.takeLoss())
    }

    private func mappings(inode: UInt64) throws -> Int {
        let maps = try #require(fopen("/proc/self/maps", "r"))
        defer { fclose(maps) }
        var line = [CChar](repeating: 0, count: 4096)
        var count = 0
        while fgets(&line, 4096, maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.split(separator: " ").dropFirst(4).first == "\(inode)" { count += 1 }
        }
        return count
    }

    @Test("the table of ranges has an end")
    func limit() throws {
        var messages = mapping(0, 4096)
        messages.backing = .messages
        for index in 0..<AddressSpace.maximumRanges {
            messages.address = UInt64(index) * 4096
            try space.map(messages)
        }
        messages.address = UInt64(AddressSpace.maximumRanges) * 4096
        #expect(throws: DMAMappingError.tooManyMappings) { try space.map(messages) }
        _ = try space.unmap(address: 4096, size: 4096)
        try space.map(messages)
    }

    @Test("a file that cannot be guarded against truncation is refused")
    func guardSlots() async {
        await #expect(processExitsWith: .success) {
            var spaces: [AddressSpace] = []
            do throws(DMAMappingError) {
                while spaces.count < 100 {
                    spaces.append(AddressSpace())
                    for index in 0..<MappedFiles.maximumCount { try mapFile(index, into: spaces[spaces.count - 1]) }
                }
                exit(1)
            } catch {
                if error != .unmappable(errno: ENOSPC) { exit(2) }
            }
            do {
                _ = try spaces[0].unmap(address: 0, size: 4096)
                try mapFile(0, into: spaces[0])
            } catch { exit(3) }
            exit(0)
        }
    }

    @Test("one space can have so many files, which leaves room to others")
    func fileLimit() throws {
        for index in 0..<MappedFiles.maximumCount { try mapFile(index, into: space) }
        #expect(throws: DMAMappingError.tooManyMappings) { try mapFile(MappedFiles.maximumCount, into: space) }
        try mapFile(0, into: AddressSpace())
        _ = try space.unmap(address: 4096, size: 4096)
        try mapFile(1, into: space)
    }

    @Test("one space can have so many bytes of files, which leaves addresses to others")
    func byteLimit() throws {
        func map(_ size: UInt64, at address: UInt64, into space: AddressSpace) throws {
            let file = kw_memfd("sparse")
            defer { close(file) }
            try #require(ftruncate(file, Int(size)) == 0)
            try space.map(
                DMAMapping(
                    address: address, size: 4096, isReadable: true, isWritable: true,
                    backing: .file(descriptor: file, offset: 0)))
        }
        let half = MappedFiles.maximumBytes / 2
        try map(half, at: 0, into: space)
        #expect(throws: DMAMappingError.tooManyMappings) { try map(half + 4096, at: 4096, into: space) }
        try map(half, at: 4096, into: space)
        #expect(throws: DMAMappingError.tooManyMappings) { try map(4096, at: 8192, into: space) }
        try map(half, at: 0, into: AddressSpace())
        _ = try space.unmap(address: 0, size: 4096)
        try map(half, at: 0, into: space)
        space.unmapAll()
        try map(2 * half, at: 0, into: space)
    }

    @Test("a file counts once, however many ranges lie in it, and until the last of them is gone")
    func sharedFile() throws {
        for index in 0..<10 as Range<UInt64> { try space.map(mapping(index << 16, 0x1000, offset: index << 12)) }
        for index in 1..<MappedFiles.maximumCount { try mapFile(index + 1000, into: space) }
        for index in 0..<9 as Range<UInt64> { _ = try space.unmap(address: index << 16, size: 0x1000) }
        #expect(throws: DMAMappingError.tooManyMappings) { try mapFile(2000, into: space) }
        _ = try space.unmap(address: 9 << 16, size: 0x1000)
        try mapFile(2000, into: space)
    }

    @Test("threads that map and unmap at the same time keep their own guards")
    func threads() async {
        await #expect(processExitsWith: .success) {
            let done = DispatchGroup()
            for _ in 0..<4 {
                DispatchQueue.global().async(group: done) {
                    for _ in 0..<500 where !readsZerosWhereTruncated() { exit(1) }
                }
            }
            done.wait()
            exit(0)
        }
    }

    @Test("ranges without a file go through the host, in one message for each piece")
    func messages() throws {
        let host = TestHost()
        host.memory = memory
        space.host = host
        try space.map(mapping(0x1000, 0x1000, offset: 0x1000))
        var messages = mapping(0x2000, 0x1000)
        messages.backing = .messages
        try space.map(messages)
        memory.write(Array(1...100), at: 0x2000 - 50)
        #expect(read(0x2000 - 50, 100) == Array(1...100))
        #expect(host.messages == 1)
        #expect(space.storeQuadword(0x55, at: 0x2008) && memory.load(at: 0x2008) == 0x55)
        host.memory = nil
        #expect(read(0x2000, 4) == nil && !space.storeQuadword(1, at: 0x2000))
        space.host = nil
        #expect(read(0x2000, 4) == nil)
    }
}

/// Maps a new file of one page as page `index`.
private func mapFile(_ index: Int, into space: AddressSpace) throws(DMAMappingError) {
    let descriptor = kw_memfd("guarded")
    defer { close(descriptor) }
    _ = ftruncate(descriptor, 4096)
    try space.map(
        DMAMapping(
            address: UInt64(index) * 4096, size: 4096, isReadable: true, isWritable: true,
            backing: .file(descriptor: descriptor, offset: 0)))
}

/// Maps a file, has it truncated, and reads there.
private func readsZerosWhereTruncated() -> Bool {
    let space = AddressSpace()
    let descriptor = kw_memfd("truncated")
    defer { close(descriptor) }
    _ = ftruncate(descriptor, 4096)
    let mapping = DMAMapping(
        address: 0, size: 4096, isReadable: true, isWritable: true, backing: .file(descriptor: descriptor, offset: 0))
    guard (try? space.map(mapping)) != nil else { return false }
    _ = ftruncate(descriptor, 0)
    var bytes = [UInt8](repeating: 0xFF, count: 64)
    var elements = bytes.mutableSpan
    var span = elements.mutableBytes
    return space.copy(0, 64, to: &span, at: 0) && bytes.allSatisfy { $0 == 0 }
}
