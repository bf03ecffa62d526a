// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("SR-IOV capability") struct SRIOVTests {
    private static let bars = [BAR(0, .memory64, size: 0x4000), BAR(3, .memory64, size: 0x4000)]

    private func makeSpace() -> ConfigurationSpace {
        var space = ConfigurationSpace()
        SRIOV(
            totalVFs: 8, firstVFOffset: (withoutARI: 0x180, withARI: 0x80), vfStride: 2, vfDeviceID: 0x10CA,
            supportedPageSizes: 0x553, baseAddressRegisters: Self.bars
        ).install(in: &space, at: 0x100)
        return space
    }

    private func control(_ space: ConfigurationSpace) -> SRIOV.Control { SRIOV.Control(in: space, at: 0x100) }

    @Test("golden bytes")
    func golden() {
        #expect(
            makeSpace().dwords(at: 0x100, count: 16) == [
                0x0001_0010, 0, 0, 0x0008_0008, 0, 0x0002_0180, 0x10CA_0000, 0x0000_0553,
                0x0000_0001, 0x0000_0004, 0, 0, 0x0000_0004, 0, 0, 0,
            ])
    }

    @Test("control, NumVFs, page size and VF BARs can be written, and the VF BARs tell the size of one VF's window")
    func masks() {
        var space = makeSpace()
        space.write(at: 0x108, width: 4, ~1)
        space.write(at: 0x124, width: 4, .max)
        space.write(at: 0x128, width: 4, .max)
        space.write(at: 0x130, width: 4, .max)
        space.write(at: 0x110, width: 4, .max)
        #expect(
            space.dwords(at: 0x108, count: 12) == [
                0x0000_0018, 0x0008_0008, 0x0000_FFFF, 0x0002_0080, 0x10CA_0000, 0x0000_0553,
                0x0000_0001, 0xFFFF_C004, 0xFFFF_FFFF, 0, 0xFFFF_C004, 0,
            ])
        for offset in [0x12C, 0x138, 0x13C, 0x11C, 0x10C] {
            let before = space.read(at: offset, width: 4)
            space.write(at: offset, width: 4, .max)
            #expect(space.read(at: offset, width: 4) == before)
        }
    }

    @Test("the first VF is nearer with ARI")
    func firstOffset() {
        var space = makeSpace()
        #expect(space.read(at: 0x114, width: 2) == 0x0180)
        space.write(at: 0x108, width: 2, 0x0010)
        #expect(space.read(at: 0x114, width: 2) == 0x0080)
        space.reset(.functionLevel)
        #expect(space.read(at: 0x114, width: 2) == 0x0180)
    }

    @Test("while VFs are enabled, their number, the page size and ARI stay")
    func locked() {
        var space = makeSpace()
        space.write(at: 0x110, width: 2, 3)
        space.write(at: 0x108, width: 2, 0x0019)
        #expect(control(space).isEnabled && control(space).isMemoryEnabled && control(space).isARIHierarchy)
        space.write(at: 0x110, width: 2, 5)
        space.write(at: 0x120, width: 4, 0x10)
        space.write(at: 0x108, width: 2, 0x0001)
        #expect(SRIOV.vfCount(in: space, at: 0x100) == 3)
        #expect(SRIOV.systemPageSize(in: space, at: 0x100) == 4096)
        #expect(control(space).isARIHierarchy && !control(space).isMemoryEnabled)
        space.write(at: 0x108, width: 2, 0)
        space.write(at: 0x110, width: 2, 5)
        #expect(SRIOV.vfCount(in: space, at: 0x100) == 5)
    }

    @Test("more VFs than there are cannot be enabled", arguments: [(8, true), (9, false), (0xFFFF, false), (0, true)])
    func tooMany(count: UInt32, expected: Bool) {
        var space = makeSpace()
        space.write(at: 0x110, width: 2, count)
        space.write(at: 0x108, width: 2, 0x0009)
        #expect(control(space).isEnabled == expected)
        #expect(control(space).isMemoryEnabled)
    }

    @Test("a reset removes the VFs", arguments: [ConfigurationSpace.Reset.functionLevel, .conventional, .powerOn])
    func reset(reset: ConfigurationSpace.Reset) {
        var space = makeSpace()
        space.write(at: 0x110, width: 2, 8)
        space.write(at: 0x108, width: 2, 0x0019)
        space.reset(reset)
        #expect(space.image == makeSpace().image)
        space.write(at: 0x110, width: 2, 2)
        #expect(SRIOV.vfCount(in: space, at: 0x100) == 2)
    }

    @Test("a page larger than a window widens the window of each VF")
    func pageSizes() {
        var space = makeSpace()
        space.write(at: 0x124, width: 4, 0xE000_4000)
        #expect(SRIOV.address(of: Self.bars[0], ofVF: 2, in: space, at: 0x100) == 0xE000_C000)
        space.write(at: 0x120, width: 4, 0x10)
        #expect(space.read(at: 0x124, width: 4) == 0xE000_0004)
        space.write(at: 0x124, width: 4, .max)
        #expect(space.read(at: 0x124, width: 4) == 0xFFFF_0004)
        space.write(at: 0x124, width: 4, 0xE001_0000)
        space.write(at: 0x128, width: 4, 0x0000_0001)
        #expect(SRIOV.address(of: Self.bars[0], ofVF: 2, in: space, at: 0x100) == 0x1_E003_0000)
        space.write(at: 0x120, width: 4, 1)
        space.write(at: 0x124, width: 4, .max)
        #expect(space.read(at: 0x124, width: 4) == 0xFFFF_C004)
    }

    @Test("a page size of nothing is 4 KiB")
    func noPageSize() {
        var space = makeSpace()
        space.write(at: 0x120, width: 4, 0)
        #expect(SRIOV.systemPageSize(in: space, at: 0x100) == 4096)
    }
}
