import PCIe
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
        #expect(bench.value(.MRQC) == 3)
        #expect(bench.value(.VT_CTL) == 0x6000_0000)
        #expect(bench.value(.DTXSWC) == 0x8000_0303)
        #expect(bench.value(.DTXCTL) == 0x4C)
        #expect(bench.value(.RPLOLR) & 1 << 30 != 0)
        #expect(bench.value(.QDE) == 0xFFFF)
        #expect(bench.value(.MBVFIMR) == 0xFF)
    }

    @Test("with all pools off until their VF's driver is there")
    func closed() throws {
        let bench = try Bench(vfs: 8)
        #expect(bench.value(.VFRE) == 0)
        #expect(bench.value(.VFTE) == 0)
        #expect((0..<24).allSatisfy { bench.value(.RAH($0)) == 0 })
    }

    @Test("and lets VFs begin only when everything is set")
    func order() throws {
        let writes = try Bench().function.writes
        let done = try #require(writes.firstIndex { $0.offset == Register.CTRL_EXT.offset && $0.value & 1 << 14 != 0 })
        let reset = try #require(writes.firstIndex { $0.offset == Register.CTRL.offset && $0.value & 1 << 26 != 0 })
        let settings = [Register.MRQC, .VT_CTL, .DTXSWC, .VMOLR(0), .VMOLR(1), .RCTL, .TCTL, .MBVFIMR, .IMS, .EIMS]
        for register in settings {
            let index = try #require(writes.lastIndex { $0.offset == register.offset })
            #expect(reset < index && index < done, "\(register)")
        }
    }

    @Test("with receiving and sending on, and VLANs filtered")
    func traffic() throws {
        let bench = try Bench()
        #expect(bench.value(.RCTL) & (1 << 1 | 1 << 18) == 1 << 1 | 1 << 18)
        #expect(bench.value(.TCTL) & 1 << 1 != 0)
        #expect(bench.value(.CTRL) & 1 << 6 != 0)
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
