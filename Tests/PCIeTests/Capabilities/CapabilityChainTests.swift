// SPDX-License-Identifier: Apache-2.0

import PCIe
import Testing

@Suite("Capability chains") struct CapabilityChainTests {
    @Test("capabilities are chained in the order they are installed")
    func standard() {
        var space = ConfigurationSpace()
        #expect(space.read(at: 0x34, width: 1) == 0)
        MSI(vectorCount: 1).install(in: &space, at: 0x80)
        PowerManagement(capabilities: 3).install(in: &space, at: 0x40)
        #expect(space.read(at: 0x34, width: 1) == 0x80)
        #expect(space.bytes(at: 0x80, count: 2) == [0x05, 0x40])
        #expect(space.bytes(at: 0x40, count: 2) == [0x01, 0x00])
        #expect(Header.Status(in: space) == .capabilities)
    }

    @Test("extended capabilities form a chain of their own from 0x100")
    func extended() {
        var space = ConfigurationSpace()
        ARI(nextFunction: 0).install(in: &space, at: 0x100)
        PowerManagement(capabilities: 3).install(in: &space, at: 0x40)
        SerialNumber(0).install(in: &space, at: 0xFF0)
        #expect(space.read(at: 0x100, width: 4) == 0xFF01_000E)
        #expect(space.read(at: 0xFF0, width: 4) == 0x0001_0003)
        #expect(space.read(at: 0x34, width: 2) == 0x40)
    }

    @Test("a space without capabilities says so")
    func empty() {
        #expect(!Header.Status(in: ConfigurationSpace()).contains(.capabilities))
    }

    @Test("the chain survives writes and resets")
    func unchangeable() {
        var space = ConfigurationSpace()
        PowerManagement(capabilities: 3).install(in: &space, at: 0x40)
        ARI(nextFunction: 1).install(in: &space, at: 0x100)
        SerialNumber(0).install(in: &space, at: 0x140)
        let image = space.image
        for offset in [0x34, 0x40, 0x100, 0x140] { space.write(at: offset, width: 4, 0) }
        #expect(space.image == image)
        space.reset(.powerOn)
        #expect(space.image == image)
    }
}
