// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

@Suite("Interrupts of a replay") struct ReplayInterruptTests {
    private let traced = TracedPort(virtualFunctions: 1)
    private var driver: TestDriver { traced.driver }

    /// A driver that has MSI-X vectors for other causes and, with VFs, for the mailbox of VF 0.
    private func start() -> TestVirtualFunction {
        driver.start()
        driver.enableMSIX()
        driver[raw: IVAR_MISC.self] = 0x8083
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        vf.start()
        vf.enableMSIX()
        return vf
    }

    private func raise(_ vectors: UInt32...) {
        for vectors in vectors {
            // A message masks its vector.
            driver[raw: EIMS.self] = 0x3FF
            driver[raw: EICS.self] = vectors
            driver.advance(milliseconds: 1)
            _ = driver[CTRL.self]
        }
    }

    private func replayed(_ events: [TraceEvent]) throws -> ReplayReport {
        try replay(traceFile(jsonLines(traced.header, events)), from: "trace")
    }

    private func isInterrupt(_ event: TraceEvent) -> Bool { if case .interrupt = event.kind { true } else { false } }

    @Test("are those of the trace: by registers, by the mailbox, by timers, moderated or not")
    func same() throws {
        let vf = start()
        driver[raw: EITR.self, 1] = 500 << 2
        raise(1, 2, 2, 2)
        for time in [0, 0.2, 0.4] {
            driver[raw: EIMS.self] = 0x3FF
            driver[raw: EICS.self] = 2
            driver.advance(milliseconds: time)
        }
        driver[raw: PFMAILBOX.self, 0] = 1
        _ = vf[raw: VFMAILBOX.self]
        driver[raw: TCPTIMER.self] = 0x0100_0001
        driver.advance(milliseconds: 20)
        let events = traced.recorder.take()
        let report = try replayed(events)
        #expect(report.differences == [])
        #expect(report.equalInterrupts == events.count(where: isInterrupt) && report.equalInterrupts > 4)
        #expect(report.toleratedInterrupts == 0)
    }

    @Test("that the trace has and are not sent are differences, at their lines")
    func missing() throws {
        _ = start()
        raise(1)
        var events = traced.recorder.take()
        let last = try #require(events.last)
        events.insert(
            TraceEvent(time: last.time, kind: .interrupt(.msix(vector: 5), function: 0)), at: events.count - 1)
        events.append(TraceEvent(time: last.time, kind: .interrupt(.msi, function: 1)))
        let report = try replayed(events)
        #expect(report.differences.map(\.place) == ["interrupt", "interrupt"])
        #expect(
            report.differences.map(\.expected) == ["MSI-X 5", "MSI"]
                && report.differences.allSatisfy { $0.got == "none" })
        #expect(report.differences.map(\.line) == [events.count - 1, events.count + 1])
        #expect(report.text.contains("line \(events.count + 1): vf0 interrupt: MSI in the trace, none here\n"))
    }

    @Test("that are sent and the trace has not, or has elsewhere, are differences")
    func surplus() throws {
        _ = start()
        raise(1, 2)
        let events = traced.recorder.take()
        let position = try #require(events.lastIndex(where: isInterrupt))
        var without = events
        without.remove(at: position)
        #expect(try replayed(without).differences.map(\.got) == ["MSI-X 1"])
        var late = without
        late.append(events[position])
        late[late.count - 1].time = try #require(events.last).time
        #expect(try replayed(late).differences.map(\.got) == ["MSI-X 1", "none"])
        var other = events
        other[position].kind = .interrupt(.msix(vector: 7), function: 0)
        #expect(try replayed(other).differences.map(\.expected).sorted() == ["MSI-X 7", "none"])
    }

    @Test("that frames bring about may be missing, once frames may move; those of a VF's mailbox may not")
    func traffic() throws {
        let vf = start()
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver[raw: EIMS.self] = 0x3FF
        driver[raw: IVAR.self] = 0x81
        driver.arrive(TestDriver.frame(to: TestDriver.ownAddress))
        _ = driver.take(&ring)
        driver[raw: PFMAILBOX.self, 0] = 1
        _ = vf[raw: VFMAILBOX.self]
        var events = traced.recorder.take()
        let last = try #require(events.last)
        events.append(TraceEvent(time: last.time, kind: .interrupt(.msix(vector: 4), function: 0)))
        let report = try replayed(events)
        #expect(report.differences == [] && report.toleratedInterrupts > 0)
        let mailbox = try #require(
            events.lastIndex { $0.kind == .interrupt(.msix(vector: 2), function: 1) }, "\(events.filter(isInterrupt))")
        events.remove(at: mailbox)
        #expect(try replayed(events).differences.map(\.got) == ["MSI-X 2"])
    }

    @Test("of INTx are asserted and released where they were")
    func line() throws {
        driver.start()
        driver[raw: EIMS.self] = 1 << 31
        driver[raw: IMS.self] = 4
        for _ in 0..<3 {
            driver[raw: ICS.self] = 4
            driver.advance(milliseconds: 1)
            _ = driver[raw: ICR.self]
        }
        let events = traced.recorder.take()
        let report = try replayed(events)
        #expect(report.differences == [] && report.equalInterrupts >= 6, "\(events)")
        let release = try #require(events.lastIndex { $0.kind == .interrupt(.intx(isAsserted: false), function: 0) })
        var without = events
        without.remove(at: release)
        let more =
            without + [
                TraceEvent(
                    time: try #require(events.last).time, kind: .access(.read(0, .configuration, 0, 4, 0x10C9_8086)))
            ]
        #expect(try replayed(more).differences.map(\.got) == ["INTx released"])
    }

    @Test("without end, and none other between them, take bounded memory")
    func endless() throws {
        let events = Array(
            repeating: TraceEvent(time: 1_000_000_000, kind: .interrupt(.msix(vector: 1), function: 0)), count: 5000)
        #expect(try replayed(events).differenceCount == 5000)
    }
}
