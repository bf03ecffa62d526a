import Glibc
import HostSystem
import Synchronization
import SystemPackage

/// The main thread while ports run, each in a thread of its own: takes the signals and passes on what they ask for.
final class Supervisor {
    /// What there is to supervise of a port: its mailbox, and its work, which ends when the mailbox is told to stop.
    struct Charge {
        var name: String
        var mailbox: Mailbox
        var work: @Sendable () throws(Failure) -> Void
    }

    private let signals: Signals
    /// What a hang-up does; without it, it stops the ports.
    private let reload: (() -> Void)?
    private let ends: Ends
    /// How long ports have for what they are doing when they are told to stop. A turn takes a second at most.
    private let stopLimit: Duration
    /// Called with the positions of the ports that did not stop in time. The program ends it without them.
    private let abandon: ([Int]) -> Void
    private var mailboxes: [Mailbox] = []
    private var threads: [NamedThread] = []

    init(
        _ signals: Signals, reload: (() -> Void)? = nil, stopLimit: Duration = .seconds(5),
        abandon: @escaping ([Int]) -> Void
    ) throws(Failure) {
        (self.signals, self.reload, self.stopLimit, self.abandon) = (signals, reload, stopLimit, abandon)
        ends = try Failure.explaining("make an event descriptor") { () throws(Errno) in Ends(try Event()) }
    }

    /// Runs `charges` until a signal to stop, or until one of them fails, which stops the others.
    func run(_ charges: [Charge]) throws(Failure) {
        do throws(Failure) {
            for charge in charges { try start(charge) }
            while ends.positions.isEmpty { try waitForEvent() }
        } catch {
            ends.note(error)
        }
        for mailbox in mailboxes { mailbox.stop() }
        let late = portsNotEnding(before: .now + stopLimit)
        if !late.isEmpty { abandon(late) }
        for thread in threads { thread.join() }
        if let failure = ends.failure { throw failure }
    }

    private func start(_ charge: Charge) throws(Failure) {
        let (work, ends, position) = (charge.work, ends, threads.count)
        let thread = try Failure.explaining("start the thread of \(charge.name)") { () throws(Errno) in
            try NamedThread(name: "kawela/\(charge.name)") {
                do throws(Failure) {
                    try work()
                    ends.note(nil, of: position)
                } catch {
                    ends.note(error, of: position)
                }
            }
        }
        threads.append(thread)
        mailboxes.append(charge.mailbox)
    }

    /// Waits until all threads have ended, or until `deadline`. The positions of those that have not.
    private func portsNotEnding(before deadline: ContinuousClock.Instant) -> [Int] {
        while true {
            ends.event.take()
            let late = threads.indices.filter { !ends.positions.contains($0) }
            let left = (deadline - .now) / .nanoseconds(1)
            if late.isEmpty || left <= 0 { return late }
            var polls = PollSet()
            polls.add(ends.event.descriptor)
            do throws(Errno) { try polls.wait(nanoseconds: UInt64(left)) } catch { return late }
        }
    }

    private func waitForEvent() throws(Failure) {
        var polls = PollSet()
        polls.add(signals.descriptor)
        polls.add(ends.event.descriptor)
        _ = try Failure.explaining("wait for events") { () throws(Errno) in try polls.wait(nanoseconds: nil) }
        while let signal = signals.next() {
            switch (signal, reload) {
            case (SIGUSR1, _): for mailbox in mailboxes { mailbox.report() }
            case (SIGHUP, let reload?): reload()
            default: for mailbox in mailboxes { mailbox.stop() }
            }
        }
    }
}

/// How the ports' threads ended so far.
private final class Ends: Sendable {
    /// Signalled at each end.
    let event: Event
    private let state = Mutex<(positions: Set<Int>, failure: Failure?)>(([], nil))

    init(_ event: Event) { self.event = event }

    /// The positions of the ports whose threads have ended.
    var positions: Set<Int> { state.withLock { $0.positions } }
    /// The first one.
    var failure: Failure? { state.withLock { $0.failure } }

    /// Notes that the port at `position` has ended, or that none of them is to go on.
    func note(_ failure: Failure?, of position: Int? = nil) {
        state.withLock { state in
            if let position { state.positions.insert(position) }
            state.failure = state.failure ?? failure
        }
        event.signal()
    }
}
