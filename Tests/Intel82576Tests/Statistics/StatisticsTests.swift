import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Statistics")
struct StatisticsTests {
    let driver = TestDriver()

    static let pairs: [(RegisterName, RegisterName, Int)] = [
        (.GORCL, .GORCH, Statistic.GORC), (.GOTCL, .GOTCH, Statistic.GOTC), (.TORL, .TORH, Statistic.TOR),
        (.TOTL, .TOTH, Statistic.TOT), (.HGORCL, .HGORCH, Statistic.HGORC), (.HGOTCL, .HGOTCH, Statistic.HGOTC),
    ]

    @Test("of 64 bits keep both halves until the high one is read", arguments: 0..<Self.pairs.count)
    func pair(index: Int) {
        let (low, high, offset) = Self.pairs[index]
        driver.port.add64(0xFFFF_FFFF, to: offset)
        driver.port.add64(0x2_0000_0003, to: offset)
        #expect(driver[low] == 2 && driver[low] == 2)
        #expect(driver[high] == 3)
        #expect(driver[low] == 0 && driver[high] == 0)
    }

    @Test("of 64 bits start anew when the high half alone is read, as drivers do")
    func highAlone() {
        driver.port.add64(0x1_0000_0005, to: Statistic.TOT)
        #expect(driver[.TOTH] == 1)
        driver.port.add64(7, to: Statistic.TOT)
        #expect(driver[.TOTL] == 7 && driver[.TOTH] == 0)
    }

    @Test("stick at their maximum")
    func saturation() {
        driver.port.add(.max - 1, to: Statistic.GPRC)
        driver.port.add(1, to: Statistic.GPRC)
        driver.port.add(5, to: Statistic.GPRC)
        #expect(driver[.GPRC] == .max && driver[.GPRC] == 0)
        driver.port.add64(.max - 1, to: Statistic.GORC)
        driver.port.add64(9, to: Statistic.GORC)
        #expect(driver[.GORCL] == .max && driver[.GORCH] == .max)
    }

    @Test("ignore writes and go with CTRL.RST")
    func writes() {
        driver.port.add(3, to: Statistic.GPTC)
        driver[.GPTC] = 0
        driver[.TPT] = 9
        #expect(driver[.TPT] == 0 && driver[.GPTC] == 3)
        driver.port.add(3, to: Statistic.GPTC)
        driver[.CTRL] = 1 << 26
        #expect(driver[.GPTC] == 0)
    }

    @Test("are where the table has the registers that the data path counts in")
    func offsets() {
        for (offset, name) in [
            (Statistic.MPC, RegisterName.MPC), (Statistic.PRC64, .PRC64), (Statistic.GPRC, .GPRC),
            (Statistic.BPRC, .BPRC), (Statistic.MPRC, .MPRC), (Statistic.GPTC, .GPTC), (Statistic.GORC, .GORCL),
            (Statistic.GOTC, .GOTCL), (Statistic.RNBC, .RNBC), (Statistic.ROC, .ROC), (Statistic.TOR, .TORL),
            (Statistic.TOT, .TOTL), (Statistic.TPR, .TPR), (Statistic.TPT, .TPT), (Statistic.PTC64, .PTC64),
            (Statistic.MPTC, .MPTC), (Statistic.BPTC, .BPTC), (Statistic.TSCTC, .TSCTC), (Statistic.IAC, .IAC),
            (Statistic.RPTHC, .RPTHC), (Statistic.HGPTC, .HGPTC), (Statistic.RXDMTC, .RXDMTC),
            (Statistic.HGORC, .HGORCL), (Statistic.HGOTC, .HGOTCL),
        ] {
            #expect(RegisterMap.word(of: name) * 4 == offset, "\(name)")
        }
    }

    @Test(
        "sort frames by their length with FCS",
        arguments: [
            (0, 0), (60, 0), (61, 1), (123, 1), (124, 2), (251, 2), (252, 3), (507, 3), (508, 4), (1019, 4), (1020, 5),
            (1518, 5), (9724, 5), (1 << 20, 5),
        ])
    func sizes(byteCount: Int, bucket: Int) {
        var counters = FrameCounters()
        counters.count(byteCount: byteCount, isMulticast: false, isBroadcast: false, packets: 3)
        for index in 0..<6 { #expect(counters.sizes[index] == (index == bucket ? 3 : 0)) }
        #expect(counters.octets == UInt64(3 * (max(byteCount, 60) + 4)))
    }

    @Test("count a sent frame in every counter of its kind, once")
    func transmitted() {
        var counters = FrameCounters()
        counters.count(byteCount: 100, isMulticast: true, isBroadcast: false)
        counters.count(byteCount: 100, isMulticast: true, isBroadcast: true)
        driver.port.addTransmitted(counters)
        #expect(driver[.GPTC] == 2 && driver[.TPT] == 2 && driver[.HGPTC] == 2)
        #expect(driver[.GOTCL] == 208 && driver[.TOTL] == 208 && driver[.HGOTCL] == 208)
        #expect(driver[.PTC127] == 2 && driver[.PTC64] == 0 && driver[.MPTC] == 1 && driver[.BPTC] == 1)
        #expect(driver[.GPRC] == 0)
    }

    @Test("count a received frame in every counter of its kind, once")
    func received() {
        var counters = FrameCounters()
        counters.count(byteCount: 1000, isMulticast: true, isBroadcast: true)
        driver.port.addReceived(counters)
        #expect(driver[.GPRC] == 1 && driver[.GORCL] == 1004 && driver[.PRC1023] == 1)
        #expect(driver[.BPRC] == 1 && driver[.MPRC] == 0 && driver[.GPTC] == 0)
    }
}
