// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import KawelaTestSupport
import Synchronization
import Testing

@testable import KawelaDaemon

@Suite("A trace recorder") struct TraceRecorderTests {
    private final class Counter: Sendable {
        let count = Mutex<UInt64>(0)

        func next() -> UInt64 {
            count.withLock {
                $0 += 1; return $0
            }
        }
        var value: UInt64 { count.withLock { $0 } }
    }

    private let clock = Counter()
    private let wakes = Counter()

    private func recorder(_ filter: TraceFilter = .everything, capacity: Int = 100) -> TraceRecorder {
        TraceRecorder(
            filter, capacity: capacity, clock: { [clock] in clock.next() }, wake: { [wakes] in _ = wakes.next() })
    }

    private func access(_ function: Int = 0, _ offset: Int = 8, _ space: FunctionAccess.Space = .bar(0))
        -> FunctionAccess
    {
        .read(function, space, offset, 4, 0)
    }

    @Test("gives events in order with their times, each once")
    func order() {
        let recorder = recorder()
        recorder.observe(access())
        recorder.observe(.msi, of: 0)
        #expect(
            recorder.take() == [
                TraceEvent(time: 1, kind: .access(access())), TraceEvent(time: 2, kind: .interrupt(.msi, function: 0)),
            ])
        #expect(recorder.take() == [])
        recorder.observe(PortReset.virtualFunction(0))
        #expect(recorder.take().map(\.kind) == [.reset(.virtualFunction(0))])
    }

    @Test("that nobody empties drops what has no room, and says how much and since when")
    func bounds() {
        let recorder = recorder(capacity: 3)
        for offset in 0..<10 { recorder.observe(access(0, offset * 4)) }
        let taken = recorder.take()
        #expect(taken.count == 4)
        #expect(taken.prefix(3).map(\.time) == [1, 2, 3])
        #expect(taken.last == TraceEvent(time: 4, kind: .lost(7)))
        recorder.observe(access())
        #expect(recorder.take().map(\.time) == [11])
    }

    @Test("wakes its reader once for all that comes before the reader takes it")
    func wake() {
        let recorder = recorder(capacity: 5)
        for _ in 0..<8 { recorder.observe(access()) }
        #expect(wakes.value == 1)
        _ = recorder.take()
        #expect(wakes.value == 1)
        recorder.observe(access())
        #expect(wakes.value == 2)
    }

    @Test("with a filter by function leaves out what others do, but not what happens to the port")
    func functions() {
        let recorder = recorder(TraceFilter(functions: 0b100))
        for function in 0...2 {
            recorder.observe(access(function))
            recorder.observe(.msix(vector: 0), of: function)
            recorder.observe(PortEvent.clientReset(function: function))
        }
        recorder.observe(PortReset.virtualFunction(0))
        recorder.observe(PortReset.port(.software))
        recorder.observe(PortEvent.timer)
        #expect(
            recorder.take().map(\.kind) == [
                .access(access(2)), .interrupt(.msix(vector: 0), function: 2), .port(.clientReset(function: 2)),
                .reset(.port(.software)), .port(.timer),
            ])
    }

    @Test(
        "with a filter by kind has that kind only",
        arguments: [
            (TraceFilter.Kinds.configuration, [0]), (.registers, [1, 2, 3, 4]), (.mailbox, [2, 3, 4]),
            (.interrupts, []),
            ([.configuration, .mailbox], [0, 2, 3, 4]),
        ] as [(TraceFilter.Kinds, [Int])])
    func kinds(_ kinds: TraceFilter.Kinds, _ expected: [Int]) {
        let recorder = recorder(TraceFilter(kinds: kinds))
        let accesses = [
            access(0, 8, .configuration), access(0, 8), access(1, VMBMEM.offset), access(0, PFMAILBOX.offset(of: 7)),
            access(1, VFMAILBOX.offset),
        ]
        for access in accesses { recorder.observe(access) }
        recorder.observe(PortReset.port(.software))
        #expect(recorder.take().map(\.kind) == expected.map { .access(accesses[$0]) })
    }

    @Test("at a port hears of accesses, interrupts, resets, the carrier and timers")
    func port() {
        let traced = TracedPort()
        let driver = traced.driver
        driver.start()
        driver[raw: CTRL.self] = 1 << 26
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        driver.function.detach()
        let kinds = traced.recorder.take().map(\.kind)
        #expect(kinds.first == .access(.write(0, .configuration, 4, 2, 6)))
        for kind in [
            .port(.timer), .access(.write(0, .bar(0), 0, 4, 1 << 26)), .reset(.port(.software)),
            .port(.carrier(isUp: false)),
            .port(.clientLeft(function: 0)), .port(.clientReset(function: 0)), .reset(.port(.powerOn)),
        ] as [TraceEvent.Kind] {
            #expect(kinds.contains(kind), "\(kind)")
        }
    }

    @Test("may be emptied by a thread while the port's fills it, and nothing gets lost unnoticed")
    func threads() async {
        let recorder = recorder(capacity: 64)
        let total = 20_000
        let filler = Task.detached { [access = access()] in for _ in 0..<total { recorder.observe(access) } }
        var seen = 0
        while seen < total {
            for event in recorder.take() {
                if case .lost(let count) = event.kind { seen += count } else { seen += 1 }
            }
            await Task.yield()
        }
        await filler.value
        #expect(seen == total && recorder.take() == [])
    }
}
