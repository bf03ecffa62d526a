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

    static let areaSize = 0x20000
    static let size = areaSize * Area.allCases.count
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

    /// The same memories for all inputs, which fill them anew.
    nonisolated(unsafe) static let all = (0...3).map { GuestMemory($0) }

    static func addresses(of area: Area) -> Range<Int> { area.rawValue * areaSize..<(area.rawValue + 1) * areaSize }

    /// Puts every area back to its tag.
    func fill() {
        for area in Area.allCases {
            UnsafeMutableRawBufferPointer(rebasing: bytes[Self.addresses(of: area)])
                .initializeMemory(as: UInt8.self, repeating: Tag(area, number).byte)
        }
    }

    /// What the function may reach: all areas but the hidden one.
    var mappings: [DMAMapping] {
        Area.allCases.filter { $0 != .hidden }.map { area in
            let place = UInt64(area.rawValue * Self.areaSize)
            return DMAMapping(
                address: place, size: UInt64(Self.areaSize), isReadable: area != .writeOnly,
                isWritable: area != .readOnly,
                backing: area == .messages ? .messages : .file(descriptor: descriptor, offset: place))
        }
    }

    // MARK: What a driver does

    /// Drivers write to areas only that are good for both directions; the others keep their tags.
    private func isWritten(_ address: Int, _ count: Int) -> Bool {
        [Area.shared, .messages].contains { area in
            let all = Self.addresses(of: area)
            return address >= all.lowerBound && address <= all.upperBound - count
        }
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

    // MARK: What must be true

    /// Whether an area holds nothing but its tag.
    func isUntouched(_ area: Area) -> Bool {
        let start = bytes.baseAddress! + Self.addresses(of: area).lowerBound
        // All words are the first one if each is the one before it.
        return start.load(as: UInt64.self) == Tag(area, number).word && memcmp(start, start + 8, Self.areaSize - 8) == 0
    }

    /// The tags in an area but for those it was filled with, each once.
    func foreignTags(in area: Area) -> Set<Tag> {
        if isUntouched(area) { return [] }
        let words = (bytes.baseAddress! + Self.addresses(of: area).lowerBound).assumingMemoryBound(to: UInt64.self)
        let own = Tag(area, number).word
        var (found, last) = (Set<Tag>(), UInt64(0))
        for index in 0..<Self.areaSize / 8 {
            let word = words[index]
            if word == last, word != own, let tag = Tag(word: word) { found.insert(tag) }
            last = word
        }
        return found
    }

    /// Remembers everything, for ``isAsKept``.
    func keep() { copy.copyMemory(from: UnsafeRawBufferPointer(bytes)) }

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
