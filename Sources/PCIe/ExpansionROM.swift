// SPDX-License-Identifier: Apache-2.0

/// What a function's expansion ROM holds: images of code, one after the other, for firmware to run before there is an
/// operating system.
///
/// Each image begins at a multiple of 512 bytes with 55 AA, and points to a PCI data structure, which has its length, the
/// function it is for, and whether another image follows.
///
/// - Specification: PCI Firmware Specification 3.0, 5.1; PCI Local Bus Specification 3.0, 6.3
public struct ExpansionROM: Sendable, Equatable {
    /// One image.
    public struct Image: Sendable, Equatable {
        /// Who runs the code.
        public enum CodeType: Sendable, Equatable {
            /// A PC's BIOS, or what is compatible to it.
            case bios
            case uefi
            case other(UInt8)

            init(_ code: UInt8) {
                switch code {
                case 0: self = .bios
                case 3: self = .uefi
                default: self = .other(code)
                }
            }
        }

        public let vendorID: UInt16
        public let deviceID: UInt16
        public let codeType: CodeType
    }

    /// Bytes of the largest one. A client of vfio-user reads a ROM in a single message, whose data has 1 MiB at most
    /// (`max_data_xfer_size`) unless both sides agree on more.
    public static let largestSize = 1 << 20
    /// Bytes that the base address register of the smallest one decodes.
    private static let smallestSize = 2048

    public let contents: [UInt8]
    public let images: [Image]
    /// Bytes that its base address register decodes: a power of two. Those after ``contents`` read as ones.
    public let size: Int

    /// - Throws: when `contents` is too large, or is no chain of images that lies within it.
    public init(_ contents: [UInt8]) throws(InvalidExpansionROM) {
        guard contents.count <= Self.largestSize else { throw .tooLarge }
        self.contents = contents
        images = try Self.images(of: contents)
        size = Self.size(for: contents.count)
    }

    /// An erased one of `size` bytes, brought to the next size there can be.
    public init(erased size: Int) {
        (contents, images) = ([], [])
        self.size = Self.size(for: min(max(size, 0), Self.largestSize))
    }

    private static func size(for count: Int) -> Int {
        var size = smallestSize
        while size < count { size *= 2 }
        return size
    }

    private static func images(of contents: [UInt8]) throws(InvalidExpansionROM) -> [Image] {
        var images: [Image] = []
        var start = 0
        while true {
            let header = try ImageHeader(contents, at: start)
            images.append(header.image)
            start += header.byteCount
            guard start <= contents.count else { throw .cutOff(image: images.count) }
            if header.isLast { return images }
        }
    }
}

/// Why bytes are no expansion ROM.
public enum InvalidExpansionROM: Error, Equatable, Sendable {
    case tooLarge
    /// There is no 55 AA at `offset`, where an image is to begin.
    case noSignature(offset: Int)
    /// The image at `offset` does not lead to a PCI data structure.
    case noDataStructure(offset: Int)
    /// Image number `image`, counted from 1, is longer than what is left.
    case cutOff(image: Int)
}

/// What an image says of itself.
private struct ImageHeader {
    let image: ExpansionROM.Image
    let byteCount: Int
    let isLast: Bool

    /// Bytes of a PCI data structure up to its indicator.
    private static let structureSize = 0x16

    init(_ contents: [UInt8], at start: Int) throws(InvalidExpansionROM) {
        guard start + 0x1A <= contents.count, contents[start] == 0x55, contents[start + 1] == 0xAA else {
            throw .noSignature(offset: start)
        }
        func word(_ offset: Int) -> UInt16 { UInt16(contents[offset + 1]) << 8 | UInt16(contents[offset]) }
        let structure = start + Int(word(start + 0x18))
        guard structure + Self.structureSize <= contents.count,
            contents[structure..<structure + 4].elementsEqual("PCIR".utf8), word(structure + 0x10) > 0
        else { throw .noDataStructure(offset: start) }
        image = ExpansionROM.Image(
            vendorID: word(structure + 4), deviceID: word(structure + 6),
            codeType: ExpansionROM.Image.CodeType(contents[structure + 0x14]))
        byteCount = 512 * Int(word(structure + 0x10))
        isLast = contents[structure + 0x15] & 0x80 != 0
    }
}
