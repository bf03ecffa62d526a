// SPDX-License-Identifier: Apache-2.0

import CBench
import Foundation
import Intel82576
import Synchronization

/// A well-behaved function whose register is read again and again.
final class RegisterReader: Sendable {
    private struct State {
        var milliseconds: [Double] = []
        var failure: String?
        var isOver = false
    }
    private let state = Mutex(State())
    private let path: String

    /// - Parameter path: the socket of a VF.
    init(_ path: String) {
        self.path = path
        Thread { [self] in run() }.start()
    }

    /// What each read since the last call took.
    /// - Throws: when one was not answered.
    func take() throws -> [Double] {
        try state.withLock { state in
            if let failure = state.failure { throw BenchError("the reader of registers: \(failure)") }
            defer { state.milliseconds = [] }
            return state.milliseconds
        }
    }

    func end() { state.withLock { $0.isOver = true } }

    private func run() {
        do {
            let function = try RawFunction(path)
            while !state.withLock({ $0.isOver }) {
                let start = cb_now()
                _ = try function.client.read(RawFunction.offset(PVTSTATUS.self))
                let time = Double(cb_now() - start) / 1e6
                state.withLock { $0.milliseconds.append(time) }
                usleep(50_000)
            }
        } catch {
            state.withLock { $0.failure = "\(error)" }
        }
    }
}
