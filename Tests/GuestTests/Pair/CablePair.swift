// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// Two guests, each with a card of its own, and a cable between the cards. Each runs another kernel, so that whatever is
/// sent is judged by two versions of Linux and igb. Nothing of it depends on what the host's kernel can do.
struct CablePair: GuestSet {
    /// Has the standard kernel.
    let a: Guest
    /// Has the newer kernel, and VFs.
    let b: Guest
    let benches: [Bench]
    var guests: [Guest] { [a, b] }

    static let addressOfB = "10.82.57.3"
    static let address6OfB = "fd82:576::3"
    private static let shared = SharedGuests<CablePair>()

    var stationA: Station { a.station("6.1") }
    var stationB: Station { b.station("newer", address: Self.addressOfB) }

    /// The pair with both links up, booted for the first test.
    static func current() throws -> CablePair {
        let pair = try shared.current()
        try pair.a.bringUpLink()
        try pair.b.bringUpLink(addressOfB, address6OfB)
        return pair
    }

    init() throws {
        let run = try Run()
        let cable = run.path("cable")
        let first = try Bench(uplink: .streamServer(path: cable), in: run)
        let a = try first.start(.with { $0.name = "a" })
        let second = try Bench(vfs: 7, uplink: .stream(path: cable), mac: "52:54:00:82:57:07", in: run)
        let b = try second.start(
            .with {
                $0.name = "b"
                $0.kernel = .newer
                $0.plugged = .all
            })
        (self.a, self.b, benches) = (a, b, [first, second])
        for guest in [a, b] { try guest.waitUntilReady() }
    }

    /// Runs `command` in both guests, with `@` standing for the last part of the guest's address and `%` for the other's.
    func both(_ command: String) throws {
        for (guest, own, other) in [(a, "2", "3"), (b, "3", "2")] {
            try guest.run(command.replacing("@", with: own).replacing("%", with: other))
        }
    }
}
