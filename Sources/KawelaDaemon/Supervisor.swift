// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Synchronization
import SystemPackage

/// The main thread while ports run, each in a thread of its own: takes the signals and passes on what they ask for.
final class Supervisor {
    /// A port's thread: the name it gets, what it runs, and the control whose `stop()` makes it return.
    struct Worker {
        var name: String
        var control: PortControl
        var run: @Sendable () throws(Failure) -> Void
    }

    private let signals: Signals
    private let manager: NotifySocket
    /// Called at SIGHUP; without it, SIGHUP stops the ports.
    private let reload: (() -> Void)?
    /// Signalled to have the configuration read again, as SIGHUP does.
    let reloadRequest: Event
    private let finished: FinishedThreads
    /// How long ports may take to return once they are told to stop. A turn of the event loop takes a second at most.
    private let stopLimit: Duration
    /// Called with the positions of the ports that did not stop in time. The program then exits without joining their threads.
    private let abandon: ([Int]) -> Void
    private var controls: [PortControl] = []
    private var threads: [NamedThread] = []

    init(
        _ signals: Signals, manager: NotifySocket = NotifySocket(nil), reload: (() -> Void)? = nil,
        stopLimit: Duration = .seconds(5), abandon: @escaping ([Int]) -> Void
    ) throws(Failure) {
        (self.signals, self.manager, self.reload) = (signals, manager, reload)
        (self.stopLimit, self.abandon) = (stopLimit, abandon)
        (reloadRequest, finished) = try Failure.explaining("make an event descriptor") { () throws(Errno) in
            (try Event(), FinishedThreads(try Event()))
        }
    }

    /// Runs `workers`, each in a thread, until a signal to stop, or until one of them fails, which stops the others.
    /// - Parameter started: called once all of them run.
    func run(_ workers: [Worker], started: () -> Void = {}) throws(Failure) {
        do throws(Failure) {
            for worker in workers { try start(worker) }
            started()
            manager.ready()
            while finished.positions.isEmpty { try waitForEvent() }
        } catch {
            finished.note(error)
        }
        manager.stopping()
        for control in controls { control.stop() }
        let late = unfinishedPorts(at: .now + stopLimit)
        if !late.isEmpty { abandon(late) }
        for thread in threads { thread.join() }
        if let failure = finished.failure { throw failure }
    }

    private func start(_ worker: Worker) throws(Failure) {
        let (run, finished, position) = (worker.run, finished, threads.count)
        let thread = try Failure.explaining("start the thread of \(worker.name)") { () throws(Errno) in
            try NamedThread(name: "kawela/\(worker.name)") {
                do throws(Failure) {
                    try run()
                    finished.note(nil, of: position)
                } catch {
                    finished.note(error, of: position)
                }
            }
        }
        threads.append(thread)
        controls.append(worker.control)
    }

    /// Waits until all threads have returned, or until `deadline`. The positions of the ports whose threads have not.
    private func unfinishedPorts(at deadline: ContinuousClock.Instant) -> [Int] {
        while true {
            finished.event.take()
            let late = threads.indices.filter { !finished.positions.contains($0) }
            let left = (deadline - .now) / .nanoseconds(1)
            if late.isEmpty || left <= 0 { return late }
            var polls = PollSet()
            polls.add(finished.event.descriptor)
            do throws(Errno) { try polls.wait(nanoseconds: UInt64(left)) } catch { return late }
        }
    }

    private func waitForEvent() throws(Failure) {
        var polls = PollSet()
        polls.add(signals.descriptor)
        polls.add(finished.event.descriptor)
        polls.add(reloadRequest.descriptor)
        _ = try Failure.explaining("wait for events") { () throws(Errno) in try polls.wait(nanoseconds: nil) }
        if reloadRequest.take(), let reload { manager.reloading(reload) }
        while let signal = signals.next() {
            switch (signal, reload) {
            case (SIGUSR1, _): for control in controls { control.report() }
            case (SIGHUP, let reload?): manager.reloading(reload)
            default: for control in controls { control.stop() }
            }
        }
    }
}

/// Which of the ports' threads have returned, and the first error.
private final class FinishedThreads: Sendable {
    /// Signalled when a thread returns.
    let event: Event
    private let state = Mutex<(positions: Set<Int>, failure: Failure?)>(([], nil))

    init(_ event: Event) { self.event = event }

    /// The positions of the ports whose threads have returned.
    var positions: Set<Int> { state.withLock { $0.positions } }
    /// The first error that a thread returned with.
    var failure: Failure? { state.withLock { $0.failure } }

    /// Records that the thread of the port at `position` returned, with `failure` if it failed. Without a position: a
    /// failure of the main thread, which stops all ports.
    func note(_ failure: Failure?, of position: Int? = nil) {
        state.withLock { state in
            if let position { state.positions.insert(position) }
            state.failure = state.failure ?? failure
        }
        event.signal()
    }
}
