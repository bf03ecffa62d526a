import Glibc
import Synchronization
import SystemPackage

/// Closes descriptors in a thread of its own, which is there only while some are left.
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

    private struct State {
        var waiting: [CInt] = []
        var isRunning = false
    }

    private let state = Mutex(State())
    private let pending = Atomic(0)
    private let event: Event

    package init() throws(Errno) { event = try Event() }

    /// Whether more descriptors wait to be closed than ``limit``.
    package var isBehind: Bool { pending.load(ordering: .relaxed) > Self.limit }

    /// Readable when ``isBehind`` has become false since the last ``acknowledge()``.
    package var caughtUp: CInt { event.descriptor }

    package func acknowledge() { event.take() }

    /// Takes ownership of `descriptor`.
    package func close(_ descriptor: CInt) {
        pending.add(1, ordering: .relaxed)
        let wasRunning = state.withLock { state in
            state.waiting.append(descriptor)
            defer { state.isRunning = true }
            return state.isRunning
        }
        if !wasRunning { start() }
    }

    /// Starts the thread. When that fails, the descriptors wait until the next call.
    private func start() {
        do throws(Errno) {
            try NamedThread(name: "kawela/close") { [self] in
                Self.preparation.withLock { $0 }?()
                run()
            }.detach()
        } catch {
            state.withLock { $0.isRunning = false }
        }
    }

    private func run() {
        while let batch = takeAll() {
            for descriptor in batch {
                _ = Glibc.close(descriptor)
                let left = pending.subtract(1, ordering: .relaxed).newValue
                if left == Self.limit { event.signal() }
            }
        }
    }

    /// The descriptors that wait to be closed; `nil` when there are none, and the thread ends.
    private func takeAll() -> [CInt]? {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isRunning = !state.waiting.isEmpty
            return state.isRunning ? state.waiting : nil
        }
    }
}
