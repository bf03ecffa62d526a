// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("The fields of registers")
struct RegisterFieldTests {
    static let withFields = RegisterName.allCases.filter { !RegisterTable.fields(of: $0).isEmpty }

    @Test("are there for every register of several fields that does something")
    func coverage() {
        #expect(Self.withFields.count > 110)
        for name in [RegisterName.CTRL, .STATUS, .ICR, .IMC, .EIMS, .RCTL, .TXDCTL, .EEWR, .PVTSTATUS, .LEDCTL] {
            #expect(RegisterTable.fields(of: name).count > 1, "\(name)")
        }
    }

    @Test("lie apart within the register's 32 bits, from the lowest on, and have a name of their own and a meaning")
    func places() {
        for name in Self.withFields {
            let fields = RegisterTable.fields(of: name)
            #expect(Set(fields.map { "\($0.name)" }).count == fields.count, "\(name)")
            #expect(fields.allSatisfy { "\($0.meaning)" != "" && (0...31).contains($0.bits.upperBound) }, "\(name)")
            for (field, next) in zip(fields, fields.dropFirst()) {
                #expect(field.bits.upperBound < next.bits.lowerBound, "\(name).\(next.name)")
            }
        }
    }

    @Test("are where the properties of the register types have them")
    func properties() {
        var control = SRRCTL(raw: 0)
        control.packetBufferSize = 5 << 10
        control.format = .splitAlways
        control.dropsWhenEmpty = true
        let values = RegisterTable.fieldValues(of: .SRRCTL, control.raw).map { ("\($0.field.name)", $0.value) }
        #expect(values.map(\.0) == ["BSIZEPACKET", "BSIZEHEADER", "RDMTS", "DESCTYPE", "Drop_En"])
        #expect(values.map(\.1) == [5, 0, 0, 5, 1])
    }

    @Test("of what a VF sees are those of the physical register behind it")
    func virtualFunctions() {
        for row in RegisterTable.virtual {
            #expect(RegisterTable.fields(of: row.name).map(\.bits) == row.fields.map(\.bits), "\(row.name)")
        }
        #expect(RegisterTable.text(of: .VTCTRL, value: 1 << 26) == "VTCTRL 0x04000000: RST")
        #expect(RegisterTable.text(of: .VTEITR, value: 648) == "VTEITR 0x00000288: Interval=0xA2")
        #expect(RegisterTable.text(of: .VTIVAR_MISC, value: 0x82).hasSuffix(": INT_Alloc[32]=2 INT_Alloc_val[32]"))
    }

    @Test(
        "make a line of a value that leaves out what is zero",
        arguments: [
            (RegisterName.CTRL, 0x41, "CTRL 0x00000041: FD SLU"), (.CTRL, 0, "CTRL 0x00000000"),
            (.CTRL, 0x240, "CTRL 0x00000240: SLU SPEED=2"), (.TDT, 12, "TDT 0x0000000C: TDT=0xC"),
            (.ICR, 0x8000_0004, "ICR 0x80000004: LSC INTA"), (.MTA, .max, "MTA 0xFFFFFFFF"),
            (.TSYNCRXCFG, 0xFFFF_FFFF, "TSYNCRXCFG 0xFFFFFFFF: CTRLT=0xFF MSGT=0xF TRNSSPC=0xF"),
        ] as [(RegisterName, UInt32, String)])
    func text(name: RegisterName, value: UInt32, expected: String) {
        #expect(RegisterTable.text(of: name, value: value) == expected)
    }

    @Test("give all of a register's bits when the field is as wide")
    func wide() {
        #expect(RegisterField("ALL", 0...31, "All").value(in: 0x8765_4321) == 0x8765_4321)
        #expect(RegisterField("TOP", 31...31, "The last").value(in: 0x8000_0000) == 1)
    }
}
