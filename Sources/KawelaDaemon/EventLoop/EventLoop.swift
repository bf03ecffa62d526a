// SPDX-License-Identifier: Apache-2.0

import Backends
import Glibc
import HostSystem
import Logging
import SystemPackage
import VFIOUser

/// The one thread of a port: waits for its servers' sockets, its uplink, its timers and requests of other threads, and runs it.
///
/// A turn is: wait, handle messages, take frames from the uplink, run the driver if there is one, run the port. While work is
/// left over the wait returns at once. Nothing here is locked but ``PortControl``, and nothing allocates once the first turns
/// have sized the arrays.
final class EventLoop {
    private let port: any DrivenPort
    private let servers: [any FunctionServer]
    private let backend: any Backend
    private let driver: (any FunctionDriver)?
    private let faults: FaultInjector?
    private let control: PortControl?
    /// What to do with a configuration that was read again.
    private let reload: ((ServePlan) -> Void)?
    /// Answers questions of other threads.
    private let answer: ((PortQuestion) -> Void)?
    /// Called at the end of each turn.
    private let afterTurn: (() -> Void)?
    private let log: Logger
    /// What the uplink's peer brings about.
    private let peerLog: EventLog

    private var polls = PollSet()
    /// What each entry of ``polls`` after the first three belongs to.
    private var sources: [Source] = []
    private var backoff = ErrorBackoff()
    private var shares: MessageShares
    private var busyPolling: BusyPolling
    /// Lets other threads have the processor.
    private let offerProcessor: () -> Void
    private var isStopping = false
    /// The uplink is asked for frames once more, for those it holds without its descriptor being readable.
    private var asksAgain = true
    private var wasLinkUp: Bool
    /// Turns and sleeps so far.
    private(set) var turns = 0
    private(set) var sleeps = 0

    private struct Source {
        var server: Int
        var descriptor: CInt
    }

    init(
        port: any DrivenPort, servers: [any FunctionServer], backend: any Backend, driver: (any FunctionDriver)? = nil,
        faults: FaultInjector? = nil, control: PortControl? = nil, reload: ((ServePlan) -> Void)? = nil,
        answer: ((PortQuestion) -> Void)? = nil, afterTurn: (() -> Void)? = nil, isSynchronous: Bool = false,
        busyPolling: Int = BusyPolling.usual,
        offerProcessor: @escaping () -> Void = yieldProcessor, log: Logger
    ) {
        self.busyPolling = BusyPolling(microseconds: busyPolling)
        self.offerProcessor = offerProcessor
        shares = MessageShares(servers: servers.count)
        (self.port, self.servers, self.backend, self.driver) = (port, servers, backend, driver)
        (self.faults, self.control, self.reload, self.log) = (faults, control, reload, log)
        (self.answer, self.afterTurn) = (answer, afterTurn)
        peerLog = EventLog(log)
        wasLinkUp = backend.isLinkUp
        guard isSynchronous else { return }
        for server in servers { server.afterWrite = { [unowned self] in settle() } }
    }

    /// Runs until ``stop()`` or ``PortControl/stop()``.
    func run() throws(Failure) {
        useExactTimeouts()
        while !isStopping { try turn() }
    }

    /// Ends ``run()`` after the present turn. Called from within the turn.
    func stop() { isStopping = true }

    private func turn() throws(Failure) {
        turns &+= 1
        let now = monotonicNanoseconds()
        let descriptor = watchAll(at: now)
        try wait(nanoseconds: waitLimit(at: now), at: now)
        handleControl()
        handleServers(at: now)
        handleBackend(waitedFor: descriptor, at: now)
        driver?.service()
        port.run()
        if let faults, faults.run() { asksAgain = true }
        reportLinkChange()
        afterTurn?()
    }
}

// MARK: Synchronous work

extension EventLoop {
    /// Nanoseconds of the processor that ``settle()`` may begin work in: as long as another function's message may wait.
    private static let settlingTime: UInt64 = 2_000_000

    /// Does what a write asked for before it is answered, and takes the frames that have arrived, as the rest of a turn
    /// would afterwards. What cannot be done now, or not within ``settlingTime``, is left to the turns as usual.
    private func settle() {
        let start = threadNanoseconds()
        repeat {
            driver?.service()
            port.run()
            if port.wantsFrames { port.receiveFromUplink() }
            asksAgain = true
        } while hasWork && threadNanoseconds() &- start < Self.settlingTime
    }

    /// Something can go on at once.
    private var hasWork: Bool {
        port.hasWork || driver?.hasWork == true || port.nextDeadline.map { $0 <= monotonicNanoseconds() } == true
    }
}

// MARK: Waiting

extension EventLoop {
    private static let controlEntry = 0
    private static let backendEntry = 1
    private static let linkEntry = 2
    private static let firstServerEntry = 3

    /// Collects what to wait for. Returns the uplink's descriptor, -1 when it is not waited for.
    private func watchAll(at now: UInt64) -> CInt {
        polls.removeAll()
        sources.removeAll(keepingCapacity: true)
        polls.add(control?.descriptor ?? -1)
        let uplink = backoff.holds(backend.descriptor, at: now) ? -1 : backend.descriptor
        polls.add(uplink, readable: port.wantsFrames, writable: backend.wantsWritable)
        polls.add(backend.linkDescriptor)
        for (index, server) in servers.enumerated() {
            let isHeld = shares.holds(index, at: now)
            for descriptor in server.descriptors {
                polls.add(isHeld || backoff.holds(descriptor, at: now) ? -1 : descriptor)
                sources.append(Source(server: index, descriptor: descriptor))
            }
        }
        backoff.prune { descriptor in
            descriptor == backend.descriptor || sources.contains { $0.descriptor == descriptor }
        }
        return uplink
    }

    /// How long to wait: not at all with work at hand, for ever (`nil`) with nothing due.
    private func waitLimit(at now: UInt64) -> UInt64? {
        if port.hasWork || driver?.hasWork == true || (asksAgain && port.wantsFrames) { return 0 }
        if servers.indices.contains(where: { servers[$0].hasBufferedMessages && !shares.holds($0, at: now) }) {
            return 0
        }
        let work = min(port.nextDeadline ?? .max, driver?.nextDeadline ?? .max)
        let held = min(backoff.nextRelease(after: now) ?? .max, shares.nextRelease(after: now) ?? .max)
        let due = min(work, held, faults?.nextDeadline ?? .max)
        return due == .max ? nil : due > now ? due - now : 0
    }

    /// Waits for events at most `limit` nanoseconds from `start` on: looks for a while where that pays, then sleeps.
    private func wait(nanoseconds limit: UInt64?, at start: UInt64) throws(Failure) {
        if limit == 0 {
            try poll(nanoseconds: 0)
            return
        }
        var now = start
        let end = start &+ min(limit ?? .max, busyPolling.time(at: start))
        while now < end {
            if try poll(nanoseconds: 0) {
                if now > start { busyPolling.noteFound() }
                return
            }
            let offered = monotonicNanoseconds()
            offerProcessor()
            now = monotonicNanoseconds()
            if !busyPolling.noteOffer(from: offered, to: now) { break }
        }
        sleeps &+= 1
        if try poll(nanoseconds: limit.map { $0 > now &- start ? $0 &- (now &- start) : 0 }) {
            busyPolling.noteWakeUp(after: monotonicNanoseconds() &- start)
        }
    }

    @discardableResult
    private func poll(nanoseconds: UInt64?) throws(Failure) -> Bool {
        try Failure.explaining("wait for events") { () throws(Errno) in try polls.wait(nanoseconds: nanoseconds) }
    }
}

// MARK: Handling

extension EventLoop {
    private func handleServers(at now: UInt64) {
        for (index, source) in sources.enumerated() {
            let ready = polls.readiness(at: Self.firstServerEntry + index)
            if shares.holds(source.server, at: now) || backoff.holds(source.descriptor, at: now) { continue }
            backoff.note(source.descriptor, failed: ready.contains(.failed), at: now)
            let server = servers[source.server]
            // An event handled earlier in this turn may have closed this descriptor.
            guard !ready.isEmpty, server.descriptors.contains(source.descriptor) else { continue }
            charge(source.server) { server.handleEvents(on: source.descriptor) }
        }
        for (index, server) in servers.enumerated() where server.hasBufferedMessages && !shares.holds(index, at: now) {
            charge(index) { server.processBufferedMessages() }
        }
    }

    /// Does `work` in the time of a server.
    private func charge(_ server: Int, _ work: () -> Void) {
        let start = monotonicNanoseconds()
        let startOnProcessor = shares.isCountedExactly(server, at: start) ? threadNanoseconds() : nil
        work()
        let end = monotonicNanoseconds()
        let time = startOnProcessor.map { threadNanoseconds() &- $0 } ?? min(end &- start, MessageShares.burst)
        shares.spend(server, time, until: end)
    }

    private func handleBackend(waitedFor descriptor: CInt, at now: UInt64) {
        let ready = polls.readiness(at: Self.backendEntry)
        if descriptor >= 0 { backoff.note(descriptor, failed: ready.contains(.failed), at: now) }
        if polls.readiness(at: Self.linkEntry).contains(.readable) { backend.handleLinkEvent() }
        if !ready.isEmpty { backend.handleEvent() }
        reportLinkChange()
        receive(isReadable: ready.contains(.readable))
    }

    /// Frames may also be there without the descriptor saying so: after a pause of the port, or without a descriptor.
    private func receive(isReadable: Bool) {
        guard port.wantsFrames else {
            asksAgain = true
            return
        }
        if isReadable || asksAgain || backend.descriptor < 0 { port.receiveFromUplink() }
        asksAgain = false
    }

    private func reportLinkChange() {
        let isLinkUp = backend.isLinkUp
        guard isLinkUp != wasLinkUp else { return }
        wasLinkUp = isLinkUp
        peerLog.info("uplink: link \(isLinkUp ? "up" : "down"), \(backend.status)")
        port.uplinkLinkChanged()
    }

    private func handleControl() {
        guard let control, polls.readiness(at: Self.controlEntry).contains(.readable) else { return }
        let requests = control.take()
        if let plan = requests.plan { reload?(plan) }
        if requests.wantsReport { logCounters() }
        if let answer { for question in requests.questions { answer(question) } }
        if requests.wantsStop { stop() }
    }

    private func logCounters() {
        let faults = faults.map { [("faults", $0.counters)] } ?? []
        for (source, counters) in [("uplink", backend.counters), ("port", port.counters)] + faults {
            let report = counters.map { "\($0.name)=\($0.value)" }
            log.notice("\(source) counters: \(report.joined(separator: " "))")
        }
    }
}
