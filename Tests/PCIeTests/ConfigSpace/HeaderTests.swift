// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("Header") struct HeaderTests {
    private static let bars = [
        BAR(0, .memory32, size: 0x2_0000), BAR(1, .io, size: 32), BAR(2, .memory64, size: 0x4000, isPrefetchable: true),
        BAR(5, .memory32, size: 16),
    ]

    private func makeSpace(expansionROMSize: Int = 0) -> ConfigurationSpace {
        var space = ConfigurationSpace()
        var header = Header(
            vendorID: 0x1234, deviceID: 0x5678, revisionID: 0x9A, classCode: 0x02_03_04, subsystemVendorID: 0xAABB,
            subsystemID: 0xCCDD, interruptPin: .b, isMultiFunction: true, baseAddressRegisters: Self.bars,
            commands: [.memorySpace, .busMaster, .interruptDisable])
        header.expansionROMSize = expansionROMSize
        header.install(in: &space)
        return space
    }

    @Test("the bytes are where the specification puts them")
    func golden() {
        #expect(
            makeSpace().dwords(at: 0, count: 16) == [
                0x5678_1234, 0x0000_0000, 0x0203_049A, 0x0080_0000, 0, 1, 0xC, 0,
                0, 0, 0, 0xCCDD_AABB, 0, 0, 0, 0x0000_0200,
            ])
    }

    @Test("only the offered commands, the BAR addresses, cache line size and interrupt line can be written")
    func masks() {
        #expect(
            makeSpace().afterWritingOnes(at: 0, dwords: 16) == [
                0x5678_1234, 0x0000_0406, 0x0203_049A, 0x0080_00FF, 0xFFFE_0000, 0xFFFF_FFE1, 0xFFFF_C00C, 0xFFFF_FFFF,
                0, 0xFFFF_FFF0, 0, 0xCCDD_AABB, 0, 0, 0, 0x0000_02FF,
            ])
    }

    @Test(
        "the base address of an expansion ROM tells its size when ones are written, but for the enable bit",
        arguments: [(2048, 0xFFFF_F801), (128 << 10, 0xFFFE_0001), (1 << 20, 0xFFF0_0001)] as [(Int, UInt32)])
    func expansionROM(size: Int, ones: UInt32) {
        var space = makeSpace(expansionROMSize: size)
        #expect(space.read(at: 0x30, width: 4) == 0)
        space.write(at: 0x30, width: 4, 0xFFFF_F800)
        #expect(space.read(at: 0x30, width: 4) == ones & ~1)
        space.write(at: 0x30, width: 4, .max)
        #expect(space.read(at: 0x30, width: 4) == ones)
        space.write(at: 0x30, width: 4, 0xC780_0001)
        #expect(space.read(at: 0x30, width: 4) == 0xC780_0001)
        space.reset(.functionLevel)
        #expect(space.read(at: 0x30, width: 4) == 0)
    }

    @Test("a BAR reports where software placed it, without its type bits")
    func addresses() {
        var space = makeSpace()
        space.write(at: 0x10, width: 4, 0xE080_1234)
        space.write(at: 0x14, width: 4, 0x0000_1020)
        space.write(at: 0x18, width: 4, 0x0000_8000)
        space.write(at: 0x1C, width: 4, 0x0000_0012)
        #expect(Self.bars[0].address(in: space) == 0xE080_0000)
        #expect(Self.bars[1].address(in: space) == 0x1020)
        #expect(Self.bars[2].address(in: space) == 0x12_0000_8000)
    }

    @Test("every error bit of Status clears by writing one, the interrupt bit does not")
    func status() {
        var space = makeSpace()
        Header.Status.set([.errors, .interrupt], true, in: &space)
        #expect(space.read(at: 6, width: 2) == 0xF908)
        space.write(at: 6, width: 2, 0xFFFF)
        #expect(space.read(at: 6, width: 2) == 0x0008)
        Header.Status.set(.interrupt, false, in: &space)
        #expect(space.read(at: 6, width: 2) == 0)
    }

    @Test("Command reads as the bits that were set")
    func command() {
        var space = makeSpace()
        space.write(at: 4, width: 2, 0x0006)
        #expect(Header.Command(in: space) == [.memorySpace, .busMaster])
    }
}
