import Glibc
import Synchronization

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
    private var mailboxes: [Mailbox] = []
    private var threads: [PortThread] = []

    init(_ signals: Signals, reload: (() -> Void)? = nil) throws(Failure) {
        (self.signals, self.reload) = (signals, reload)
        ends = Ends(bell: try Bell())
    }

    /// Runs `charges` until a signal to stop, or until one of them fails, which stops the others.
    func run(_ charges: [Charge]) throws(Failure) {
        do throws(Failure) {
            for charge in charges { try start(charge) }
            while ends.count == 0 { try waitForEvent() }
        } catch {
            ends.note(error)
        }
        for mailbox in mailboxes { mailbox.stop() }
        for thread in threads { thread.join() }
        if let failure = ends.failure { throw failure }
    }

    private func start(_ charge: Charge) throws(Failure) {
        let (work, ends) = (charge.work, ends)
        threads.append(
            try PortThread(name: "kawela/\(charge.name)") {
                do throws(Failure) {
                    try work()
                    ends.note(nil)
                } catch {
                    ends.note(error)
                }
            })
        mailboxes.append(charge.mailbox)
    }

    private func waitForEvent() throws(Failure) {
        var polls = PollSet()
        polls.add(signals.descriptor)
        polls.add(ends.bell.descriptor)
        try polls.wait(nanoseconds: nil)
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
    /// Rung at each end.
    let bell: Bell
    private let state = Mutex<(count: Int, failure: Failure?)>((0, nil))

    init(bell: Bell) { self.bell = bell }

    var count: Int { state.withLock { $0.count } }
    /// The first one.
    var failure: Failure? { state.withLock { $0.failure } }

    func note(_ failure: Failure?) {
        state.withLock { state in
            state.count += 1
            state.failure = state.failure ?? failure
        }
        bell.ring()
    }
}
