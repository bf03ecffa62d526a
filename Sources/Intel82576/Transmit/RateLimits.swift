// SPDX-License-Identifier: Apache-2.0

/// The rate limits of the transmit queues. Datasheet 7.2.7 (transmit rate scheduler).
///
/// A queue that has sent owes the time its frames take at its rate, FCS included; it sends again once that has passed.
/// The debt keeps every fraction, so the mean rate is exact however coarse the timer is.
///
/// The second queue of a VF, v + 8, shares the limit of queue v unless it has one of its own. The chip's limits are a
/// queue's alone; Linux' `max_tx_rate` sets that of queue v only, which a VF that uses both would get around.
struct RateLimits: ~Copyable {
    struct Limit: BitwiseCopyable {
        var control = RTTBCNRC(raw: 0)
        /// When the queue may send again, in clock nanoseconds.
        var release: UInt64 = 0

        var isEnabled: Bool { control.isEnabled && control.factor > 0 }
    }

    /// How far behind its rate a queue may fall and still catch up: 1 ms, a few frames at any rate.
    private static let credit: UInt64 = 1_000_000

    private let limits = FixedBuffer<Limit>(repeating: Limit(), count: 16)
    /// Queues with a limit, a bit each.
    private(set) var limited: UInt32 = 0
    /// VFs that exist: the owners of two queues.
    var virtualFunctions = 0 { didSet { findLimited() } }

    /// RTTBCNRC as the selected queue has it.
    subscript(queue: Int) -> RTTBCNRC {
        get { limits[queue & 15].control }
        set {
            limits[queue & 15] = Limit(control: newValue)
            findLimited()
        }
    }

    private mutating func findLimited() {
        limited = 0
        for queue in 0..<16 where limits[governor(of: queue)].isEnabled { limited |= 1 &<< UInt32(queue) }
    }

    /// The queue whose limit holds for `queue`.
    private func governor(of queue: Int) -> Int {
        queue & 7 < virtualFunctions && !limits[queue].isEnabled ? queue & 7 : queue
    }

    @inline(__always)
    func isLimited(_ queue: Int) -> Bool { limited &>> UInt32(queue) & 1 != 0 }

    /// What `queue` may send on a link of `speed`, in Mb/s; 0 without a limit.
    func megabits(of queue: Int, at speed: LinkSpeed) -> Int {
        let limit = limits[governor(of: queue)]
        guard limit.isEnabled else { return 0 }
        return Int(clamping: (UInt64(speed.rawValue) &* 16384 &+ limit.control.factor / 2) / limit.control.factor)
    }

    private func release(of queue: Int) -> UInt64 { limits[governor(of: queue)].release }

    /// Queues that must not send yet, a bit each.
    func waiting(now: UInt64) -> UInt32 {
        var (waiting, left) = (UInt32(0), limited)
        while left != 0 {
            if release(of: left.trailingZeroBitCount) > now { waiting |= left & (~left &+ 1) }
            left &= left &- 1
        }
        return waiting
    }

    /// When the first of `queues` may send again.
    func nextRelease(_ queues: UInt32) -> UInt64? {
        var (earliest, left) = (UInt64.max, queues & limited)
        while left != 0 {
            earliest = min(earliest, release(of: left.trailingZeroBitCount))
            left &= left &- 1
        }
        return earliest == .max ? nil : earliest
    }

    /// Notes that `queue` sent `bytes`.
    mutating func countSent(_ queue: Int, bytes: UInt64, now: UInt64, linkSpeed: LinkSpeed) {
        guard isLimited(queue), bytes > 0 else { return }
        let governor = governor(of: queue)
        var limit = limits[governor]
        // 8 bits a byte at S Mb/s take 8000 / S ns; the factor stretches that.
        let nanoseconds = bytes &* 8000 &* limit.control.factor / (UInt64(linkSpeed.rawValue) &* 16384)
        limit.release = max(limit.release, now &- min(now, Self.credit)) &+ nanoseconds
        limits[governor] = limit
    }

    mutating func reset() {
        for queue in 0..<16 { self[queue] = RTTBCNRC(raw: 0) }
    }
}
