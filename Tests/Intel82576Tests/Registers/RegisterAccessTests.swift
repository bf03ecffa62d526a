// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Registers through the BAR", .serialized)
struct RegisterAccessTests {
    let driver = TestDriver()

    /// Rows that more hangs on than the access and masks of the table; tested by themselves.
    static let special: Set<RegisterName> = [
        .CTRL, .STATUS, .EECD, .EERD, .EEWR, .MDIC, .SWSM, .SW_FW_SYNC, .FRTIMER, .PBACLR, .TDH, .RDH, .WDSTP,
        .SYSTIML, .SYSTIMH,
        .ICR, .ICS, .IMS, .IMC, .IAM, .EICR, .EICS, .EIMS, .EIMC, .EIAC, .EIAM, .RTTDQSEL, .RTTBCNRC,
        .PFMAILBOX, .VFMAILBOX, .PVTSTATUS, .PVTEIMS, .PVTEIMC, .PVTEIAC, .PVTEIAM, .PVTEICR,
    ]
    static let highHalves: Set<RegisterName> = [.GORCH, .GOTCH, .TORH, .TOTH, .HGORCH, .HGOTCH]
    static let patterns: [UInt32] = [0xFFFF_FFFF, 0x5A5A_5A5A, 0xA5A5_A5A5, 0x0000_0000]

    static func rows(_ access: RegisterSpec.Access) -> [RegisterSpec] {
        RegisterTable.physical.filter { $0.access == access && !special.contains($0.name) }
    }

    /// Offsets of a row that are its own, aliases included.
    static func addresses(_ row: RegisterSpec) -> [Int] {
        RegisterTableTests.addresses(of: row).map(Int.init).filter { RegisterMap.shared[$0 / 4]?.name == row.name }
    }

    @Test("keep the bits that can be written, at every address, and no others")
    func readWrite() {
        for row in Self.rows(.readWrite) {
            for address in Self.addresses(row) {
                let fixed = driver[address] & ~row.writable
                for pattern in Self.patterns {
                    // EE_RST, bit 13, would load bits from the EEPROM.
                    let pattern = row.name == .CTRL_EXT ? pattern & ~(1 << 13) : pattern
                    driver[address] = pattern
                    #expect(driver[address] == pattern & row.writable | fixed, "\(row.name) at \(address)")
                }
            }
        }
    }

    @Test("that are read-only ignore writes")
    func readOnly() {
        for row in Self.rows(.readOnly) {
            for address in Self.addresses(row) {
                for pattern in Self.patterns {
                    driver[address] = pattern
                    #expect(driver[address] == row.reset, "\(row.name)")
                }
            }
        }
    }

    @Test("that are not on this chip read as zero and take nothing in")
    func absent() {
        for row in Self.rows(.absent) {
            for address in Self.addresses(row) {
                driver[address] = .max
                #expect(driver[address] == 0, "\(row.name)")
            }
        }
    }

    @Test("that are write-only read as zero")
    func writeOnly() {
        for row in Self.rows(.writeOnly) {
            for address in Self.addresses(row) {
                driver[address] = .max
                #expect(driver[address] == 0, "\(row.name)")
            }
        }
    }

    @Test("that are cleared by ones lose the bits that are written as ones")
    func writeOneToClear() {
        for row in Self.rows(.writeOneToClear) {
            for address in Self.addresses(row) {
                driver.port.registers[word: address / 4] = row.writable
                driver[address] = 0xFFFF_0F0F
                #expect(driver[address] == row.writable & 0x0000_F0F0, "\(row.name)")
                driver[address] = .max
                #expect(driver[address] == 0, "\(row.name)")
            }
        }
    }

    @Test("that are cleared by reading tell their value once and ignore writes")
    func readToClear() {
        for row in Self.rows(.readToClear) where !Self.highHalves.contains(row.name) {
            for address in Self.addresses(row) {
                let word = Int(RegisterMap.shared[address / 4]!.canonicalWord)
                driver.port.registers[word: word] = 0x89AB_CDEF
                driver[address] = 0x1234_5678
                #expect(driver[address] == 0x89AB_CDEF, "\(row.name)")
                #expect(driver[address] == 0x89AB_CDEF & ~row.clearedByRead, "\(row.name)")
                driver.port.registers[word: word] = 0
            }
        }
    }

    @Test("answer at their aliases and nowhere else")
    func aliases() {
        for (alias, address) in [
            (0x0040, 0x5400), (0x00BC, 0x547C), (0x0200, 0x5200), (0x03FC, 0x53FC), (0x0600, 0x5600),
            (0x2804, 0xC004), (0x2B04, 0xC0C4), (0x3804, 0xE004), (0x3B18, 0xE0D8),
        ] {
            driver[alias] = 0x8001
            #expect(driver[address] & 0x8001 == 0x8001, "\(alias)")
            driver[address] = 0
            #expect(driver[alias] == 0, "\(alias)")
        }
        driver[0x2C04] = .max
        #expect(driver[raw: RDBAH.self, 4] == 0 && driver[0x2C04] == 0)
    }

    @Test("have a second CTRL at 4")
    func secondControl() {
        driver[0x4] = 0x1840
        #expect(driver[raw: CTRL.self] == 0x1840 && driver[0x4] == 0x1840)
        driver[0x4] = 1 << 26
        #expect(driver[raw: CTRL.self] == 0x0010_0209)
    }

    @Test("leave holes that read as zero and take nothing in")
    func holes() {
        var count = 0
        for word in 0..<RegisterMap.wordCount where RegisterMap.shared[word] == nil {
            driver[word * 4] = .max
            if driver[word * 4] != 0 { count += 1 }
        }
        #expect(count == 0)
        #expect(driver[.CTRL] == 0x0010_0209)
    }

    @Test("survive anything written anywhere, and a reset puts all back")
    func everything() {
        driver.start()
        for pattern in [0xFFFF_FFFF, 0x0200_0002, 0x5A5A_5A5A] as [UInt32] {
            for offset in stride(from: 8, to: 0x20000, by: 4) { driver[offset] = pattern }
            for offset in stride(from: 0, to: 0x20000, by: 4) { _ = driver[offset] }
            driver.advance(milliseconds: 200)
        }
        driver[.CTRL] = 1 << 26
        #expect(driver[.RCTL] == 0 && driver[.TCTL] == 0xA404_00F8 && driver[.EIMS] == 1 << 31 && driver[.IMS] == 0)
    }
}
