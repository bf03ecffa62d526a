// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("The watch for misuse")
struct LintTests {
    let bench = LintBench()
    var driver: TestDriver { bench.driver }

    @Test("names register, field, value, queue and time, and says what would be right")
    func report() throws {
        driver[raw: RDLEN.self, 5] = 0x50
        let report = try #require(bench.lint.take().reports.first)
        #expect(
            report
                == MisuseReport(
                    rule: .ringLengthUnaligned, function: 0, register: "RDLEN[5]", field: "bits 6:0", value: 0x50,
                    queue: 5, text: "set RDLEN[5] to 80 bytes", time: driver.clock.now))
        #expect(report.advice == "give rings a multiple of 8 descriptors")
    }

    @Test("names a VF's registers and queues as the port numbers them")
    func virtualFunction() throws {
        let function = bench.makeVF(1)
        function[raw: TDBAL.self, 1] = 0x9_0010
        let report = try #require(bench.lint.take().reports.first)
        #expect(report.function == 2 && report.register == "TDBAL[9]" && report.queue == 9)
        function[raw: IVAR.self] = 0x83
        #expect(bench.takeRules() == [.vectorBeyondTable])
        function[raw: PFVFGPRC.self] = 1
        #expect(bench.takeRules() == [.readOnlyRegisterWritten])
    }

    @Test("names the queue of a descriptor, and shows the descriptor")
    func descriptor() throws {
        bench.send(payloadLength: 10)
        let report = try #require(bench.lint.take().reports.first)
        #expect(report.queue == 2 && report.register == nil && report.field == "PAYLEN")
        #expect(try #require(report.value) >> 46 == 10)
        #expect(report.text == "said 10 bytes of payload and posted 64 (transmit queue 2)")
    }

    @Test("tells of a rule once a second for each queue, and counts the rest")
    func rate() {
        for _ in 0..<3 { driver[raw: RDLEN.self, 5] = 0x50 }
        driver[raw: RDLEN.self, 6] = 0x50
        let first = bench.lint.take()
        #expect(first.reports.map(\.queue) == [5, 6] && first.suppressed == 2)
        driver.clock.now += 999_999_999
        driver[raw: RDLEN.self, 5] = 0x50
        driver.clock.now += 1
        driver[raw: RDLEN.self, 5] = 0x50
        let second = bench.lint.take()
        #expect(second.reports.map(\.queue) == [5] && second.suppressed == 1)
    }

    @Test("tells of a remark once for each register until power is cycled")
    func remarks() {
        for _ in 0..<2 {
            (driver[.WUC], driver[.WUFC]) = (1, 1)
            driver.clock.now += 10_000_000_000
        }
        #expect(bench.takeRules() == [.unimplementedRegister, .unimplementedRegister])
        driver.function.reset()
        driver[.WUC] = 1
        #expect(bench.takeRules() == [.unimplementedRegister])
    }

    @Test("keeps 256 reports until they are taken, and counts the rest")
    func bound() {
        for _ in 0..<300 {
            driver[.GPRC] = 0
            driver.clock.now += 1_000_000_000
        }
        let taken = bench.lint.take()
        #expect(taken.reports.count == Lint.mostReports && taken.suppressed == 300 - UInt64(Lint.mostReports))
        driver[.GPRC] = 0
        #expect(bench.takeRules() == [.counterWritten])
    }

    @Test("ends, and the port is left without observers")
    func stop() {
        bench.lint.stop()
        driver[.GPRC] = 0
        bench.send(payloadLength: 10)
        #expect(bench.takeRules() == [] && driver.port.observers.isEmpty)
    }

    @Test("judges registers that are reached through I/O space")
    func ioSpace() {
        driver.function.writeBAR(2, at: 0, width: 4, UInt64(RDLEN.offset(of: 5)))
        driver.function.writeBAR(2, at: 4, width: 4, 0x50)
        #expect(bench.takeRules() == [.ringLengthUnaligned])
        driver.function.writeBAR(2, at: 4, width: 2, 0x80)
        #expect(bench.takeRules() == [.accessWidth])
    }

    @Test("looks at descriptors that wrap around the end of the ring")
    func wrapping() {
        var ring = driver.makeTransmitRing(2, count: 16)
        for _ in 0..<12 { driver.post(pieces: [TestDriver.frame()], to: &ring) }
        driver.ring(ring)
        for _ in 0..<7 { driver.post(pieces: [TestDriver.frame()], to: &ring) }
        driver.post(pieces: [TestDriver.frame()], payloadLength: 1, to: &ring)
        driver.ring(ring)
        #expect(bench.takeRules() == [.payloadLength])
    }

    @Test("knows the contexts that a queue has from earlier runs, and that disabling it loses them")
    func contexts() {
        var ring = driver.makeTransmitRing(2)
        driver.postContext(vlanTag: 7, to: &ring)
        driver.ring(ring)
        driver.post(pieces: [TestDriver.frame()], command: 1 << 30, to: &ring)
        driver.ring(ring)
        #expect(bench.takeRules() == [])
        (driver[raw: TXDCTL.self, 2], driver[raw: TXDCTL.self, 2]) = (0, 1 << 25)
        driver.post(pieces: [TestDriver.frame()], command: 1 << 30, to: &ring)
        driver.ring(ring)
        #expect(bench.takeRules() == [.contextMissing])
    }

    @Test("survives accesses to every word of both register spaces")
    func everything() {
        let function = bench.makeVF()
        for word in 0..<RegisterMap.wordCount {
            let value = UInt32(word) &* 0x9E37_79B9
            _ = driver[4 * word]
            _ = function[4 * word & 0x3FFC]
            function[4 * word & 0x3FFC] = ~value
            driver[4 * word] = value
            if word % 64 == 0 { driver.port.run() }
        }
        #expect(bench.lint.take().reports.count <= Lint.mostReports)
    }
}

@Suite("Drivers that do nothing wrong")
struct QuietDriverTests {
    @Test("are not reported while they start, send and receive on PF and VF")
    func traffic() {
        let driver = TestDriver(virtualFunctions: 1)
        let lint = Lint(watching: driver.port)
        driver.start()
        driver.enableMSIX()
        var sending = driver.makeTransmitRing(1)
        var receiving = driver.makeReceiveRing()
        driver.enableReceive()
        for number in 0..<200 {
            driver.post(pieces: [TestDriver.frame(number)], to: &sending)
            driver.ring(sending)
            driver.arrive(TestDriver.frame(number))
            _ = driver.takeAll(&receiving)
        }
        driver.enableVirtualFunctions(1)
        driver[CTRL_EXT.self].isPhysicalFunctionReady = true
        let function = driver.makeVirtualFunction(0)
        function.start()
        function.enableMSIX()
        var ring = function.makeTransmitRing()
        _ = function.makeReceiveRing()
        for number in 0..<100 {
            function.send(TestDriver.frame(number), to: &ring)
            driver.advance()
        }
        #expect(driver.sentFrames.count >= 200)
        #expect(lint.take().reports == [])
    }
}
