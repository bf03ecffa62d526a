// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@testable import Intel82576

@Suite("SR-IOV capability of the physical function") struct SRIOVLayoutTests {
    @Test("it reads as on a card that enabled one VF")
    func golden() throws {
        let macAddress = try #require(MACAddress("00:1b:21:2b:46:e0"))
        var space = PhysicalFunctionConfiguration(macAddress: macAddress, virtualFunctions: 8).space
        for (offset, value) in [(0x184, 0xD284_0000), (0x190, 0xD286_0000), (0x170, 1), (0x168, 9)] {
            space.write(at: offset, width: 4, UInt32(value))
        }
        let read = stride(from: 0x160, to: 0x1A0, by: 4).map { space.read(at: $0, width: 4) }
        #expect(
            read == [
                0x0001_0010, 0, 0x0000_0009, 0x0008_0008, 0x0000_0001, 0x0002_0180, 0x10CA_0000, 0x0000_0553,
                0x0000_0001, 0xD284_0004, 0, 0, 0xD286_0004, 0, 0, 0,
            ])
        #expect(space.read(at: 0x150, width: 4) == 0x1601_000E)
    }
}
