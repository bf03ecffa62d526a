// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import Testing

@testable import KawelaDaemon

private let millisecond: UInt64 = 1_000_000

/// A loop over fakes. Every test ends it, at the latest by ``stopping(after:)``.
private final class Bench {
    let port = FakePort()
    let backend: FakeBackend
    let server: FakeServer
    let log = LogRecord()
    let loop: EventLoop

    init(
        uplink: CInt = -1, server descriptors: [CInt] = [], control: PortControl? = nil, isSynchronous: Bool = false,
        busyPolling: Int = 0, offer: @escaping () -> Void = {}
    ) {
        (backend, server) = (FakeBackend(uplink), FakeServer(descriptors))
        loop = EventLoop(
            port: port, servers: [server], backend: backend, control: control, isSynchronous: isSynchronous,
            busyPolling: busyPolling, offerProcessor: offer, log: log.logger)
    }

    /// Has the port ask for a run after `milliseconds`, and end the loop then.
    func stopping(after milliseconds: UInt64) -> Bench {
        let end = monotonicNanoseconds() + milliseconds * millisecond
        port.nextDeadline = end
        port.onRun = { [unowned self] _ in if monotonicNanoseconds() >= end { loop.stop() } }
        return self
    }

    /// Ends the loop in the `count`th run of the port.
    func stopping(inRun count: Int) -> Bench {
        port.onRun = { [unowned self] port in if port.runs == count { loop.stop() } }
        return self
    }
}

@Suite("The event loop waits", .serialized) struct EventLoopWaitingTests {
    @Test("until the port's deadline and no earlier")
    func deadline() throws {
        let bench = Bench().stopping(after: 30)
        let end = try #require(bench.port.nextDeadline)
        try bench.loop.run()
        #expect(monotonicNanoseconds() >= end)
        #expect(bench.loop.turns <= 3)
    }

    @Test("without using the processor while nothing happens")
    func idle() throws {
        let bell = Doorbell()
        let bench = Bench(uplink: bell.descriptor, server: [bell.descriptor]).stopping(after: 300)
        let before = threadNanoseconds()
        try bench.loop.run()
        #expect(threadNanoseconds() - before < 30 * millisecond)
        #expect(bench.loop.turns <= 3)
    }

    @Test("not at all while the port has work")
    func work() throws {
        let bench = Bench().stopping(inRun: 1000)
        bench.port.hasWork = true
        try bench.loop.run()
        #expect(bench.loop.turns == 1000)
    }

    @Test("not at all while a server holds messages")
    func bufferedMessages() throws {
        let bench = Bench().stopping(inRun: 3)
        bench.server.bufferedMessages = 3
        try bench.loop.run()
        #expect(bench.server.bufferedMessages == 0)
    }

}

@Suite("The event loop looks again before it sleeps", .serialized) struct EventLoopBusyPollingTests {
    /// A loop whose server gets an event at the end of each turn, until the hundredth run.
    private func loop(busyPolling: Int, offer: @escaping () -> Void = {}) throws -> EventLoop {
        let bell = Doorbell()
        let bench = Bench(server: [bell.descriptor], busyPolling: busyPolling, offer: offer)
        bench.server.onEvent = { _, _ in bell.clear() }
        bench.port.onRun = { [loop = bench.loop] port in
            bell.ring()
            if port.runs == 100 { loop.stop() }
        }
        try bench.loop.run()
        return bench.loop
    }

    @Test("once it has seen that events come soon, and finds them without sleep")
    func found() throws { #expect(try loop(busyPolling: 10_000).sleeps < 50) }

    @Test("not with 0, the choice of who has no processor to spare")
    func never() throws { #expect(try loop(busyPolling: 0).sleeps >= 99) }

    @Test("not while others take the processor that it offers")
    func contended() throws {
        let bell = Doorbell()
        var offers = 0
        let bench = Bench(server: [bell.descriptor], busyPolling: 10_000) {
            offers += 1
            usleep(100)
        }
        bench.server.onEvent = { _, _ in bell.clear() }
        let end = monotonicNanoseconds() + 200 * millisecond
        // An event right away, so that it looks, and one by the clock.
        bench.port.onRun = { [loop = bench.loop, port = bench.port] _ in
            if port.runs % 2 == 0 { bell.ring() }
            port.nextDeadline = monotonicNanoseconds() + millisecond / 2
            if monotonicNanoseconds() > end { loop.stop() }
        }
        try bench.loop.run()
        #expect((1..<20).contains(offers), "\(offers)")
        #expect(bench.loop.sleeps > 100)
    }

    @Test("and still runs the port in time")
    func deadline() throws {
        let bench = Bench(busyPolling: 10_000).stopping(after: 30)
        let end = try #require(bench.port.nextDeadline)
        try bench.loop.run()
        #expect((end..<end + 20 * millisecond).contains(monotonicNanoseconds()))
    }
}

@Suite("How long to look before sleeping") struct BusyPollingTests {
    private var polling = BusyPolling(microseconds: 50)

    @Test("grows with events that come within the limit, and shrinks with later ones")
    mutating func learning() {
        var times: [UInt64] = []
        for wait in [40, 40, 40, 40, 60, 60, 60, 50] as [UInt64] {
            times.append(polling.time(at: 0))
            polling.noteWakeUp(after: wait * 1000)
        }
        #expect(times + [polling.time(at: 0)] == [0, 10_000, 20_000, 40_000, 50_000, 25_000, 12_500, 0, 10_000])
    }

    @Test("is nothing for a while after the processor was taken, longer each time until something was found")
    mutating func contention() {
        polling.noteWakeUp(after: 0)
        let isIdle = polling.noteOffer(from: 0, to: 5000)
        #expect(isIdle && polling.time(at: 0) == 10_000)
        take(at: millisecond)
        #expect([millisecond, 2 * millisecond - 1, 2 * millisecond].map { polling.time(at: $0) } == [0, 0, 10_000])
        take(at: 10 * millisecond)
        #expect([12 * millisecond - 1, 12 * millisecond].map { polling.time(at: $0) } == [0, 10_000])
        polling.noteFound()
        take(at: 20 * millisecond)
        #expect(polling.time(at: 21 * millisecond) == 10_000)
        for _ in 0..<20 { take(at: 30 * millisecond) }
        #expect([541, 542].map { polling.time(at: $0 * millisecond) } == [0, 10_000])
    }

    /// An offer that ends at `time` is accepted.
    private mutating func take(at time: UInt64) {
        let isIdle = polling.noteOffer(from: time - 6000, to: time)
        #expect(!isIdle)
    }
}

@Suite("The event loop serves sockets", .serialized) struct EventLoopSocketsTests {
    @Test("by handing what is readable, and nothing else, to the server")
    func readable() throws {
        let (ringing, silent) = (Doorbell(), Doorbell())
        let bench = Bench(server: [silent.descriptor, ringing.descriptor]).stopping(inRun: 2)
        bench.server.onEvent = { _, _ in ringing.clear() }
        bench.port.hasWork = true
        ringing.ring()
        try bench.loop.run()
        #expect(bench.server.events == [ringing.descriptor])
    }

    @Test("but not one that an earlier event of the same turn ended")
    func ended() throws {
        let bells = [Doorbell(), Doorbell()]
        let bench = Bench(server: bells.map(\.descriptor)).stopping(inRun: 1)
        for bell in bells { bell.ring() }
        bench.server.onEvent = { server, descriptor in server.descriptors = [descriptor] }
        try bench.loop.run()
        #expect(bench.server.events == [bells[0].descriptor])
    }

    @Test("and notices a new one that has the number of a closed one")
    func reusedNumber() throws {
        let (first, second) = (Doorbell(), Doorbell())
        let bench = Bench(server: [first.descriptor]).stopping(after: 2000)
        first.ring()
        bench.server.onEvent = { [loop = bench.loop] server, descriptor in
            if server.events.count == 2 { return loop.stop() }
            second.ring()
            dup2(second.descriptor, descriptor)  // closes the old one and takes its number
        }
        try bench.loop.run()
        #expect(bench.server.events == [first.descriptor, first.descriptor])
    }
}

@Suite("A synchronous event loop", .serialized) struct SynchronousEventLoopTests {
    /// The runs and receives of the port that the server has seen when its client's write was to be answered.
    private func atTheAnswer(_ bench: Bench, _ bell: Doorbell) throws -> (runs: Int, receives: Int) {
        bell.ring()
        var seen = (runs: -1, receives: -1)
        bench.server.onEvent = { [port = bench.port] server, _ in
            bell.clear()
            server.afterWrite?()
            seen = (port.runs, port.receives)
        }
        try bench.loop.run()
        return seen
    }

    @Test("does what a write asks for, and takes frames, before the write is answered")
    func settles() throws {
        let bell = Doorbell()
        let bench = Bench(server: [bell.descriptor], isSynchronous: true)
        bench.port.hasWork = true
        bench.port.onRun = { [loop = bench.loop] port in
            port.hasWork = port.runs < 3
            if port.runs == 4 { loop.stop() }
        }
        let seen = try atTheAnswer(bench, bell)
        #expect(seen == (3, 3), "until nothing can go on at once")
    }

    @Test("lets what is due happen before the write is answered")
    func due() throws {
        let bell = Doorbell()
        let bench = Bench(server: [bell.descriptor], isSynchronous: true)
        bench.port.wantsFrames = false
        bench.port.nextDeadline = 1
        bench.port.onRun = { [loop = bench.loop] port in
            if port.runs == 2 { port.nextDeadline = nil }
            if port.runs == 3 { loop.stop() }
        }
        let seen = try atTheAnswer(bench, bell)
        #expect(seen == (2, 0))
    }

    @Test("answers after a bounded time of work that has no end")
    func bounded() throws {
        let bell = Doorbell()
        let bench = Bench(server: [bell.descriptor], isSynchronous: true)
        bench.port.hasWork = true
        bench.server.onEvent = { [loop = bench.loop] server, _ in
            bell.clear()
            let before = threadNanoseconds()
            server.afterWrite?()
            #expect(threadNanoseconds() - before < 100 * millisecond)
            loop.stop()
        }
        bell.ring()
        try bench.loop.run()
        #expect(bench.port.runs > 1)
    }

    @Test("is none unless it is asked for")
    func ordinary() { #expect(Bench().server.afterWrite == nil) }
}

@Suite("The event loop moves frames", .serialized) struct EventLoopUplinkTests {
    @Test("when the uplink is readable, after its event was handled")
    func readable() throws {
        let bell = Doorbell()
        let bench = Bench(uplink: bell.descriptor).stopping(after: 2000)
        var eventsBefore: [Int] = []
        bench.port.onReceive = { [backend = bench.backend, loop = bench.loop] port in
            eventsBefore.append(backend.events)
            if port.receives == 1 { return bell.ring() }
            loop.stop()
        }
        try bench.loop.run()
        #expect(eventsBefore == [0, 1], "once to begin with, once for the event")
    }

    @Test("not while the port wants none, and does not spin over those waiting")
    func unwanted() throws {
        let bell = Doorbell()
        bell.ring()
        let bench = Bench(uplink: bell.descriptor).stopping(after: 50)
        bench.port.wantsFrames = false
        try bench.loop.run()
        #expect(bench.port.receives == 0)
        #expect(bench.loop.turns <= 3)
    }

    @Test("when the port wants them again, also those the descriptor does not tell of")
    func wantedAgain() throws {
        let (silent, message) = (Doorbell(), Doorbell())
        let bench = Bench(uplink: silent.descriptor, server: [message.descriptor]).stopping(after: 2000)
        bench.port.wantsFrames = false
        message.ring()
        bench.server.onEvent = { [port = bench.port] _, _ in
            message.clear()
            port.wantsFrames = true
        }
        bench.port.onReceive = { [loop = bench.loop] _ in loop.stop() }
        try bench.loop.run()
        #expect(bench.port.receives == 1)
        #expect(bench.loop.turns <= 2)
    }

    @Test("of an uplink without a descriptor after each wait")
    func noDescriptor() throws {
        let bench = Bench().stopping(inRun: 5)
        bench.port.hasWork = true
        try bench.loop.run()
        #expect(bench.port.receives == 5)
    }

    @Test("out again once the uplink is writable, if it asks for that")
    func writable() throws {
        let bell = Doorbell()  // always writable
        let bench = Bench(uplink: bell.descriptor).stopping(after: 2000)
        bench.backend.wantsWritable = true
        bench.backend.onEvent = { [loop = bench.loop] _ in loop.stop() }
        try bench.loop.run()
        #expect(bench.backend.events == 1)
    }

    @Test("and tells the port of each change of the link, once")
    func linkChange() throws {
        let bench = Bench().stopping(inRun: 10)
        bench.port.hasWork = true
        let stop = bench.port.onRun
        bench.port.onRun = { [backend = bench.backend] port in
            if port.runs == 3 || port.runs == 6 { backend.isLinkUp.toggle() }
            stop(port)
        }
        try bench.loop.run()
        #expect(bench.port.linkChanges == 2)
        #expect(bench.log.messages == ["uplink: link down, fake", "uplink: link up, fake"])
    }

    @Test("and a link that changes without end fills no log")
    func linkFlood() throws {
        let bench = Bench().stopping(inRun: 1000)
        bench.port.hasWork = true
        let stop = bench.port.onRun
        bench.port.onRun = { [backend = bench.backend] port in
            backend.isLinkUp.toggle()
            stop(port)
        }
        try bench.loop.run()
        #expect(bench.port.linkChanges >= 999)
        #expect((20...25).contains(bench.log.messages.count))
    }

    @Test("and does not spin on a descriptor that does nothing but fail")
    func failing() throws {
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        close(ends[1])  // from now on the reading end reports a hang-up
        defer { close(ends[0]) }
        let bench = Bench(uplink: ends[0]).stopping(after: 350)
        try bench.loop.run()
        #expect(bench.backend.events >= ErrorBackoff.failureLimit)
        #expect(bench.loop.turns < ErrorBackoff.failureLimit + 10)
    }
}
