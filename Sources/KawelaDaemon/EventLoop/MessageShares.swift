// SPDX-License-Identifier: Apache-2.0

/// How much of the thread's time each server's messages may take while others have something to do too. All times are
/// nanoseconds.
///
/// Some messages take a thousand times what others do, and a client may send such without pause. A server that has used
/// more than a quarter of the time waits until that is made up for, but only as long as others are active: alone, it may
/// have all of it.
struct MessageShares {
    /// What a server may use at once: far more than a driver or QEMU asks for in a row.
    static let burst: UInt64 = 500_000
    /// One part in how many of the time a server may use in the long run.
    static let share: UInt64 = 4
    /// How long a server counts as active after an event.
    static let activeTime: UInt64 = 1_000_000

    private struct Account {
        /// When all that was used is made up for.
        var paidAt: UInt64 = 0
        var lastEvent: UInt64 = 0
    }

    private var accounts: [Account]

    init(servers count: Int) { accounts = Array(repeating: Account(), count: count) }

    /// Whether the processor's time for `server` counts, which costs a system call to ask for: it has used part of its
    /// burst. Time that passes is enough to find out who may need it, but is longer where the thread has to wait for a
    /// processor, which is nobody's fault.
    func isCountedExactly(_ server: Int, at now: UInt64) -> Bool { accounts[server].paidAt > now &+ Self.burst / 2 }

    /// Events of `server` took `time` of the processor, until `end`.
    mutating func spend(_ server: Int, _ time: UInt64, until end: UInt64) {
        accounts[server].paidAt = max(accounts[server].paidAt, end) &+ time &* Self.share
        accounts[server].lastEvent = end
    }

    /// Whether `server` has to leave the time to others at `now`.
    func holds(_ server: Int, at now: UInt64) -> Bool {
        accounts[server].paidAt > now &+ Self.burst &* Self.share && othersAreActive(server, at: now)
    }

    private func othersAreActive(_ server: Int, at now: UInt64) -> Bool {
        func isActive(_ last: UInt64) -> Bool { last != 0 && last &+ Self.activeTime > now }
        return accounts.indices.contains { $0 != server && isActive(accounts[$0].lastEvent) }
    }

    /// When to look again at the servers that are held at `now`.
    func nextRelease(after now: UInt64) -> UInt64? {
        let held = accounts.indices.lazy.filter { holds($0, at: now) }
        // Others may have ceased to be active by then.
        return held.map { min(accounts[$0].paidAt &- Self.burst &* Self.share, now &+ Self.activeTime) }.min()
    }
}
