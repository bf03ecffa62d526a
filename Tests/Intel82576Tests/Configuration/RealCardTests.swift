// SPDX-License-Identifier: Apache-2.0

import Intel82576
import PCIe
import Testing

/// Compared with port 0 of an 82576 ET dual-port adapter (8086:10C9, subsystem 8086:A03C, revision 1) under Linux, with
/// SR-IOV enabled in its BIOS: the values below are that card's, read with `lspci -xxxx`.
@Suite("A real card") struct RealCardTests {
    /// All dwords that are not zero.
    private static let card: [Int: UInt32] = [
        0x000: 0x10C9_8086, 0x004: 0x0010_0407, 0x008: 0x0200_0001, 0x00C: 0x0080_0010,
        0x010: 0xE080_0000, 0x014: 0xE000_0000, 0x018: 0x0000_1021, 0x01C: 0xE084_0000,
        0x02C: 0xA03C_8086, 0x030: 0xC780_0000, 0x034: 0x0000_0040, 0x03C: 0x0000_010B,
        0x040: 0xC823_5001, 0x044: 0x1A00_2000,
        0x050: 0x0180_7005,
        0x070: 0x8009_A011, 0x074: 0x0000_0003, 0x078: 0x0000_2003,
        0x0A0: 0x0002_0010, 0x0A4: 0x1000_8CC2, 0x0A8: 0x0019_2830, 0x0AC: 0x0003_6C41, 0x0B0: 0x1041_0042,
        0x0C4: 0x0000_001F,
        0x0E0: 0x0000_0003,
        0x100: 0x1401_0001, 0x10C: 0x0006_2011, 0x110: 0x0000_2000, 0x114: 0x0000_2000,
        0x140: 0x1501_0003, 0x144: 0xFF2B_46E0, 0x148: 0x001B_21FF,
        0x150: 0x1601_000E, 0x154: 0x0000_0100,
        0x160: 0x0001_0010, 0x168: 0x0000_0009, 0x16C: 0x0008_0008, 0x170: 0x0000_0001, 0x174: 0x0002_0180,
        0x178: 0x10CA_0000, 0x17C: 0x0000_0553, 0x180: 0x0000_0001, 0x184: 0xD284_0004, 0x190: 0xD286_0004,
    ]

    /// Where this function is meant to differ, and what it reads instead.
    private static let differences: [Int: (value: UInt32, reason: String)] = [
        0x00C: (0x0000_0010, "there is one port: not a multi-function device"),
        0x030: (0x0000_0000, "no expansion ROM was given"),
        0x0AC: (0x0203_6C41, "the port number comes from the slot"),
        0x0E0: (0x0000_0000, "no VPD; on the card it is outside the chain too"),
        0x154: (0x0000_0000, "there is no next function"),
    ]

    /// What firmware and Linux wrote to the card, and the errors it had seen since.
    private func makeAsOnCard() throws -> PhysicalFunctionConfiguration {
        var configuration = PhysicalFunctionConfiguration(
            macAddress: try #require(MACAddress("00:1b:21:2b:46:e0")), virtualFunctions: 8)
        for offset in [0x10, 0x14, 0x18, 0x1C, 0x30] {
            _ = configuration.write(at: offset, width: 4, Self.card[offset] ?? 0)
        }
        for (offset, width, value) in [(0x04, 2, 0x0407), (0x0C, 1, 0x10), (0x3C, 1, 0x0B), (0x72, 2, 0x8009)] {
            _ = configuration.write(at: offset, width: width, UInt32(value))
        }
        _ = configuration.write(at: 0xA8, width: 2, 0x2830)
        _ = configuration.write(at: 0xB0, width: 2, 0x0042)
        for offset in [0x184, 0x190, 0x170, 0x168] {
            _ = configuration.write(at: offset, width: 4, Self.card[offset] ?? 0)
        }
        // Errors that the card had seen: correctable, unsupported request; advisory non-fatal.
        configuration.space.store(UInt16(0x0019), at: 0xAA)
        configuration.space.store(UInt32(0x2000), at: 0x110)
        return configuration
    }

    @Test("every dword reads as on the card, but for the differences that are meant")
    func dwords() throws {
        let configuration = try makeAsOnCard()
        for offset in stride(from: 0, to: 0x1000, by: 4) {
            let (value, reason) = Self.differences[offset] ?? (Self.card[offset] ?? 0, "as on the card")
            let read = configuration.read(at: offset, width: 4)
            #expect(read == value, "at \(String(offset, radix: 16)): \(String(read, radix: 16)); \(reason)")
        }
    }

    @Test("each difference is one")
    func differences() {
        for (offset, difference) in Self.differences { #expect(difference.value != Self.card[offset] ?? 0) }
    }
}
