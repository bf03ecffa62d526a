import KawelaGuest
import Synchronization
import Testing

/// One guest for all sentences, since each boot costs seconds. A sentence that leaves it unusable replaces it.
enum SharedGuest {
    private static let current = Mutex<(bench: Bench, guest: Guest)?>(nil)

    static func bench() throws -> Bench { try both().bench }

    /// The running guest with its link up.
    static func guest() throws -> Guest {
        let guest = try both().guest
        try guest.bringUpLink()
        return guest
    }

    /// The running guest as the last sentence left it; freshly booted for the first.
    static func untouched() throws -> Guest { try both().guest }

    /// Kills QEMU without warning and boots another one on the same card.
    /// - Parameter withCard: kills the card's server too, and starts it again.
    static func replaceQEMU(withCard: Bool = false) throws -> Guest {
        let bench = try bench()
        try guest().machine.process.kill()
        if withCard { try bench.card.server?.restart() }
        let guest = try bench.boot(options)
        current.withLock { $0 = (bench, guest) }
        return guest
    }

    /// Processors enough for igb to use several queues.
    private static let options = GuestOptions.with { $0.processors = 4 }

    private static func both() throws -> (bench: Bench, guest: Guest) {
        try current.withLock { current in
            if let current, current.guest.machine.process.status == nil { return current }
            current?.bench.close()
            let bench = try Bench()
            let started = (bench, try bench.boot(options))
            current = started
            return started
        }
    }
}

/// All sentences with guests run one after the other, whatever file they are in.
@Suite(.serialized, .enabled(if: Availability.mayRun, Comment(rawValue: Availability.obstacle ?? "")))
struct RealGuest {}
