// SPDX-License-Identifier: Apache-2.0

/// How long to look for events before sleeping. All times are nanoseconds.
///
/// Waking a thread takes tens of microseconds, and whoever reads a register waits for that. So a port's thread looks again
/// for a while before it sleeps, where that pays. It learns from what comes, as KVM's halt polling does: events that come
/// within ``limit`` after the last work make the time longer, up to that; later ones make it shorter. Between two looks the
/// processor is offered to others. When one of them takes it, there is none to spare, and the thread sleeps at once for a
/// while, each time for longer.
struct BusyPolling {
    /// What ``limit`` may be, in microseconds. With 0 the thread always sleeps at once.
    static let choices = 0...10_000
    /// What it is without a choice, in microseconds.
    static let usual = 50

    /// The first and the shortest time to look for.
    private static let shortest: UInt64 = 10_000
    /// An offer of the processor that took longer was accepted: one that is not takes less than a microsecond.
    private static let offerTime: UInt64 = 5000
    private static let shortestPause: UInt64 = 1_000_000
    private static let longestPause: UInt64 = 512_000_000

    private let limit: UInt64
    private var time: UInt64 = 0
    private var pause = shortestPause
    private var pauseEnd: UInt64 = 0

    init(microseconds limit: Int) { self.limit = UInt64(limit) &* 1000 }

    /// How long to look, from `now` on.
    func time(at now: UInt64) -> UInt64 { now < pauseEnd ? 0 : time }

    /// An event was found after an offer of the processor that nobody took.
    mutating func noteFound() { pause = Self.shortestPause }

    /// An event ended a sleep `wait` after the last work.
    mutating func noteWakeUp(after wait: UInt64) {
        if wait <= limit {
            time = min(max(Self.shortest, time &* 2), limit)
        } else {
            time = time / 2 < Self.shortest ? 0 : time / 2
        }
    }

    /// The processor was offered to others from `start` to `end`. Whether nobody took it.
    mutating func noteOffer(from start: UInt64, to end: UInt64) -> Bool {
        if end &- start <= Self.offerTime { return true }
        pauseEnd = end &+ pause
        pause = min(pause &* 2, Self.longestPause)
        return false
    }
}
