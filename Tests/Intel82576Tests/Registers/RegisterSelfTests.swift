// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

/// The register test of `ethtool -t` for the 82576: what has to read back of the patterns it writes.
@Suite("The register self-test of Linux", .serialized)
struct RegisterSelfTests {
    let driver = TestDriver()

    static let patterns: [UInt32] = [0x5A5A_5A5A, 0xA5A5_A5A5, 0, 0xFFFF_FFFF]

    func check(_ name: RegisterName, _ elements: Range<Int> = 0..<1, mask: UInt32, written: UInt32 = .max) {
        for element in elements {
            for pattern in Self.patterns {
                driver[name, element] = pattern & written
                #expect(driver[name, element] & mask == pattern & written & mask, "\(name)[\(element)]")
            }
        }
    }

    func set(_ name: RegisterName, _ value: UInt32, mask: UInt32) {
        driver[name] = value & mask
        #expect(driver[name] & mask == value & mask)
    }

    @Test("finds STATUS unmoved by what is written to it")
    func status() {
        driver.start()
        driver[.STATUS] = 0
        for _ in 0..<2 {
            let before = driver[.STATUS]
            driver[.STATUS] = 0x7FFF_F3FF
            #expect(driver[.STATUS] & 0x7FFF_F3FF == before & 0x7FFF_F3FF)
            driver[.STATUS] = before
        }
    }

    @Test("passes as a whole, in its order, on a running function")
    func passes() {
        driver.start()
        check(.FCAL, mask: .max)
        check(.FCAH, mask: 0xFFFF)
        check(.FCT, mask: 0xFFFF)
        check(.VET, mask: .max)
        check(.RDBAL, 0..<16, mask: 0xFFFF_FF80)
        check(.RDBAH, 0..<16, mask: .max)
        check(.RDLEN, 0..<16, mask: 0x000F_FFF0, written: 0x000F_FFFF)
        for queue in 0..<16 { driver[.RXDCTL, queue] = 1 << 25 }
        check(.RDT, 0..<16, mask: 0xFFFF, written: 0xFFFF)
        for queue in 0..<16 { driver[.RXDCTL, queue] = 0 }
        check(.FCRTH, mask: 0xFFF0, written: 0xFFF0)
        check(.FCTTV, mask: 0xFFFF, written: 0xFFFF)
        check(.TIPG, mask: 0x3FFF_FFFF, written: 0x3FFF_FFFF)
        check(.TDBAL, 0..<16, mask: 0xFFFF_FF80)
        check(.TDBAH, 0..<16, mask: .max)
        check(.TDLEN, 0..<16, mask: 0x000F_FFF0, written: 0x000F_FFFF)
        controls()
        check(.RAL, 0..<24, mask: .max)
        check(.RAH, 0..<24, mask: 0x83FF_FFFF)
        check(.MTA, 0..<128, mask: .max)
        driver.advance(milliseconds: 10)
    }

    private func controls() {
        set(.RCTL, 0, mask: .max)
        set(.RCTL, 0x003F_FFFB, mask: 0x04CF_B0FE)
        set(.RCTL, 0xFFFF_FFFF, mask: 0x04CF_B0FE)
        set(.TCTL, 0, mask: .max)
    }

    @Test("passes through the legacy addresses of the first four queues")
    func legacy() {
        for queue in 0..<4 {
            for block in [0x2800, 0x3800] {
                for pattern in Self.patterns {
                    driver[block + 0x100 * queue] = pattern
                    #expect(driver[block + 0x100 * queue] == pattern & 0xFFFF_FF80)
                }
            }
        }
    }

    @Test("finds the EEPROM's checksum right through EERD")
    func eeprom() {
        var sum: UInt16 = 0
        for word in 0..<0x40 as Range<UInt32> {
            driver[.EERD] = word << 2 | 1
            #expect(driver[.EERD] & 3 == 2)
            sum &+= UInt16(driver[.EERD] >> 16)
        }
        #expect(sum == 0xBABA)
    }
}
