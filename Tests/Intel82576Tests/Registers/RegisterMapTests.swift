// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@Suite("The register map")
struct RegisterMapTests {
    let map = RegisterMap.shared

    func register(at offset: Int) -> RegisterMap.Entry? { map[offset / 4] }

    @Test("finds an element of an array through its register and its legacy address")
    func legacyAddresses() throws {
        for (legacy, modern, name, element) in [
            (0x2918, 0xC058, RegisterName.RDT, 1), (0x3B10, 0xE0D0, .TDH, 3), (0x2828, 0xC028, .RXDCTL, 0),
            (0x2928, 0xC068, .RXDCTL, 1), (0x00C0, 0x1500, .ICR, 0), (0x00D8, 0x150C, .IMC, 0),
            (0x0004, 0x0000, .CTRL, 0), (0x03FC, 0x53FC, .MTA, 127), (0x0600, 0x5600, .VFTA, 0),
            (0x0044, 0x5404, .RAH, 0), (0x00B8, 0x5478, .RAL, 15), (0x0168, 0x2160, .FCRTL, 0),
        ] {
            let entry = try #require(register(at: modern))
            #expect(entry.name == name && entry.element == element && entry.canonicalWord == modern / 4)
            #expect(register(at: legacy) == entry)
            #expect(RegisterTable.physical[Int(entry.row)].name == name)
            #expect(RegisterMap.word(of: name, element) == modern / 4)
        }
    }

    @Test("counts the two rows of the receive addresses as one array of 24")
    func receiveAddresses() {
        #expect(register(at: 0x54E0)?.element == 16)
        #expect(register(at: 0x551C)?.name == .RAH)
        #expect(register(at: 0x551C)?.element == 23)
        #expect(map.find(.RAL, 23) == 0x5518 / 4)
        #expect(map.find(.RAL, 24) == nil)
    }

    @Test("knows nothing in holes and outside of the space", arguments: [-1, 0x0C / 4, 0x2C20 / 4, 0x8000, .max, .min])
    func holes(word: Int) {
        #expect(map[word] == nil)
    }

    @Test("prefers the register that is there to what another chip has at its address")
    func presentBeforeAbsent() {
        #expect(register(at: 0x5BBC)?.name == .IOVCTL)
        #expect(register(at: 0x5864)?.name == .MNGONLY)
        #expect(register(at: 0xA018)?.name == .UTA)
        #expect(register(at: 0xA018)?.element == 6)
    }

    @Test("finds no register of the VF space in the physical one")
    func virtualNames() {
        #expect(map.find(.VFVMBMEM) == nil)
        #expect(map.find(.CTRL, -1) == nil)
    }

    @Test("spends eight bytes a word")
    func size() {
        #expect(MemoryLayout<RegisterMap.Entry?>.stride == 8)
    }
}
