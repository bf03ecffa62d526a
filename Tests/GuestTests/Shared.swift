import KawelaGuest
import Synchronization

/// Guests that several sentences use, with the cards they are plugged into.
protocol Shareable: Sendable {
    var benches: [Bench] { get }
    var guests: [Guest] { get }
    /// Boots them.
    init() throws
}

/// Guests booted for the first sentence that wants them, since each boot costs seconds. A sentence that leaves one unusable
/// ends it, and the next gets new ones.
final class Shared<Guests: Shareable>: Sendable {
    private let guests = Mutex<Guests?>(nil)

    init() { allShared.withLock { $0.append { [self] in end() } } }

    /// Those that run already.
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

    /// Ends them, and all that belongs to them.
    func end() {
        guests.withLock { guests in
            guests?.benches.forEach { $0.close() }
            guests = nil
        }
    }
}

private let allShared = Mutex<[@Sendable () -> Void]>([])

/// Ends all guests that sentences share.
func endShared() {
    for end in allShared.withLock({ $0 }) { end() }
}
