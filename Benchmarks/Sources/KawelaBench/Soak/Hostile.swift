// SPDX-License-Identifier: Apache-2.0

import Foundation
import KawelaGuest
import Synchronization

/// A client of one function that tries each ``Attack`` in turn, some seconds each with a pause after it, while it may.
final class Hostile: Sendable {
    private let mayAttack = Atomic(false)
    private let isAttacking = Atomic(false)
    private let ended = Atomic(false)
    private let attacks = Atomic(0)
    private let refusals = Mutex<[String]>([])
    private let path: String
    private static let seconds = 3.0

    init(_ path: String) {
        self.path = path
        let thread = Thread { [self] in run() }
        thread.stackSize = 1 << 22
        thread.start()
    }

    /// How many attacks there were.
    var count: Int { attacks.load(ordering: .relaxed) }
    /// Attacks that did not get as far as a connection.
    var refused: [String] { refusals.withLock { $0 } }

    func resume() { mayAttack.store(true, ordering: .sequentiallyConsistent) }

    /// Returns once it has left.
    func pause() throws {
        mayAttack.store(false, ordering: .sequentiallyConsistent)
        try eventually("the attack ends", within: 60) { !isAttacking.load(ordering: .sequentiallyConsistent) }
    }

    func end() {
        mayAttack.store(false, ordering: .sequentiallyConsistent)
        ended.store(true, ordering: .sequentiallyConsistent)
    }

    private func run() {
        for attack in sequence(first: 0, next: { $0 + 1 }).lazy.map({ Self.all[$0 % Self.all.count] }) {
            while !mayAttack.load(ordering: .sequentiallyConsistent) {
                if ended.load(ordering: .sequentiallyConsistent) { return }
                usleep(50_000)
            }
            isAttacking.store(true, ordering: .sequentiallyConsistent)
            perform(attack)
            isAttacking.store(false, ordering: .sequentiallyConsistent)
            let pause = Deadline(seconds: Self.seconds)
            while !pause.hasPassed, mayAttack.load(ordering: .sequentiallyConsistent) { usleep(50_000) }
        }
    }

    /// Those that do something.
    private static let all = Attack.all.filter { !$0.name.hasPrefix("none") }

    private func perform(_ attack: Attack) {
        let deadline = Deadline(seconds: Self.seconds)
        attacks.wrappingAdd(1, ordering: .relaxed)
        do {
            try attack.run(path) { deadline.hasPassed || !mayAttack.load(ordering: .sequentiallyConsistent) }
        } catch {
            // Most end with their connection closed, as they should.
            let text = "\(error)"
            if text.contains("cannot connect") || text.contains("does not answer") {
                refusals.withLock { $0.append("\(attack.name): \(text)") }
            }
        }
    }
}
