// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Synchronization
import SystemPackage

/// Requests of other threads to the thread of a port, which an eventfd wakes.
///
/// At most one request of each kind is pending, but for questions: a report that is asked for twice before it was given is given
/// once.
final class PortControl: Sendable {
    /// Requests that are pending.
    struct Requests: Sendable {
        /// A plan from a configuration that was read again.
        var plan: ServePlan?
        /// Log the counters.
        var wantsReport = false
        var wantsStop = false
        /// In the order they came.
        var questions: [PortQuestion] = []
    }

    /// Questions that may be pending.
    static let questionLimit = 64

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

    /// False, and the question is not taken, when too many are pending. The end of a stream or of counting always is: for each
    /// there was a beginning, and a connection asks for one thing at a time.
    func ask(_ question: PortQuestion) -> Bool {
        let isTaken = pending.withLock { requests in
            guard requests.questions.count < Self.questionLimit || question.subject.isEnd else { return false }
            requests.questions.append(question)
            return true
        }
        event.signal()
        return isTaken
    }

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
