// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@Suite("The register table")
struct RegisterTableTests {
    static let known: [(name: String, offset: UInt32)] = knownOffsets.split(whereSeparator: \.isWhitespace).map {
        let parts = $0.split(separator: "=")
        return (String(parts[0]), UInt32(parts[1].dropFirst(2), radix: 16)!)
    }
    static let rows = RegisterTable.physical + RegisterTable.virtual

    @Test("names every register of the map, at its offset")
    func everyRegisterIsNamed() {
        #expect(Self.known.count == 470)
        for (name, offset) in Self.known {
            let row = Self.rows.first { "\($0.name)" == name }
            #expect(row?.offset == offset, "\(name)")
        }
    }

    @Test("has a row for every name, and no name that the map does not know")
    func everyNameHasARow() {
        let names = Set(Self.known.map(\.name))
        for name in RegisterName.allCases {
            #expect(names.contains("\(name)"))
            #expect(Self.rows.contains { $0.name == name }, "\(name)")
        }
    }

    @Test("lets no two registers claim one word", arguments: ["physical", "virtual"])
    func wordsAreClaimedOnce(space: String) {
        let rows = space == "physical" ? RegisterTable.physical : RegisterTable.virtual
        var owners: [UInt32: RegisterName] = [:]
        for row in rows where row.coverage != .absent {
            for offset in Self.addresses(of: row) {
                #expect(owners[offset] == nil, "\(row.name) and \(owners[offset]!) at \(String(offset, radix: 16))")
                owners[offset] = row.name
            }
        }
    }

    @Test("keeps registers and aliases word-aligned inside their space")
    func addressesAreInside() {
        for row in RegisterTable.physical {
            #expect(Self.addresses(of: row).allSatisfy { $0 % 4 == 0 && $0 < 0x20000 }, "\(row.name)")
        }
        for row in RegisterTable.virtual {
            #expect(Self.addresses(of: row).allSatisfy { $0 % 4 == 0 && $0 < 0x4000 }, "\(row.name)")
        }
    }

    @Test("agrees with itself about registers that are not on this chip")
    func absentRowsDoNothing() {
        for row in Self.rows {
            #expect((row.access == .absent) == (row.coverage == .absent), "\(row.name)")
            if row.coverage == .absent { #expect(row.reset == 0 && row.writable == 0 && row.aliasCount == 0) }
        }
    }

    @Test("clears by reading only what reading clears, and writes nothing that is read-only")
    func masksFitTheAccess() {
        for row in Self.rows {
            switch row.access {
            case .readOnly: #expect(row.writable == 0 && row.clearedByRead == 0, "\(row.name)")
            case .writeOnly: #expect(row.reset == 0 && row.clearedByRead == 0, "\(row.name)")
            case .writeOneToClear, .writeOneToSet: #expect(row.reset & ~row.writable == 0, "\(row.name)")
            case .readWrite, .readToClear, .absent: break
            }
        }
    }

    @Test("resets no bit of a stored register that a write could not have set")
    func resetsFitTheMasks() {
        for row in Self.rows where row.coverage == .storage && row.access == .readWrite {
            #expect(row.reset & ~row.writable == 0 || row.name == .GCR, "\(row.name)")
        }
    }

    /// The masks of the register test of `ethtool -t` that say which bits must read back what was written. It writes 0 to
    /// TCTL; SWXOFF clears itself.
    @Test(
        "stores the bits that the self-test of Linux writes",
        arguments: [
            (RegisterName.VET, 0xFFFF_FFFF), (.FCAL, 0xFFFF_FFFF), (.FCAH, 0xFFFF), (.FCT, 0xFFFF),
            (.RDBAL, 0xFFFF_FF80), (.RDBAH, 0xFFFF_FFFF), (.RDLEN, 0x000F_FFF0), (.RDT, 0xFFFF),
            (.TDBAL, 0xFFFF_FF80), (.TDBAH, 0xFFFF_FFFF), (.TDLEN, 0x000F_FFF0), (.TDT, 0xFFFF),
            (.FCRTH, 0xFFF0), (.FCTTV, 0xFFFF), (.TIPG, 0x3FFF_FFFF), (.RCTL, 0x04CF_B0FE), (.TCTL, 0xFFBF_FFFF),
            (.RAL, 0xFFFF_FFFF), (.RAH, 0x83FF_FFFF), (.MTA, 0xFFFF_FFFF),
        ] as [(RegisterName, UInt32)])
    func selfTestMasks(name: RegisterName, mask: UInt32) {
        for row in RegisterTable.physical where row.name == name {
            #expect(row.access == .readWrite && row.writable & mask == mask)
        }
    }

    @Test("resets the registers that drivers depend on to what they expect")
    func resetValues() {
        let reset = { (name: RegisterName) in RegisterTable.physical.first { $0.name == name }?.reset }
        #expect(reset(.VET) == 0x8100_8100)
        #expect(reset(.RXPBS) == 0x40)
        #expect(reset(.TXPBS) == 0x28)
        #expect(reset(.SRRCTL) == 0)
        #expect(reset(.EECD)! & 0x200 != 0)
        #expect(reset(.EEMNGCTL)! & 0x40000 != 0)
        #expect(reset(.MDIC) == 0x1000_0000)
        #expect(reset(.TCTL)! & 2 == 0)
        #expect(reset(.LEDCTL) == 0x0706_8302)
    }

    static func addresses(of row: RegisterSpec) -> [UInt32] {
        Array(row.offsets) + (0..<UInt32(row.aliasCount)).map { row.alias + $0 * row.aliasStride }
    }
}
