import HostSystem
import Synchronization
import SystemPackage

/// How other threads talk to the one that owns a port. Takes what is sent in any thread, and wakes the port's.
///
/// It holds at most one message of each kind: a second report asked for before the first was given is the same one.
final class Mailbox: Sendable {
    struct Messages: Sendable {
        /// The configuration was read again, and says this.
        var plan: ServePlan?
        /// Log the counters.
        var wantsReport = false
        var wantsStop = false
    }

    private let event: Event
    private let waiting = Mutex(Messages())

    init() throws(Failure) {
        event = try Failure.explaining("make an event descriptor") { () throws(Errno) in try Event() }
    }

    /// Readable while there are messages.
    var descriptor: CInt { event.descriptor }

    func stop() { send { $0.wantsStop = true } }
    func report() { send { $0.wantsReport = true } }
    func reload(_ plan: ServePlan) { send { $0.plan = plan } }

    private func send(_ change: (inout Messages) -> Void) {
        waiting.withLock { change(&$0) }
        event.signal()
    }

    /// For the port's thread.
    func take() -> Messages {
        event.take()
        return waiting.withLock { messages in
            defer { messages = Messages() }
            return messages
        }
    }
}
