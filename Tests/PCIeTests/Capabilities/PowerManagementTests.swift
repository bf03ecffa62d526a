// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("Power Management capability") struct PowerManagementTests {
    private func makeSpace(capabilities: UInt16 = 0xC823) -> ConfigurationSpace {
        var space = ConfigurationSpace()
        PowerManagement(capabilities: capabilities, figures: [0: 0x1A, 7: 0x05], figureScale: 1)
            .install(in: &space, at: 0x40)
        return space
    }

    private func status(_ space: ConfigurationSpace) -> PowerManagement.ControlStatus {
        PowerManagement.ControlStatus(in: space, at: 0x40)
    }

    @Test("golden bytes")
    func golden() {
        #expect(makeSpace().bytes(at: 0x40, count: 8) == [0x01, 0x00, 0x23, 0xC8, 0x00, 0x20, 0x00, 0x1A])
    }

    @Test("only state, PME_En and Data_Select can be written")
    func masks() {
        #expect(makeSpace().afterWritingOnes(at: 0x40, dwords: 2) == [0xC823_0001, 0x0000_1F03])
    }

    @Test("the function goes to D3hot and back")
    func states() {
        var space = makeSpace()
        #expect(status(space).state == .d0)
        space.write(at: 0x44, width: 1, 3)
        #expect(status(space).state == .d3hot)
        space.write(at: 0x44, width: 1, 0)
        #expect(status(space).state == .d0)
    }

    @Test("a state the function lacks leaves it where it is", arguments: [1, 2], [0, 3] as [UInt32])
    func unsupportedStates(state: UInt32, from old: UInt32) {
        var space = makeSpace()
        space.write(at: 0x44, width: 1, old)
        space.write(at: 0x44, width: 1, state)
        #expect(space.read(at: 0x44, width: 1) == old)
    }

    @Test("D1 and D2 are entered where the function has them")
    func optionalStates() {
        var space = makeSpace(capabilities: 0x0603)
        space.write(at: 0x44, width: 1, 1)
        #expect(status(space).state == .d1)
        space.write(at: 0x44, width: 1, 2)
        #expect(status(space).state == .d2)
    }

    @Test("Data shows the selected figure, and scale and data are zero where there is none")
    func figures() {
        var space = makeSpace()
        space.write(at: 0x44, width: 2, 7 << 9)
        #expect(space.read(at: 0x44, width: 4) == 0x0500_2E00)
        space.write(at: 0x44, width: 2, 1 << 9)
        #expect(space.read(at: 0x44, width: 4) == 0x0000_0200)
        space.write(at: 0x44, width: 2, 0)
        #expect(space.read(at: 0x44, width: 4) == 0x1A00_2000)
    }

    @Test("PME_Status clears by writing one, and both PME bits survive every reset but power-on")
    func pmeContext() {
        var space = makeSpace()
        space.write(at: 0x44, width: 2, 0x0100)
        space.store(UInt16(0xA100), at: 0x44)
        space.reset(.functionLevel)
        space.reset(.conventional)
        #expect(space.read(at: 0x44, width: 2) == 0xA100)
        space.write(at: 0x44, width: 2, 0x8100)
        #expect(space.read(at: 0x44, width: 2) == 0x2100)
        space.reset(.powerOn)
        #expect(space.read(at: 0x44, width: 2) == 0x2000)
    }
}
