// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Reset of a VF") struct VirtualFunctionResetTests {
    enum Kind: CaseIterable {
        case register, mirror, functionLevel, conventional, clientLeft, clientReplaced
    }

    private func reset(_ kind: Kind, _ bench: VirtualBench) {
        let vf = bench.vf
        switch kind {
        case .register: vf[0] = 1 << 26
        case .mirror: bench.driver[raw: PVTCTRL.self, bench.index] = 1 << 26
        case .functionLevel: vf.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        case .conventional: vf.function.reset()
        case .clientLeft: vf.function.detach()
        case .clientReplaced: vf.function.attach(TestHost())
        }
    }

    /// Registers of the VF that a driver can leave something in.
    private static let written: [Int] =
        Array(stride(from: 0x800, to: 0x840, by: 4)) + [0xF0C, 0x152C, 0x1530, 0x1524, 0x1680, 0x1684, 0x1688, 0x1700]
        + [0x1740, 0xC40]
        + [0x2800, 0x2900].flatMap { block in [0, 4, 8, 0xC, 0x10, 0x14, 0x18, 0x28].map { block + $0 } }
        + [0x3800, 0x3900].flatMap { block in [0, 4, 8, 0x10, 0x14, 0x18, 0x28, 0x38, 0x3C].map { block + $0 } }

    private static let readable = written + [0x1520, 0x1528, 0x1580, 0x2830, 0x2930]

    private func contents(_ vf: TestVirtualFunction) -> [UInt32] { Self.readable.map { vf[$0] } }

    @Test("leaves nothing of the past to read", arguments: Kind.allCases)
    func nothingLeft(kind: Kind) {
        let bench = VirtualBench()
        reset(.conventional, bench)
        let fresh = contents(bench.vf)
        for offset in Self.written { bench.vf[offset] = 0xFFFF_FF87 }
        bench.vf[raw: PVTEICS.self] = 7
        bench.driver.port.registers[RQDPC.self, bench.index].raw += 5
        bench.driver[raw: PFMAILBOX.self, bench.index] = 3
        reset(kind, bench)
        #expect(contents(bench.vf) == fresh)
        #expect(bench.driver.port.transmit.doorbells == 0)
    }

    @Test("switches both queues and the pool off, and tells the PF", arguments: Kind.allCases)
    func announced(kind: Kind) {
        let bench = VirtualBench()
        bench.driver[raw: VFRE.self] = 0xFF
        bench.driver[raw: VFTE.self] = 0xFF
        for enable in [0x2828, 0x2928, 0x3828, 0x3928] { bench.vf[enable] = 1 << 25 }
        reset(kind, bench)
        for enable in [0xC0A8, 0xC2A8, 0xE0A8, 0xE2A8] { #expect(bench.driver[enable] & 1 << 25 == 0) }
        #expect(bench.driver[raw: VFRE.self] == 0xFB && bench.driver[raw: VFTE.self] == 0xFB)
        #expect(bench.driver[raw: VFLRE.self] == 4)
        #expect(bench.driver.host.msix == [0])
        #expect(bench.driver[raw: ICR.self] & 1 << 8 != 0)
        bench.driver[raw: VFLRE.self] = 4
        #expect(bench.driver[raw: VFLRE.self] == 0)
    }

    @Test("disables queue 0 of VF 0, which starts enabled in the hands of the PF")
    func queueZero() {
        let bench = VirtualBench(0)
        bench.vf[0] = 1 << 26
        #expect(bench.vf[raw: RXDCTL.self] == 0x0001_0000 && bench.vf[raw: TXDCTL.self] == 0)
    }

    @Test("does not touch another VF, the PF or RSTI", arguments: Kind.allCases)
    func others(kind: Kind) {
        let bench = VirtualBench()
        let other = bench.driver.makeVirtualFunction(3)
        other.start()
        other.enableMSIX()
        for offset in Self.written { other[offset] = 0x0123_4507 }
        let ring = bench.driver.makeReceiveRing(7)
        let before = Self.written.map { other[$0] }
        reset(kind, bench)
        #expect(Self.written.map { other[$0] } == before)
        #expect(
            bench.driver[raw: RDBAL.self, 7] == UInt32(ring.base) && bench.driver[raw: RXDCTL.self, 7] & 1 << 25 != 0)
        #expect(bench.driver[raw: EIMS.self] & 0xE == 0xE)
        #expect(bench.vf[raw: VFMAILBOX.self] & 0xC0 == 0)
    }

    @Test("is not announced while the VF does not exist")
    func absent() {
        let driver = TestDriver(virtualFunctions: 8)
        let ring = driver.makeReceiveRing(1)
        let vf = driver.makeVirtualFunction(1)
        vf.function.reset()
        vf.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(
            driver[raw: VFLRE.self] == 0 && driver[raw: RDBAL.self, 1] == UInt32(ring.base)
                && driver[raw: VFRE.self] == 0xFF)
    }

    @Test("a driver's reset keeps the counters, as a zero would look like a wrap; a new client finds zeros")
    func counters() {
        let bench = VirtualBench()
        bench.driver.port.registers[PFVFGPRC.self, 2].raw += 9
        for kind in [Kind.register, .mirror, .functionLevel, .conventional] {
            reset(kind, bench)
            #expect(bench.vf[raw: PFVFGPRC.self] == 9)
        }
        reset(.clientReplaced, bench)
        #expect(bench.vf[raw: PFVFGPRC.self] == 0)
    }

    @Test("the PF's CTRL.RST keeps the counters of a VF too; its FLR, after which VFs appear anew, does not")
    func countersOverPFReset() {
        let bench = VirtualBench()
        let offsets = [0xF10, 0xF14, 0xF18, 0xF34, 0xF3C, 0xF40, 0xF44, 0xF48, 0xF50]
        for offset in offsets { bench.driver.port.registers[word: (0x10200 + offset - 0xF00) / 4] += UInt32(offset) }
        bench.driver[0] = 1 << 26
        #expect(offsets.map { bench.vf[$0] } == offsets.map { UInt32($0) })
        bench.driver.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        bench.driver.function.writeConfiguration(at: 4, width: 2, 6)
        #expect(offsets.allSatisfy { bench.driver[0x10200 + $0 - 0xF00] == 0 })
    }

    @Test("FLR switches MSI-X and bus mastering off and masks the vectors; VTCTRL leaves them alone")
    func configuration() {
        let bench = VirtualBench()
        bench.vf.function.writeBAR(3, at: 0xC, width: 4, 0)
        bench.vf[0] = 1 << 26
        #expect(bench.vf.function.readConfiguration(at: 4, width: 2) == 6)
        #expect(
            bench.vf.function.readBAR(3, at: 0xC, width: 4) == 0 && bench.driver.port.functions.owners.isMaster(of: 2))
        bench.vf.function.writeConfiguration(at: 0xA8, width: 2, 0x8000)
        #expect(bench.vf.function.readConfiguration(at: 4, width: 2) == 0)
        #expect(bench.vf.function.readConfiguration(at: 0x72, width: 2) == 2)
        #expect(
            bench.vf.function.readBAR(3, at: 0xC, width: 4) == 1 && !bench.driver.port.functions.owners.isMaster(of: 2))
    }

    @Test("a PF without interest in the VF is not interrupted, until it unmasks the VF")
    func masked() {
        let bench = VirtualBench()
        bench.driver[raw: MBVFIMR.self] = 0xFB
        bench.vf[0] = 1 << 26
        #expect(bench.driver[raw: VFLRE.self] == 4 && bench.driver.host.msix.isEmpty)
        bench.driver[raw: MBVFIMR.self] = 0xFF
        #expect(bench.driver.host.msix == [0])
    }
}
