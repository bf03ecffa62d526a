// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import PCIe

/// The memory of a virtual machine, the same bus addresses in each, filled with bytes that tell whose it is and whether
/// the function may touch it.
///
/// A run of such bytes in a frame or in another machine's memory shows where it came from.
final class GuestMemory {
    /// A part of the memory, in the order of the addresses.
    enum Area: Int, CaseIterable {
        /// Rings and buffers.
        case shared
        /// The function may read it and not write it.
        case readOnly
        /// In the file, but not mapped: out of reach.
        case hidden
        /// The function may write it and not read it.
        case writeOnly
        /// Without a file: reached by messages to the host.
        case messages
    }

    /// Bytes of the first area, which rings and buffers are in.
    static let sharedSize = 0x20000
    /// Bytes of each of the others. Every one of them is looked at after each input, so they are no more than it takes.
    private static let smallSize = 0x4000
    static let size = sharedSize + (Area.allCases.count - 1) * smallSize
    /// A run this long of one tag is no coincidence.
    static let runLength = 16

    let descriptor: CInt
    private let bytes: UnsafeMutableRawBufferPointer
    private let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: GuestMemory.size, alignment: 64)
    /// Whose it is: 0 the PF's, n + 1 that of VF n.
    let number: Int

    init(_ number: Int) {
        self.number = number
        descriptor = kw_memfd("fuzz-memory")
        precondition(descriptor >= 0 && ftruncate(descriptor, Self.size) == 0)
        let mapped = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)!
        precondition(mapped != MAP_FAILED)
        bytes = UnsafeMutableRawBufferPointer(start: mapped, count: Self.size)
    }

    /// The same memories for all inputs, which put them back to their tags.
    nonisolated(unsafe) static let all = (0...3).map { GuestMemory($0) }

    static func addresses(of area: Area) -> Range<Int> {
        guard area != .shared else { return 0..<sharedSize }
        let start = sharedSize + (area.rawValue - 1) * smallSize
        return start..<start + smallSize
    }

    /// What the function may reach: all areas but the hidden one.
    var mappings: [DMAMapping] {
        Area.allCases.filter { $0 != .hidden }.map { area in
            let place = Self.addresses(of: area)
            return DMAMapping(
                address: UInt64(place.lowerBound), size: UInt64(place.count), isReadable: area != .writeOnly,
                isWritable: area != .readOnly,
                backing: area == .messages ? .messages : .file(descriptor: descriptor, offset: UInt64(place.lowerBound))
            )
        }
    }

    // MARK: What a driver does

    /// Drivers write to areas only that are good for both directions; the others keep their tags.
    private func isWritten(_ address: Int, _ count: Int) -> Bool {
        let place = address..<address + count
        return place.clamped(to: Self.addresses(of: .shared)) == place
            || place.clamped(to: Self.addresses(of: .messages)) == place
    }

    func store(_ value: UInt64, at address: Int) {
        guard isWritten(address, 8) else { return }
        bytes.storeBytes(of: value.littleEndian, toByteOffset: address, as: UInt64.self)
    }

    func load(at address: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: address, as: UInt64.self))
    }

    func write(_ content: [UInt8], at address: Int) {
        guard isWritten(address, content.count) else { return }
        content.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[address...]).copyMemory(from: $0) }
    }

    func read(_ count: Int, at address: Int) -> [UInt8] { Array(bytes[address..<address + count]) }

    // MARK: Pages

    private static let pageSize = 4096

    /// Beginnings of the pages of an area.
    private static func pages(of area: Area) -> StrideTo<Int> {
        let all = addresses(of: area)
        return stride(from: all.lowerBound, to: all.upperBound, by: pageSize)
    }

    /// Whether a page holds nothing but the tag of its area.
    private func isUntouched(page: Int, _ tag: Tag) -> Bool {
        let start = bytes.baseAddress! + page
        // All words are the first one if each is the one before it.
        return start.load(as: UInt64.self) == tag.word && memcmp(start, start + 8, Self.pageSize - 8) == 0
    }

    /// Puts every area back to its tag: the pages that have something else, which are few.
    func fill() {
        for area in Area.allCases {
            let tag = Tag(area, number)
            for page in Self.pages(of: area) where !isUntouched(page: page, tag) {
                memset(bytes.baseAddress! + page, CInt(tag.byte), Self.pageSize)
            }
        }
    }

    // MARK: What must be true

    /// Whether an area holds nothing but its tag.
    func isUntouched(_ area: Area) -> Bool {
        let tag = Tag(area, number)
        return Self.pages(of: area).allSatisfy { isUntouched(page: $0, tag) }
    }

    /// The tags in an area but for those it was filled with, each once.
    func foreignTags(in area: Area) -> Set<Tag> {
        let own = Tag(area, number)
        var (found, last) = (Set<Tag>(), own.word)
        for page in Self.pages(of: area) {
            if isUntouched(page: page, own) {
                last = own.word
                continue
            }
            let words = UnsafeRawBufferPointer(rebasing: bytes[page..<page + Self.pageSize]).bindMemory(to: UInt64.self)
            for word in words {
                if word == last, word != own.word, let tag = Tag(word: word) { found.insert(tag) }
                last = word
            }
        }
        return found
    }

    /// Remembers everything, for ``isAsKept``.
    func keep() {
        for page in stride(from: 0, to: Self.size, by: Self.pageSize) {
            let (from, to) = (bytes.baseAddress! + page, copy.baseAddress! + page)
            if memcmp(from, to, Self.pageSize) != 0 { to.copyMemory(from: from, byteCount: Self.pageSize) }
        }
    }

    /// Whether everything is as it was at the last ``keep()``.
    var isAsKept: Bool { memcmp(bytes.baseAddress!, copy.baseAddress!, Self.size) == 0 }
}

/// A byte that fills memory and tells what it is. No other writes runs of such bytes: scripts write 7-bit ones.
struct Tag: Hashable, CustomStringConvertible {
    enum Kind: UInt8 {
        /// What lies in memory that the function may read.
        case content = 0xC0
        /// What a driver has for payload.
        case payload = 0xD0
        case hidden = 0xE0
        case writeOnly = 0xF0
    }

    let kind: Kind
    /// 0 the PF, n + 1 VF n.
    let owner: Int

    init(_ kind: Kind, _ owner: Int) { (self.kind, self.owner) = (kind, owner) }

    init(_ area: GuestMemory.Area, _ owner: Int) {
        switch area {
        case .hidden: self.init(Kind.hidden, owner)
        case .writeOnly: self.init(Kind.writeOnly, owner)
        case .shared, .readOnly, .messages: self.init(Kind.content, owner)
        }
    }

    init?(byte: UInt8) {
        guard let kind = Kind(rawValue: byte & 0xF0), byte & 0xF < 8 else { return nil }
        self.init(kind, Int(byte & 0xF))
    }

    init?(word: UInt64) {
        guard let tag = Tag(byte: UInt8(truncatingIfNeeded: word)), tag.word == word else { return nil }
        self = tag
    }

    var byte: UInt8 { kind.rawValue | UInt8(owner) }
    var word: UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
    var description: String { "\(kind) of \(owner == 0 ? "the PF" : "VF \(owner - 1)")" }
}

extension Tag {
    /// The tags that fill 16 bytes and more in a row of `bytes`, each once.
    static func runs(in bytes: UnsafeRawBufferPointer) -> Set<Tag> {
        var (found, last) = (Set<Tag>(), UInt64(0))
        var place = 0
        while place <= bytes.count - 8 {
            // A run has a whole word at one of each eight places.
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if word != last, let tag = Tag(word: word),
                length(of: tag.byte, around: place, bytes) >= GuestMemory.runLength
            {
                found.insert(tag)
                last = word
            }
            place += 8
        }
        return found
    }

    /// Bytes in a row that are `byte`, those at `place` among them; no more than a run needs are counted.
    private static func length(of byte: UInt8, around place: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        var (first, end) = (place, place + 8)
        while first > 0, place - first < 8, bytes[first - 1] == byte { first -= 1 }
        while end < bytes.count, end - place < GuestMemory.runLength, bytes[end] == byte { end += 1 }
        return end - first
    }
}
