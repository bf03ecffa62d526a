// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import HostSystem
import Synchronization
import SystemPackage

/// Brings a snapshot each interval, from a thread of its own: a server that does not answer keeps nobody from quitting.
final class Feed: Sendable {
    /// What came since it was taken last.
    struct News: Sendable {
        /// The last eight at most.
        var snapshots: [Snapshot] = []
        /// Why no more come.
        var failure: ControlClient.Failure?
        /// Why the server does not count by sender and receiver.
        var refusal: String?
    }

    private struct State {
        var news = News()
        var countedPort: String?
        var stops = false
    }

    private let state = Mutex(State())
    private let interval: Duration
    private let arrived: Event
    private let wishes: Event
    private let finished: Event

    init(interval: Double) throws(Errno) {
        self.interval = .seconds(interval)
        (arrived, wishes, finished) = (try Event(), try Event(), try Event())
    }

    /// Readable when something came.
    var descriptor: CInt { arrived.descriptor }

    func start(path: String) throws(Errno) {
        let thread = try NamedThread(name: "kawela/feed") { [self] in
            do throws(ControlClient.Failure) { try run(path) } catch { post { $0.failure = error } }
            finished.signal()
        }
        thread.detach()
    }

    func takeNews() -> News {
        arrived.take()
        return state.withLock { state in
            defer { state.news.snapshots = [] }
            return state.news
        }
    }

    /// Has the server count by sender and receiver for this port alone.
    func count(_ port: String?) {
        let isNew = state.withLock { state in
            defer { state.countedPort = port }
            return state.countedPort != port
        }
        if isNew { wishes.signal() }
    }

    /// Ends it; the server counts no more by sender and receiver. Does not wait for long.
    func stop() {
        state.withLock { $0.stops = true }
        wishes.signal()
        _ = try? readiness(of: finished.descriptor, readable: true, within: 1_000_000_000)
    }
}

extension Feed {
    private func run(_ path: String) throws(ControlClient.Failure) {
        var source = try Source(path: path)
        while true {
            let (snapshot, refusal) = (try source.snapshot(), source.refusal)
            post { $0 = News(snapshots: $0.snapshots.suffix(7) + [snapshot], refusal: refusal) }
            let deadline = ContinuousClock.now + interval
            repeat {
                guard try follow(&source) else { return }
            } while isAwaited(deadline)
        }
    }

    /// Does what was asked for. False when that is to stop.
    private func follow(_ source: inout Source) throws(ControlClient.Failure) -> Bool {
        let (port, stops) = state.withLock { ($0.countedPort, $0.stops) }
        try source.count(stops ? nil : port)
        return !stops
    }

    /// Waits for the deadline or a wish. False once the deadline has come.
    private func isAwaited(_ deadline: ContinuousClock.Instant) -> Bool {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return false }
        _ = try? readiness(of: wishes.descriptor, readable: true, within: Int64(left / .nanoseconds(1)))
        wishes.take()
        return true
    }

    private func post(_ change: @Sendable (inout News) -> Void) {
        state.withLock { change(&$0.news) }
        arrived.signal()
    }
}
