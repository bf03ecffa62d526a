// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import SystemPackage

/// Closes descriptors in a thread of its own, which is there while some are left, and for a second after that: to start one
/// takes long, and a client that comes and goes has something closed each time.
///
/// Who made an open file decides how long the close of its last descriptor takes: a socket may linger, a file system in
/// user space may not answer, a UNIX socket may hold such files in messages that were not read, memory may have gigabytes
/// to give back. Each owner of descriptors from outside has a closer of its own, so that one who is kept waiting keeps
/// nobody else waiting.
///
/// What waits is bounded by the process's limit of open descriptors only, so an owner has to stop taking more while
/// ``isBehind``, and to wait for ``caughtUp``.
package final class Closer: Sendable {
    /// Descriptors that may wait before ``isBehind`` is true. More than an honest peer hands over in the time in which
    /// the thread has no processor.
    package static let limit = 256

    /// What each thread that closes does first. For a program that gives up rights, to be set before anything is closed.
    package static let preparation = Mutex<(@Sendable () -> Void)?>(nil)

    private let work: ClosingWork

    package init() throws(Errno) { work = try ClosingWork() }

    /// Nobody can give more: the thread need not wait for it.
    deinit { work.letGo() }

    /// Whether more descriptors wait to be closed than ``limit``.
    package var isBehind: Bool { work.count > Self.limit }

    /// Readable when ``isBehind`` has become false since the last ``acknowledge()``.
    package var caughtUp: CInt { work.caughtUp.descriptor }

    package func acknowledge() { work.caughtUp.take() }

    /// Takes ownership of `descriptor`.
    package func close(_ descriptor: CInt) { work.add(descriptor) }
}

/// What a closer and its thread share.
private final class ClosingWork: Sendable {
    /// How long the thread waits for more, in nanoseconds.
    private static let lingerTime: UInt64 = 1_000_000_000

    private enum Phase {
        case noThread, closing, lingering
    }

    private struct State {
        var waiting: [CInt] = []
        var phase = Phase.noThread
        /// There is no closer any more that could add some.
        var isLetGo = false
    }

    private let state = Mutex(State())
    private let pending = Atomic(0)
    let caughtUp: Event
    /// Ends the thread's wait for more.
    private let more: Event

    init() throws(Errno) { (caughtUp, more) = (try Event(), try Event()) }

    /// Descriptors that are not closed yet.
    var count: Int { pending.load(ordering: .relaxed) }

    func add(_ descriptor: CInt) {
        pending.add(1, ordering: .relaxed)
        let phase = state.withLock { state in
            state.waiting.append(descriptor)
            defer { state.phase = .closing }
            return state.phase
        }
        switch phase {
        case .noThread: start()
        case .lingering: more.signal()
        case .closing: break
        }
    }

    func letGo() {
        state.withLock { $0.isLetGo = true }
        more.signal()
    }

    /// Starts the thread. When that fails, the descriptors wait until the next call.
    private func start() {
        do throws(Errno) {
            try NamedThread(name: "kawela/close") { [self] in
                Closer.preparation.withLock { $0 }?()
                repeat { closeAll() } while isMoreToClose()
            }.detach()
        } catch {
            state.withLock { $0.phase = .noThread }
        }
    }

    private func closeAll() {
        while let batch = takeAll() {
            for descriptor in batch {
                _ = Glibc.close(descriptor)
                let left = pending.subtract(1, ordering: .relaxed).newValue
                if left == Closer.limit { caughtUp.signal() }
            }
        }
    }

    /// The descriptors that wait to be closed; `nil` when there are none, and the thread waits for more.
    private func takeAll() -> [CInt]? {
        state.withLock { state in
            defer { state.waiting = [] }
            state.phase = state.waiting.isEmpty ? .lingering : .closing
            return state.waiting.isEmpty ? nil : state.waiting
        }
    }

    /// Waits for more. False when none came, and the thread ends.
    private func isMoreToClose() -> Bool {
        var polls = PollSet()
        polls.add(more.descriptor)
        if !state.withLock({ $0.isLetGo }) { _ = try? polls.wait(nanoseconds: Self.lingerTime) }
        more.take()
        return state.withLock { state in
            if state.phase == .lingering { state.phase = .noThread }
            return state.phase == .closing
        }
    }
}
