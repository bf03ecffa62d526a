// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("An expansion ROM") struct ExpansionROMTests {
    /// An image of `blocks` times 512 bytes for 8086:10c9.
    private static func image(_ code: UInt8, blocks: UInt8 = 1, isLast: Bool = true, structure: UInt8 = 0x1C) -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: 512 * Int(blocks))
        bytes.replaceSubrange(0..<3, with: [0x55, 0xAA, blocks])
        bytes[0x18] = structure
        let at = Int(structure)
        bytes.replaceSubrange(at..<at + 8, with: Array("PCIR".utf8) + [0x86, 0x80, 0xC9, 0x10])
        (bytes[at + 0x10], bytes[at + 0x14], bytes[at + 0x15]) = (blocks, code, isLast ? 0x80 : 0)
        return bytes
    }

    @Test("has images for BIOS and UEFI one after the other, and a window that holds them")
    func images() throws {
        let bytes = Self.image(0, blocks: 3, isLast: false) + Self.image(3, isLast: false) + Self.image(1, blocks: 200)
        let rom = try ExpansionROM(bytes)
        #expect(rom.images.map(\.codeType) == [.bios, .uefi, .other(1)])
        #expect(rom.images.allSatisfy { $0.vendorID == 0x8086 && $0.deviceID == 0x10C9 })
        #expect(rom.contents == bytes && rom.size == 128 << 10)
    }

    @Test(
        "has a window of a power of two, 2 KiB at least",
        arguments: [(512, 2048), (2048, 2048), (2560, 4096), (158_208, 256 << 10), (1 << 20, 1 << 20)])
    func size(count: Int, size: Int) throws {
        let padding = [UInt8](repeating: 0xFF, count: count - 512)
        #expect(try ExpansionROM(Self.image(0) + padding).size == size)
    }

    @Test("can have bytes after its last image, which are no images")
    func rest() throws {
        #expect(try ExpansionROM(Self.image(0) + Self.image(3)).images.count == 1)
    }

    @Test("is not what lacks a signature, a data structure, or its end")
    func invalid() {
        func refuse(_ bytes: [UInt8], _ expected: InvalidExpansionROM, at line: SourceLocation = #_sourceLocation) {
            #expect(throws: expected, sourceLocation: line) { try ExpansionROM(bytes) }
        }
        refuse([], .noSignature(offset: 0))
        refuse([0x55, 0xAA], .noSignature(offset: 0))
        refuse([UInt8](repeating: 0xFF, count: 4096), .noSignature(offset: 0))
        refuse(Self.image(0, isLast: false), .noSignature(offset: 512))
        refuse(Self.image(0, isLast: false) + [UInt8](repeating: 0, count: 512), .noSignature(offset: 512))
        refuse(Array(Self.image(0, blocks: 2).dropLast()), .cutOff(image: 1))
        refuse(Self.image(0, isLast: false) + Array(Self.image(3, blocks: 2).dropLast(512)), .cutOff(image: 2))
        var wrong = Self.image(0)
        wrong[0x1C] = 0
        refuse(wrong, .noDataStructure(offset: 0))
        // A data structure past the end, and across it.
        for pointer: (UInt8, UInt8) in [(0xFF, 0xFF), (0xEC, 1), (0, 2)] {
            var wrong = Self.image(0)
            (wrong[0x18], wrong[0x19]) = pointer
            refuse(wrong, .noDataStructure(offset: 0))
        }
        // Of no length, which would go on for ever.
        var endless = Self.image(0, isLast: false)
        endless[0x2C] = 0
        refuse(endless, .noDataStructure(offset: 0))
        refuse(Self.image(0) + [UInt8](repeating: 0, count: 1 << 20), .tooLarge)
    }

    @Test(
        "that is erased has nothing but a size", arguments: [(0, 2048), (-1, 2048), (3000, 4096), (Int.max, 1 << 20)])
    func erased(size: Int, expected: Int) {
        let rom = ExpansionROM(erased: size)
        #expect(rom.size == expected && rom.contents.isEmpty && rom.images.isEmpty)
    }
}
