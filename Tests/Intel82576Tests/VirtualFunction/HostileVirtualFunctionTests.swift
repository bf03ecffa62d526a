// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// SplitMix64, so that a failure comes back with its seed.
private struct FixedGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

@Suite("A hostile VF") struct HostileVirtualFunctionTests {
    /// Registers of the PF's space that VF `index` may have a hand in.
    private static func isShared(_ entry: RegisterMap.Entry, with index: Int) -> Bool {
        switch entry.name {
        case .RDBAL, .RDBAH, .RDLEN, .SRRCTL, .RDH, .RXCTL, .RDT, .RXDCTL, .RQDPC, .TDBAL, .TDBAH, .TDLEN, .TDH,
            .TXCTL, .TDT, .TXDCTL, .TDWBAL, .TDWBAH:
            Int(entry.element) & 7 == index
        case .VMBMEM: Int(entry.element) / 16 == index
        case .EITR: VirtualInterrupts.mask(index) >> UInt32(entry.element) & 1 == 1
        case .VFMAILBOX, .IVAR, .PSRTYPE, .PVTEICS, .PVTEIMS, .PVTEIMC, .PVTEIAC, .PVTEIAM, .PVTEICR:
            Int(entry.element) == index
        default: false
        }
    }

    /// All words of the register space that VF `index` must not change, as stored, with the bits of shared words that
    /// are not its own.
    private static func foreignState(_ port: Port, _ index: Int) -> [UInt32] {
        let own: UInt32 = 0x1_0001 << UInt32(index)
        return (0..<RegisterMap.wordCount).map { word in
            guard let entry = RegisterMap.shared[word] else { return port.registers[word: word] }
            switch entry.name {
            case .MBVFICR, .VFLRE, .VFRE, .VFTE: return port.registers[word: word] & ~own
            default:
                if isShared(entry, with: index) { return 0 }
                return entry.owner == .interrupts ? port.interrupts.stored(entry) : port.registers[word: word]
            }
        }
    }

    /// Where the foreign state differs from `before`.
    private static func changes(in port: Port, _ index: Int, since before: [UInt32]) -> [String] {
        let after = foreignState(port, index)
        return after.indices.filter { after[$0] != before[$0] }.map { word in
            let entry = RegisterMap.shared[word]
            return String(4 * word, radix: 16) + (entry.map { " \($0.name)[\($0.element)]" } ?? "")
        }
    }

    @Test("writes what it likes where it likes without a trap, and changes nothing of others", arguments: [0, 2, 6])
    func registers(index: Int) {
        let bench = VirtualBench(index)
        let (driver, vf) = (bench.driver, bench.vf)
        let other = driver.makeVirtualFunction(index == 6 ? 5 : index + 1)
        other.start()
        other.enableMSIX()
        other[raw: RDBAL.self] = 0x1000
        driver[raw: VFLRE.self] = 0xFF
        driver[raw: EIMC.self] = .max
        other.host.msix = []
        driver.host.msix = []
        let before = Self.foreignState(driver.port, index)
        let interrupts = (driver.port.interrupts.ims, driver.port.interrupts.eims, driver[raw: EIAC.self])
        var random = FixedGenerator(state: 0x8257_6000 + UInt64(index))
        let widths = [1, 2, 4, 4, 4, 8]
        for _ in 0..<20_000 {
            let width = widths.randomElement(using: &random)!
            // Half of the accesses go to registers that exist.
            let row = RegisterTable.virtual.randomElement(using: &random)!
            let element = Int.random(in: 0..<row.count, using: &random)
            var offset = Int(row.offset) + element * Int(row.stride)
            if Bool.random(using: &random) { offset = Int.random(in: 0..<0x4000, using: &random) }
            offset &= ~(width - 1)
            vf.function.writeBAR(0, at: offset, width: width, random.next())
            _ = vf.function.readBAR(0, at: offset, width: width)
            if random.next() & 0xFF == 0 { driver.port.run() }
        }
        #expect(Self.changes(in: driver.port, index, since: before).isEmpty)
        #expect(
            (driver.port.interrupts.ims, driver.port.interrupts.eims, driver[raw: EIAC.self]) == interrupts)
        #expect(
            other[raw: IVAR.self] == 0x8081 && other[raw: IVAR_MISC.self] == 0x82 && other[raw: PVTEIMS.self] == 7
                && other[raw: PVTEICR.self] == 0)
        #expect(other.host.msix.isEmpty && driver.host.msix.isEmpty && driver.uplink.sent.isEmpty)
    }

    @Test("does the same to its configuration space and its MSI-X table")
    func configuration() {
        let bench = VirtualBench(1)
        let before = Self.foreignState(bench.driver.port, 1)
        var random = FixedGenerator(state: 0x10CA)
        for _ in 0..<5_000 {
            let width = [1, 2, 4].randomElement(using: &random)!
            let offset = Int.random(in: 0..<4096, using: &random) & ~(width - 1)
            bench.vf.function.writeConfiguration(at: offset, width: width, UInt32(truncatingIfNeeded: random.next()))
            bench.vf.function.writeBAR(3, at: offset * 4 & 0x3FF8, width: 8, random.next())
        }
        #expect(bench.vf.function.readConfiguration(at: 0, width: 4) == 0x10CA_8086)
        #expect(bench.vf.function.readBAR(3, at: 0x30, width: 8) == 0)
        #expect(Self.changes(in: bench.driver.port, 1, since: before).isEmpty)
    }
}
