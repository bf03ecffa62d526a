// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@Suite("Registers that a person names")
struct RegisterFindTests {
    static func found(_ text: String) -> [String] { RegisterTable.find(text).map { "\($0.name)[\($0.element)]" } }

    @Test(
        "are found by name, element and offset, whatever the case",
        arguments: [
            ("CTRL", ["CTRL[0]"]), ("ctrl", ["CTRL[0]"]), ("Tdt[3]", ["TDT[3]"]), ("RAL[23]", ["RAL[23]"]),
            ("0x3818", ["TDT[0]"]), ("0xe0d8", ["TDT[3]"]), ("0X0", ["CTRL[0]"]), ("0x4", ["CTRL[0]"]),
            ("VMRCTL", ["VMRCTL[0]", "VMRCTL[1]", "VMRCTL[2]", "VMRCTL[3]"]),
            ("FCRT*", ["FCRTL[0]", "FCRTH[0]", "FCRTV[0]"]), ("EICR*", ["EICR[0]"]),
            ("SRRCTL*[15]", ["SRRCTL[15]"]), ("VTEITR", ["VTEITR[0]", "VTEITR[1]", "VTEITR[2]"]),
        ])
    func names(text: String, expected: [String]) {
        #expect(Self.found(text) == expected)
    }

    @Test(
        "are none for what is no register of the chip",
        arguments: [
            "", "CTR", "CTRL[1]", "TDT[16]", "TDT[-1]", "TDT[", "TDT[]", "TDT]", "]", "[0]", "TDT[0][1]", "*TDT", "0x",
            "TDT[99999999999999999999]", "0x1", "0x20000", "0xFFFFFFFF", "0x123456789ABC", "0x-4", "LPIC", "é*",
            "CTRL ",
        ])
    func nothing(text: String) {
        #expect(Self.found(text) == [])
    }

    @Test("are all of them for a star, each once, and each is found by what it is called")
    func all() {
        let all = RegisterTable.find("*")
        #expect(Set(Self.found("*")).count == all.count && all.count > 2500)
        for row in RegisterTable.physical where row.coverage != .absent {
            #expect(RegisterTable.find("\(row.name)").count >= row.count, "\(row.name)")
        }
        for (name, element) in all where RegisterMap.shared.find(name, element) != nil {
            let offset = "0x" + String(RegisterMap.word(of: name, element) * 4, radix: 16)
            #expect(Self.found(offset) == ["\(name)[\(element)]"])
        }
    }
}
