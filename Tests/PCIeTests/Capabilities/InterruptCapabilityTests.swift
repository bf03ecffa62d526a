// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("MSI capability") struct MSITests {
    private func makeSpace(vectorCount: Int = 1) -> ConfigurationSpace {
        var space = ConfigurationSpace()
        MSI(vectorCount: vectorCount).install(in: &space, at: 0x50)
        return space
    }

    @Test("golden bytes")
    func golden() {
        #expect(makeSpace().dwords(at: 0x50, count: 6) == [0x0180_0005, 0, 0, 0, 0, 0])
        #expect(makeSpace(vectorCount: 8).dwords(at: 0x50, count: 1) == [0x0186_0005])
    }

    @Test("one vector: enable, dword address, 16 data bits and one mask bit can be written")
    func masks() {
        #expect(
            makeSpace().afterWritingOnes(at: 0x50, dwords: 6) == [0x0181_0005, 0xFFFF_FFFC, 0xFFFF_FFFF, 0xFFFF, 1, 0])
    }

    @Test("more vectors: the granted count and a mask bit for each can be written too")
    func masksOfMoreVectors() {
        let written = makeSpace(vectorCount: 32).afterWritingOnes(at: 0x50, dwords: 6)
        #expect(written == [0x01FB_0005, 0xFFFF_FFFC, 0xFFFF_FFFF, 0xFFFF, 0xFFFF_FFFF, 0])
        #expect(makeSpace(vectorCount: 4).afterWritingOnes(at: 0x60, dwords: 1) == [0xF])
    }

    @Test("live state follows the registers")
    func state() {
        var space = makeSpace()
        #expect(!MSI.Control(in: space, at: 0x50).isEnabled)
        space.write(at: 0x52, width: 2, 0x0001)
        #expect(MSI.Control(in: space, at: 0x50).isEnabled)
    }
}

@Suite("MSI-X capability") struct MSIXTests {
    private func makeSpace() -> ConfigurationSpace {
        var space = ConfigurationSpace()
        MSIX(vectorCount: 10, table: .init(bar: 3, offset: 0), pendingBits: .init(bar: 3, offset: 0x2000))
            .install(in: &space, at: 0x70)
        return space
    }

    @Test("golden bytes")
    func golden() {
        #expect(makeSpace().dwords(at: 0x70, count: 3) == [0x0009_0011, 0x0000_0003, 0x0000_2003])
    }

    @Test("only enable and function mask can be written")
    func masks() {
        #expect(makeSpace().afterWritingOnes(at: 0x70, dwords: 3) == [0xC009_0011, 0x0000_0003, 0x0000_2003])
    }

    @Test("live state follows the register")
    func state() {
        var space = makeSpace()
        space.write(at: 0x73, width: 1, 0x80)
        #expect(MSIX.Control(in: space, at: 0x70).isEnabled)
        #expect(!MSIX.Control(in: space, at: 0x70).isFunctionMasked)
        space.write(at: 0x73, width: 1, 0x40)
        #expect(!MSIX.Control(in: space, at: 0x70).isEnabled)
        #expect(MSIX.Control(in: space, at: 0x70).isFunctionMasked)
    }
}
