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

    init(uplink: CInt = -1, server descriptors: [CInt] = [], control: PortControl? = nil) {
        (backend, server) = (FakeBackend(uplink), FakeServer(descriptors))
        loop = EventLoop(
            port: port, servers: [server], backend: backend, control: control, log: log.logger)
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
