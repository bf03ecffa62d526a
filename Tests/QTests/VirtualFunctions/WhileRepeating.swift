// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Repeats `act` in a thread of its own while `work` is done.
/// - Throws: what either of them threw, `work` first.
func whileRepeating(_ act: @escaping @Sendable () throws -> Void, _ work: () throws -> Void) throws {
    let repetition = Repetition()
    Thread.detachNewThread { repetition.run(act) }
    do {
        try work()
    } catch {
        _ = repetition.stop()
        throw error
    }
    if let error = repetition.stop() { throw error }
}

private final class Repetition: Sendable {
    private let isOver = Mutex(false)
    private let failure = Mutex<(any Error)?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    func run(_ act: () throws -> Void) {
        do {
            repeat { try act() } while !isOver.withLock { $0 }
        } catch { failure.withLock { $0 = error } }
        ended.signal()
    }

    func stop() -> (any Error)? {
        isOver.withLock { $0 = true }
        ended.wait()
        return failure.withLock { $0 }
    }
}
