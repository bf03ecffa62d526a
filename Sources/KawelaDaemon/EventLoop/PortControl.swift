// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Synchronization
import SystemPackage

/// Requests of other threads to the thread of a port, which an eventfd wakes.
///
/// At most one request of each kind is pending: a report that is asked for twice before it was given is given once.
final class PortControl: Sendable {
    /// Requests that are pending.
    struct Requests: Sendable {
        /// A plan from a configuration that was read again.
        var plan: ServePlan?
        /// Log the counters.
        var wantsReport = false
        var wantsStop = false
    }

    private let event: Event
    private let pending = Mutex(Requests())

    init() throws(Failure) {
        event = try Failure.explaining("make an event descriptor") { () throws(Errno) in try Event() }
    }

    /// Readable while there are requests.
    var descriptor: CInt { event.descriptor }

    func stop() { send { $0.wantsStop = true } }
    func report() { send { $0.wantsReport = true } }
    func reload(_ plan: ServePlan) { send { $0.plan = plan } }

    private func send(_ change: (inout Requests) -> Void) {
        pending.withLock { change(&$0) }
        event.signal()
    }

    /// Takes the pending requests. Called by the port's thread only.
    func take() -> Requests {
        event.take()
        return pending.withLock { requests in
            defer { requests = Requests() }
            return requests
        }
    }
}
