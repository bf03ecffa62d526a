/// When to poll the pages that clients map, which say nothing by themselves.
///
/// While there is work, and for ``spin`` after it, the thread polls without pause. Then it sleeps and polls when it wakes:
/// soon at first, and with each poll that finds nothing after twice the time, up to ``wakeup``. So a doorbell is found no
/// later than that, and so is the stop of a queue.
struct Polling {
    /// What a user can choose, in microseconds.
    struct Times: Equatable {
        /// No driver waits less than 10 ms for a queue it has disabled.
        static let wakeupLimits = 10...5000
        static let spinLimits = 0...10_000

        var spin = 50
        var wakeup = 500
    }

    /// The first sleep, in nanoseconds.
    private static let firstSleep: UInt64 = 50_000
    /// Polls of the pages between two polls of the sockets.
    static let pollsPerTurn = 16

    private let spin: UInt64
    private let wakeup: UInt64
    private var busyUntil: UInt64 = 0
    private var sleep: UInt64 = 0

    init(_ times: Times) {
        (spin, wakeup) = (UInt64(times.spin) * 1000, UInt64(times.wakeup) * 1000)
    }

    /// There was something to do, at `now` nanoseconds.
    mutating func noteWork(at now: UInt64) {
        busyUntil = now &+ spin
        sleep = min(Self.firstSleep, wakeup)
    }

    func spins(at now: UInt64) -> Bool { now < busyUntil }

    /// How long to sleep now.
    mutating func nextSleep() -> UInt64 {
        let now = max(sleep, min(Self.firstSleep, wakeup))
        sleep = min(now &* 2, wakeup)
        return now
    }
}
