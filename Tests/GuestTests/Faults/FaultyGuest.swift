// SPDX-License-Identifier: Apache-2.0

import KawelaGuest
import Testing

/// One guest with the physical function and two VFs of a card that faults are injected into: igb has the physical function,
/// igbvf VF 0, and testpmd can have VF 1.
enum FaultyGuest {
    private struct State: GuestSet {
        let bench: Bench
        let guest: Guest
        var benches: [Bench] { [bench] }
        var guests: [Guest] { [guest] }

        init() throws {
            bench = try Bench(vfs: 2, faults: true)
            guest = try bench.boot(
                .dpdk {
                    $0.name = "faulty"
                    $0.plugged = .all
                    $0.iommu = true
                })
        }
    }
    private static let shared = SharedGuests<State>()

    static func outside() throws -> Station { try shared.current().bench.outside }

    /// The running guest, with no faults in force and its link up.
    static func guest() throws -> Guest {
        let guest = try shared.current().guest
        try inject([:])
        try guest.bringUpLink()
        return guest
    }

    /// Puts faults into force in place of those before.
    static func inject(_ faults: [String: String]) throws {
        try #require(shared.current().bench.card.server).inject(faults)
    }

    /// How often faults were injected since some moment.
    struct Injected {
        fileprivate let before: [String: Int]

        func count(_ fault: String) throws -> Int { try counts()[fault, default: 0] - before[fault, default: 0] }

        /// Waits until `fault` has been injected.
        func wait(for fault: String) throws {
            try eventually("\(fault) is injected", within: 20, every: 0.1) { try count(fault) > 0 }
        }
    }

    fileprivate static func counts() throws -> [String: Int] {
        try #require(shared.current().bench.card.server).faults()
    }

    /// Runs `action` under `faults` and takes them back.
    /// - Returns: how often `fault` was injected meanwhile.
    static func under(
        _ faults: [String: String], counting fault: String, _ action: (Injected) throws -> Void
    ) throws -> Int {
        let injected = Injected(before: try counts())
        try inject(faults)
        do {
            try action(injected)
        } catch {
            try inject([:])
            throw error
        }
        let count = try injected.count(fault)
        try inject([:])
        return count
    }
}

extension Guest {
    /// Waits until the peer answers again.
    func recovers(within seconds: Double = 30) throws {
        try eventually("the peer answers again\n\(evidence)", within: seconds, every: 0.2) { try ping(count: 1) == 1 }
    }
}
