// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// One guest for all tests that need nothing special.
enum SharedGuest {
    private struct State: GuestSet {
        let bench: Bench
        let guest: Guest
        var benches: [Bench] { [bench] }
        var guests: [Guest] { [guest] }

        init() throws {
            let bench = try Bench()
            self.init(bench: bench, guest: try bench.boot(options))
        }

        init(bench: Bench, guest: Guest) { (self.bench, self.guest) = (bench, guest) }
    }
    private static let shared = SharedGuests<State>()

    static func bench() throws -> Bench { try shared.current().bench }

    /// The running guest with its link up.
    static func guest() throws -> Guest {
        let guest = try shared.current().guest
        try guest.bringUpLink()
        return guest
    }

    /// The running guest as the last test left it; freshly booted for the first.
    static func untouched() throws -> Guest { try shared.current().guest }

    /// Kills QEMU without warning and boots another one on the same card.
    /// - Parameter withCard: kills the card's server too, and starts it again.
    static func replaceQEMU(withCard: Bool = false) throws -> Guest {
        let bench = try bench()
        try guest().machine.process.kill()
        if withCard { try bench.card.server?.restart() }
        let guest = try bench.boot(options)
        shared.replace(with: State(bench: bench, guest: guest))
        return guest
    }

    /// Processors enough for igb to use several queues.
    private static let options = GuestOptions.with { $0.processors = 4 }
}

/// All tests with guests run one after the other, whatever file they are in.
@Suite(
    .serialized, SecondAttempt(), .enabled(if: Availability.mayRun, Comment(rawValue: Availability.obstacle ?? "")))
struct RealGuest {}
