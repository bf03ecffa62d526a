// SPDX-License-Identifier: Apache-2.0

import PCIe
import Intel82576
import Testing

@testable import EmbeddedDriver

@Suite("The embedded driver starts a physical function") struct StartTests {
    @Test("with bus mastering, MSI-X and its VFs on in configuration space")
    func configuration() throws {
        let bench = try Bench(vfs: 5)
        #expect(bench.function.readConfiguration(at: 0x04, width: 2) == 0x0406)
        #expect(bench.function.readConfiguration(at: 0x72, width: 2) & 0x8000 != 0)
        #expect(bench.function.readConfiguration(at: 0x170, width: 2) == 5)
        #expect(bench.function.readConfiguration(at: 0x168, width: 2) == 0x0009)
        #expect(bench.function.vectorTable[12] == 0)
    }

    @Test("in pools without a default one, switched on the chip")
    func pools() throws {
        let bench = try Bench()
        #expect(bench[MRQC.self].raw == 3)
        #expect(bench[VT_CTL.self].raw == 0x6000_0000)
        #expect(bench[DTXSWC.self].raw == 0x8000_0303)
        #expect(bench[DTXCTL.self].raw == 0x4C)
        #expect(bench[RPLOLR.self].raw & 1 << 30 != 0)
        #expect(bench[QDE.self].raw == 0xFFFF)
        #expect(bench[MBVFIMR.self].raw == 0xFF)
    }

    @Test("with all pools off until their VF's driver is there")
    func closed() throws {
        let bench = try Bench(vfs: 8)
        #expect(bench[VFRE.self].raw == 0)
        #expect(bench[VFTE.self].raw == 0)
        #expect((0..<24).allSatisfy { bench[RAH.self, $0].raw == 0 })
    }

    @Test("and lets VFs begin only when everything is set")
    func order() throws {
        let writes = try Bench().function.writes
        let done = try #require(
            writes.firstIndex { $0.offset == CTRL_EXT.offset && CTRL_EXT(raw: $0.value).isPhysicalFunctionReady })
        let reset = try #require(writes.firstIndex { $0.offset == CTRL.offset && CTRL(raw: $0.value).resets })
        let settings = [
            MRQC.offset, VT_CTL.offset, DTXSWC.offset, VMOLR.offset, VMOLR.offset(of: 1), RCTL.offset, TCTL.offset,
            MBVFIMR.offset, IMS.offset, EIMS.offset,
        ]
        for offset in settings {
            let index = try #require(writes.lastIndex { $0.offset == offset })
            #expect(reset < index && index < done, "\(String(offset, radix: 16))")
        }
    }

    @Test("with receiving and sending on, and VLANs filtered")
    func traffic() throws {
        let bench = try Bench()
        #expect(bench[RCTL.self].raw & (1 << 1 | 1 << 18) == 1 << 1 | 1 << 18)
        #expect(bench[TCTL.self].raw & 1 << 1 != 0)
        #expect(bench[CTRL.self].raw & 1 << 6 != 0)
        #expect(bench.pools(inVLAN: 0) == 0b11)
    }

    @Test("but not one that cannot have the VFs")
    func refusal() throws {
        let settings = [VFSettings](repeating: VFSettings(address: address(1)), count: 3)
        func error(_ function: ScriptedFunction) -> StartError? {
            #expect(throws: StartError.self) { try Bench(settings, function: function) }
        }
        #expect(error(ScriptedFunction(hasSRIOV: false)) == .noCapability)
        #expect(error(ScriptedFunction(totalVFs: 2)) == .tooFewVFs(2))
        let stubborn = ScriptedFunction()
        stubborn.refusesVFs = true
        #expect(error(stubborn) == .notEnabled)
        #expect(stubborn.host == nil)
    }

    @Test("and does nothing while the device is quiet")
    func quiet() throws {
        let bench = try Bench()
        let writes = bench.function.writes.count
        #expect(!bench.driver.hasWork)
        bench.driver.service()
        #expect(bench.function.writes.count == writes)
        #expect(bench.driver.nextDeadline == nil)
    }
}
