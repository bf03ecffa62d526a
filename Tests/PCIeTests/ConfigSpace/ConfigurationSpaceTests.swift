// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("Configuration space") struct ConfigurationSpaceTests {
    /// One register of each kind at 0x40: RW, RW1C, sticky RW, RW kept by FLR, read-only.
    private func makeSpace() -> ConfigurationSpace {
        var space = ConfigurationSpace()
        space.define(at: 0x40, UInt8(0x5A), writable: 0x0F)
        space.define(at: 0x41, UInt8(0xF0), clearedByOne: 0xC0)
        space.define(at: 0x42, UInt8(0x00), writable: 0xFF, sticky: 0x0F)
        space.define(at: 0x43, UInt8(0x00), writable: 0xFF, keptByFLR: 0xF0)
        space.define(at: 0xFFC, UInt32(0x4433_2211), writable: .max)
        return space
    }

    @Test("bytes come back least significant first, at any alignment and width")
    func reads() {
        let space = makeSpace()
        #expect(space.read(at: 0x40, width: 4) == 0x0000_F05A)
        #expect(space.read(at: 0x41, width: 2) == 0x00F0)
        #expect(space.read(at: 0x3F, width: 4) == 0x00F0_5A00)
        #expect(space.read(at: 0x41, width: 1) == 0xF0)
    }

    @Test("what lies outside the space reads as zero")
    func readsOutside() {
        let space = makeSpace()
        #expect(space.read(at: 0xFFE, width: 4) == 0x0000_4433)
        #expect(space.read(at: 0xFFF, width: 2) == 0x44)
        for offset in [0x1000, Int.max, -1, -4, Int.min] { #expect(space.read(at: offset, width: 4) == 0) }
    }

    @Test("a write past the end keeps the part inside", arguments: [0xFFE, 0xFFF])
    func writesAcrossTheEnd(offset: Int) {
        var space = makeSpace()
        space.write(at: offset, width: 4, 0xDDCC_BBAA)
        #expect(space.read(at: offset, width: 1) == 0xAA)
        #expect(space.read(at: 0xFFC, width: 2) == 0x2211)
    }

    @Test("a write outside the space changes nothing", arguments: [0x1000, Int.max, -1, -3, Int.min])
    func writesOutside(offset: Int) {
        var space = makeSpace()
        space.write(at: offset, width: 4, .max)
        #expect(space.image == makeSpace().image)
    }

    @Test("a width that is none of 1, 2 and 4 does not trap", arguments: [Int.min, -1, 0, 3, 8, Int.max])
    func strangeWidths(width: Int) {
        var space = makeSpace()
        space.write(at: 0xFFC, width: width, 0)
        #expect(space.read(at: 0xFFC, width: width) == 0)
        #expect(space.read(at: 0xFFC, width: 4) == (width <= 0 ? 0x4433_2211 : width == 3 ? 0x4400_0000 : 0))
    }

    @Test("a write changes the writable bits and no other")
    func writeMask() {
        var space = makeSpace()
        space.write(at: 0x40, width: 1, 0xFF)
        #expect(space.read(at: 0x40, width: 1) == 0x5F)
        space.write(at: 0x40, width: 1, 0x00)
        #expect(space.read(at: 0x40, width: 1) == 0x50)
    }

    @Test("a one clears a write-one-to-clear bit, a zero leaves it")
    func writeOneToClear() {
        var space = makeSpace()
        space.write(at: 0x41, width: 1, 0x70)
        #expect(space.read(at: 0x41, width: 1) == 0xB0)
        space.write(at: 0x41, width: 1, 0x00)
        #expect(space.read(at: 0x41, width: 1) == 0xB0)
    }

    @Test(
        "each reset keeps the bits that are due",
        arguments: [
            (ConfigurationSpace.Reset.powerOn, 0x0000_F05A as UInt32),
            (.conventional, 0x000F_F05A),
            (.functionLevel, 0xF00F_F05A),
        ])
    func resets(reset: ConfigurationSpace.Reset, expected: UInt32) {
        var space = makeSpace()
        space.write(at: 0x40, width: 4, .max)
        #expect(space.read(at: 0x40, width: 4) == 0xFFFF_305F)
        space.reset(reset)
        #expect(space.read(at: 0x40, width: 4) == expected)
    }

    @Test("the function itself can set a read-only register, until reset")
    func stores() {
        var space = makeSpace()
        space.store(UInt16(0xBEEF), at: 0x50)
        space.write(at: 0x50, width: 2, 0)
        #expect(space.load(at: 0x50, as: UInt16.self) == 0xBEEF)
        space.reset(.functionLevel)
        #expect(space.load(at: 0x50, as: UInt16.self) == 0)
    }

    @Test("a write sets a register's bit only if it reaches that bit")
    func writesOfBits() {
        #expect(ConfigurationWrite(at: 0xA8, width: 4, 0x8000).setsBit(15, ofRegisterAt: 0xA8))
        #expect(ConfigurationWrite(at: 0xA9, width: 1, 0x80).setsBit(15, ofRegisterAt: 0xA8))
        #expect(!ConfigurationWrite(at: 0xA8, width: 1, 0x8000).setsBit(15, ofRegisterAt: 0xA8))
        #expect(!ConfigurationWrite(at: 0xA8, width: 2, 0x7FFF).setsBit(15, ofRegisterAt: 0xA8))
        #expect(!ConfigurationWrite(at: Int.max, width: 4, .max).setsBit(15, ofRegisterAt: 0xA8))
    }
}
