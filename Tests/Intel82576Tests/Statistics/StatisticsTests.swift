// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Statistics")
struct StatisticsTests {
    let driver = TestDriver()

    static let pairs: [(RegisterName, RegisterName, @Sendable (RegisterFile, UInt64) -> Void)] = [
        (.GORCL, .GORCH, { $0.add64($1, to: GORCL.self) }), (.GOTCL, .GOTCH, { $0.add64($1, to: GOTCL.self) }),
        (.TORL, .TORH, { $0.add64($1, to: TORL.self) }), (.TOTL, .TOTH, { $0.add64($1, to: TOTL.self) }),
        (.HGORCL, .HGORCH, { $0.add64($1, to: HGORCL.self) }), (.HGOTCL, .HGOTCH, { $0.add64($1, to: HGOTCL.self) }),
    ]

    @Test("of 64 bits keep both halves until the high one is read", arguments: 0..<Self.pairs.count)
    func pair(index: Int) {
        let (low, high, add) = Self.pairs[index]
        add(driver.port.registers, 0xFFFF_FFFF)
        add(driver.port.registers, 0x2_0000_0003)
        #expect(driver[low] == 2 && driver[low] == 2)
        #expect(driver[high] == 3)
        #expect(driver[low] == 0 && driver[high] == 0)
    }

    @Test("of 64 bits start anew when the high half alone is read, as drivers do")
    func highAlone() {
        driver.port.registers.add64(0x1_0000_0005, to: TOTL.self)
        #expect(driver[.TOTH] == 1)
        driver.port.registers.add64(7, to: TOTL.self)
        #expect(driver[.TOTL] == 7 && driver[.TOTH] == 0)
    }

    @Test("stick at their maximum")
    func saturation() {
        driver.port.registers.add(.max - 1, to: GPRC.self)
        driver.port.registers.add(1, to: GPRC.self)
        driver.port.registers.add(5, to: GPRC.self)
        #expect(driver[.GPRC] == .max && driver[.GPRC] == 0)
        driver.port.registers.add64(.max - 1, to: GORCL.self)
        driver.port.registers.add64(9, to: GORCL.self)
        #expect(driver[.GORCL] == .max && driver[.GORCH] == .max)
    }

    @Test("ignore writes and go with CTRL.RST")
    func writes() {
        driver.port.registers.add(3, to: GPTC.self)
        driver[.GPTC] = 0
        driver[.TPT] = 9
        #expect(driver[.TPT] == 0 && driver[.GPTC] == 3)
        driver.port.registers.add(3, to: GPTC.self)
        driver[.CTRL] = 1 << 26
        #expect(driver[.GPTC] == 0)
    }

    @Test(
        "sort frames by their length with FCS",
        arguments: [
            (0, 0), (60, 0), (61, 1), (123, 1), (124, 2), (251, 2), (252, 3), (507, 3), (508, 4), (1019, 4), (1020, 5),
            (1518, 5), (9724, 5), (1 << 20, 5),
        ])
    func sizes(byteCount: Int, bucket: Int) {
        var counters = FrameCounters()
        counters.count(length: wireLength(byteCount), isMulticast: false, isBroadcast: false, packets: 3)
        for index in 0..<6 { #expect(counters.sizes[index] == (index == bucket ? 3 : 0)) }
        #expect(counters.octets == UInt64(3 * (max(byteCount, 60) + 4)))
    }

    @Test("count a sent frame in every counter of its kind, once")
    func transmitted() {
        var counters = FrameCounters()
        counters.count(length: 104, isMulticast: true, isBroadcast: false)
        counters.count(length: 104, isMulticast: true, isBroadcast: true)
        driver.port.registers.addTransmitted(counters)
        #expect(driver[.GPTC] == 2 && driver[.TPT] == 2 && driver[.HGPTC] == 2)
        #expect(driver[.GOTCL] == 208 && driver[.TOTL] == 208 && driver[.HGOTCL] == 208)
        #expect(driver[.PTC127] == 2 && driver[.PTC64] == 0 && driver[.MPTC] == 1 && driver[.BPTC] == 1)
        #expect(driver[.GPRC] == 0)
    }

    @Test("count a received frame in every counter of its kind, once")
    func received() {
        var counters = FrameCounters()
        counters.count(length: 1004, isMulticast: true, isBroadcast: true)
        driver.port.registers.addReceived(counters)
        #expect(driver[.GPRC] == 1 && driver[.GORCL] == 1004 && driver[.PRC1023] == 1)
        #expect(driver[.BPRC] == 1 && driver[.MPRC] == 0 && driver[.GPTC] == 0)
    }
}
