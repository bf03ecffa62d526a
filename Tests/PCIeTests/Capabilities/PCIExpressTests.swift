// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("PCI Express capability") struct PCIExpressTests {
    private func makeSpace(deviceCapabilities: UInt32 = 0x1000_8CC2) -> ConfigurationSpace {
        var space = ConfigurationSpace()
        PCIExpress(
            deviceCapabilities: deviceCapabilities, deviceControl: 0x2810, deviceStatus: 0x0010,
            linkCapabilities: 0x0003_6C41, linkStatus: 0x1041, deviceCapabilities2: 0x1F
        ).install(in: &space, at: 0xA0)
        return space
    }

    @Test("golden bytes")
    func golden() {
        #expect(
            makeSpace().dwords(at: 0xA0, count: 15) == [
                0x0002_0010, 0x1000_8CC2, 0x0010_2810, 0x0003_6C41, 0x1041_0000, 0, 0, 0, 0, 0x1F, 0, 0, 0, 0, 0,
            ])
    }

    @Test("controls can be written, FLR and what the function does not offer read zero")
    func masks() {
        #expect(
            makeSpace().afterWritingOnes(at: 0xA0, dwords: 15) == [
                0x0002_0010, 0x1000_8CC2, 0x0010_7CFF, 0x0003_6C41, 0x1041_00CB, 0, 0, 0, 0, 0x1F, 0x1F, 0, 0, 0, 0,
            ])
    }

    @Test("extended tags and phantom functions can be enabled where they are offered")
    func optionalControls() {
        let space = makeSpace(deviceCapabilities: 0x1000_8CC2 | 0x28)
        #expect(space.afterWritingOnes(at: 0xA8, dwords: 1) == [0x0010_7FFF])
    }

    @Test(
        "a function level reset is a one written to Device Control bit 15",
        arguments: [
            (0xA8, 2, 0x8000, true), (0xA8, 4, 0x0000_8000, true), (0xA9, 1, 0x80, true), (0xA6, 4, 0x8000_0000, true),
            (0xA8, 2, 0x7FFF, false), (0xA8, 1, 0x8000, false), (0xAA, 2, 0x8000, false), (0x08, 2, 0x8000, false),
        ] as [(Int, Int, UInt32, Bool)])
    func functionLevelReset(offset: Int, width: Int, value: UInt32, expected: Bool) {
        let write = ConfigurationWrite(at: offset, width: width, value)
        #expect(PCIExpress.isFunctionLevelReset(write, at: 0xA0) == expected)
        var space = makeSpace()
        space.apply(write)
        #expect(space.read(at: 0xA9, width: 1) & 0x80 == 0)
    }

    @Test("a function level reset keeps payload size and link control")
    func keptByReset() {
        var space = makeSpace()
        space.write(at: 0xA8, width: 2, 0x5837)
        space.write(at: 0xB0, width: 2, 0x0042)
        space.reset(.functionLevel)
        #expect(space.read(at: 0xA8, width: 2) == 0x2830)
        #expect(space.read(at: 0xB0, width: 2) == 0x0042)
        space.reset(.conventional)
        #expect(space.read(at: 0xA8, width: 2) == 0x2810)
        #expect(space.read(at: 0xB0, width: 2) == 0)
    }

    @Test("error bits of Device Status clear by writing one, auxiliary power stays")
    func deviceStatus() {
        var space = makeSpace()
        space.store(UInt16(0x0019), at: 0xAA)
        #expect(space.read(at: 0xAA, width: 2) == 0x0019)
        space.write(at: 0xAA, width: 2, 0x0018)
        #expect(space.read(at: 0xAA, width: 2) == 0x0011)
    }
}
