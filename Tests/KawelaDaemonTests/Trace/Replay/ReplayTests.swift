// SPDX-License-Identifier: Apache-2.0

import EmbeddedDriver
import Intel82576
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

@Suite("A replay") struct ReplayTests {
    /// Link, interrupts, EEPROM, PHY, rings, a frame out and one in.
    private func useEverything(_ driver: TestDriver) {
        driver.start()
        driver.enableMSIX()
        driver[raw: IVAR.self] = 0x8180
        _ = driver[STATUS.self]
        for word in 0..<8 {
            driver[raw: EERD.self] = UInt32(word) << 2 | 1
            _ = driver[raw: EERD.self]
        }
        for register in [0, 1, 2, 3, 17] { _ = driver.readPHY(register) }
        for offset in stride(from: 0, to: 256, by: 4) { _ = driver.function.readConfiguration(at: offset, width: 4) }
        for offset in stride(from: 0, to: 0x2_0000, by: 4) { _ = driver[offset] }
        var transmit = driver.makeTransmitRing()
        var receive = driver.makeReceiveRing()
        driver.enableReceive()
        driver.post(pieces: [TestDriver.frame()], to: &transmit)
        driver.ring(transmit)
        driver.arrive(TestDriver.frame(to: TestDriver.ownAddress))
        _ = driver.take(&receive)
        _ = driver[raw: ICR.self]
        for offset in stride(from: 0, to: 0x2_0000, by: 4) { _ = driver[offset] }
    }

    @Test("of a driver that used the whole chip reads what it read, but for what hangs on frames and the clock")
    func wholeChip() throws {
        let traced = TracedPort()
        useEverything(traced.driver)
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.differences == [])
        #expect(report.equalReads > 60_000)
        #expect(report.toleratedReads[.traffic, default: 0] > 5)
        #expect(report.interruptsInTrace > 0)
    }

    @Test("before frames move tolerates nothing but the clock")
    func bringUp() throws {
        let traced = TracedPort()
        traced.driver.start()
        traced.driver.advance(milliseconds: 5)
        for offset in stride(from: 0, to: 0x2_0000, by: 4) { _ = traced.driver[offset] }
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.differences == [])
        #expect(report.toleratedReads.keys.allSatisfy { $0 == .time })
    }

    @Test("finds a value that was changed, by its line and bits")
    func changedValue() throws {
        let traced = TracedPort()
        traced.driver.start()
        _ = traced.driver[STATUS.self]
        _ = traced.driver[CTRL.self]
        var events = traced.recorder.take()
        let index = try #require(events.firstIndex { $0.register == STATUS.offset })
        guard case .access(var access) = events[index].kind else { return }
        let right = access.value
        access.value ^= 2
        events[index].kind = .access(access)

        let report = try replayed(traced.header, events)
        let expected = ReplayReport.Difference(
            line: index + 2, function: "pf", place: "bar0 STATUS", expected: hexadecimal(access.value, bytes: 4),
            got: hexadecimal(right, bytes: 4), fields: "LU")
        #expect(report.differences == [expected])
        #expect(report.text.contains("line \(index + 2): pf bar0 STATUS: "))
        #expect(report.text.contains("differences: 1; "))
        #expect(report.json.contains(#""difference-count":1,"differences":[{"line":\#(index + 2),"fn":"pf","#))
    }

    @Test("finds a write that is missing by what is read after it")
    func missingWrite() throws {
        let traced = TracedPort()
        traced.driver[raw: VET.self] = 0x8100_88A8
        _ = traced.driver[raw: VET.self]
        let events = traced.recorder.take()
        #expect(try replayed(traced.header, events).differenceCount == 0)
        #expect(try replayed(traced.header, Array(events.dropFirst())).differences.map(\.place) == ["bar0 VET"])
    }

    @Test("of VFs and the driver in the daemon that answers them is the same, mailbox and all")
    func embeddedDriver() throws {
        let traced = TracedPort(virtualFunctions: 2)
        let (driver, clock) = (traced.driver, traced.driver.clock)
        let settings = (1...2).compactMap { UnicastAddress(0x5254_0000_0000 | $0) }.map { VFSettings(address: $0) }
        let embedded = try EmbeddedDriver(
            driver.function, settings: settings, clock: { clock.now }, report: { _ in })
        let vf = driver.makeVirtualFunction(1)
        func serve() {
            driver.advance(milliseconds: 1000)
            embedded.service()
        }
        func ask(_ words: UInt32...) -> [UInt32] {
            vf[raw: VFMAILBOX.self] = 4
            for (index, word) in words.enumerated() { vf[raw: VMBMEM.self, index] = word }
            vf[raw: VFMAILBOX.self] = 1
            serve()
            _ = vf[raw: VFMAILBOX.self]
            defer { vf[raw: VFMAILBOX.self] = 2 }
            return (0..<3).map { vf[raw: VMBMEM.self, $0] }
        }
        serve()
        vf.start()
        vf[0] = 1 << 26
        vf.enableMSIX()
        #expect(ask(0x01)[0] == 0x8000_0001)
        #expect(ask(0x0001_0004, 5)[0] & 0xFFFF == 4)
        for offset in stride(from: 0, to: 0x4000, by: 4) { _ = vf[offset] }

        let events = traced.recorder.take()
        let report = try replayed(traced.header, events)
        #expect(report.differences == [])
        #expect(report.equalReads > 4096)
        #expect(jsonLines(traced.header, events).contains { $0.contains("pf -> vf1 VF_RESET ACK 52:54:00:00:00:02") })
    }

    @Test("follows clients that come, go and reset, the carrier, and VFs that vanish with a reset of the PF")
    func clients() throws {
        let traced = TracedPort(virtualFunctions: 2)
        let driver = traced.driver
        driver.start()
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(0)
        vf.start()
        vf[raw: PVTEIMS.self] = 7
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        _ = driver[STATUS.self]
        driver.function.reset()
        vf.function.reset()
        driver.start()
        _ = driver[STATUS.self]
        driver.function.detach()
        driver.function.attach(driver.host)
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        driver.start()
        _ = driver[STATUS.self]
        for function in [driver.function, vf.function] {
            for offset in stride(from: 0, to: 0x200, by: 4) { _ = function.readConfiguration(at: offset, width: 4) }
        }
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.differences == [])
        #expect(report.equalReads > 200)
    }

    @Test("resets a VF where somebody did from outside, and its PF's driver finds that")
    func resetFromOutside() throws {
        let traced = TracedPort(virtualFunctions: 2)
        let driver = traced.driver
        driver.start()
        driver.enableVirtualFunctions(2)
        let vf = driver.makeVirtualFunction(1)
        vf.start()
        vf[raw: PVTEIMS.self] = 7
        #expect(driver.port.resetVF(1))
        #expect(driver[raw: VFLRE.self] & 2 == 2 && vf[raw: PVTEIMS.self] == 0)
        vf[0] = 1 << 26
        _ = driver[raw: VFLRE.self]
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.differences == [] && report.equalReads >= 3)
    }

    @Test("of a trace that began in the middle begins when the PF's client resets it")
    func middle() throws {
        let traced = TracedPort()
        traced.driver.start()
        traced.driver[raw: VET.self] = 0x8100_88A8
        traced.beginAgain()
        _ = traced.driver[raw: VET.self]
        traced.driver.function.reset()
        _ = traced.driver[raw: VET.self]
        useEverything(traced.driver)
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.skipped == 1)
        #expect(report.differences == [])
        #expect(report.text.contains("events left out, before the PF's client first resets it: 1\n"))
    }

    @Test("of a trace that began in the middle compares what a VF reads from when its client resets it")
    func middleOfVF() throws {
        let traced = TracedPort(virtualFunctions: 1)
        traced.driver.start()
        traced.driver.enableVirtualFunctions(1)
        let vf = traced.driver.makeVirtualFunction(0)
        vf.start()
        let command = { _ = vf.function.readConfiguration(at: 4, width: 2) }
        traced.beginAgain()
        traced.driver.function.reset()
        traced.driver.start()
        traced.driver.enableVirtualFunctions(1)
        command()
        vf.function.reset()
        command()
        let report = try replayed(traced.header, traced.recorder.take())
        #expect(report.differences == [])
        #expect(report.readsOutOfStep == 1 && report.skipped == 0)
        #expect(report.text.contains("reads left out, of VFs before their clients first reset them: 1\n"))
    }

    @Test("ends where events are missing")
    func lost() throws {
        let traced = TracedPort()
        _ = traced.driver[STATUS.self]
        var events = traced.recorder.take()
        events.append(TraceEvent(time: events[0].time, kind: .lost(3)))
        events.append(TraceEvent(time: events[0].time, kind: .access(.read(0, .bar(0), 8, 4, 0xBAD))))
        let report = try replayed(traced.header, events)
        #expect(report.lostLine == 3)
        #expect(report.differenceCount == 0)
        #expect(report.text.contains("line 3: events are missing"))
    }

    @Test("keeps a bounded number of differences and counts the others")
    func manyDifferences() throws {
        let wrong = TraceEvent(time: 1_000_000_000, kind: .access(.read(0, .bar(0), 8, 4, 0xBAD)))
        let report = try replayed(.sample(), Array(repeating: wrong, count: 1500))
        #expect(report.differenceCount == 1500)
        #expect(report.differences.count == ReplayReport.limit)
        #expect(report.text.contains("... and 500 more\n"))
    }

    @Test("of a trace that leaves something out is refused")
    func partial() throws {
        var header = TraceHeader.sample(virtualFunctions: 1)
        header.filter.functions = 1
        #expect(throws: Failure.self) { try replayed(header, []) }
        (header.filter.functions, header.filter.kinds) = (0x1FF, [.registers])
        #expect(throws: Failure.self) { try replayed(header, []) }
    }

    @Test("of times far apart and doorbells without end comes to an end")
    func hostile() throws {
        var events: [TraceEvent] = []
        let writes = [
            (TDLEN.offset, 0xFFFF_FF80), (TXDCTL.offset, 1 << 25), (TCTL.offset, 2), (TDT.offset, 5),
            (TCPTIMER.offset, 0x0100_0001), (RCTL.offset, 2),
        ]
        for (index, write) in writes.enumerated() {
            events.append(
                TraceEvent(
                    time: 1_000_000_000 << UInt64(index), kind: .access(.write(0, .bar(0), write.0, 4, UInt64(write.1)))
                ))
        }
        let late: UInt64 = 1 << 61
        events += (0..<100).map {
            TraceEvent(time: late + $0, kind: $0 % 2 == 0 ? .port(.timer) : .interrupt(.msi, function: 0))
        }
        let report = try replayed(.sample(), events)
        #expect(report.events == events.count)
    }
}

private func replayed(_ header: TraceHeader, _ events: [TraceEvent]) throws -> ReplayReport {
    try replay(traceFile(jsonLines(header, events)), from: "trace")
}

extension TraceEvent {
    /// The offset in BAR 0 that it reads.
    fileprivate var register: Int? {
        guard case .access(let access) = kind, access.space == .bar(0), !access.isWrite else { return nil }
        return access.offset
    }
}
