// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Synchronization

/// Guests that several tests use, with the cards they are plugged into.
protocol GuestSet: Sendable {
    var benches: [Bench] { get }
    var guests: [Guest] { get }
    /// Boots the guests.
    init() throws
}

/// Guests that are booted for the first test that wants them and reused by the next, since each boot costs seconds. A test
/// that leaves one unusable ends it, and the next test gets new ones.
final class SharedGuests<Guests: GuestSet>: Sendable {
    private let guests = Mutex<Guests?>(nil)

    init() { allShared.withLock { $0.append { [self] in end() } } }

    /// The guests, if all of them still run.
    var running: Guests? {
        guests.withLock { $0 }.flatMap { $0.guests.allSatisfy { $0.machine.process.status == nil } ? $0 : nil }
    }

    func current() throws -> Guests {
        if let running { return running }
        return try guests.withLock { guests in
            guests?.benches.forEach { $0.close() }
            guests = nil
            let booted = try Guests()
            guests = booted
            return booted
        }
    }

    func replace(with other: Guests) { guests.withLock { $0 = other } }

    /// Shuts the guests down, and all that belongs to them.
    func end() {
        guests.withLock { guests in
            guests?.benches.forEach { $0.close() }
            guests = nil
        }
    }
}

private let allShared = Mutex<[@Sendable () -> Void]>([])

/// Shuts down all guests that tests share.
func shutDownSharedGuests() {
    for end in allShared.withLock({ $0 }) { end() }
}
