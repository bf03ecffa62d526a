/// RTTBCNRC — the rate of the queue that RTTDQSEL selects: link speed divided by a factor with 14 fraction bits.
struct RTTBCNRC: BitWord {
    var raw: UInt32

    /// RS_ENA, bit 31.
    var isEnabled: Bool { self[31] }
    /// RF_INT, bits 27:14, and RF_DEC, bits 13:0, as one number in units of 2^-14.
    var factor: UInt64 { UInt64(self[0...27]) }
}

/// The rate limits of the transmit queues. Datasheet 7.2.7 (transmit rate scheduler).
///
/// A queue that has sent owes the time its frames take at its rate, FCS included; it sends again once that has passed.
/// The debt keeps every fraction, so the mean rate is exact however coarse the timer is.
struct RateLimits: ~Copyable {
    struct Limit: BitwiseCopyable {
        var control = RTTBCNRC(raw: 0)
        /// When the queue may send again, in clock nanoseconds.
        var release: UInt64 = 0
    }

    /// How far behind its rate a queue may fall and still catch up: 1 ms, a few frames at any rate.
    private static let credit: UInt64 = 1_000_000

    private let limits = FixedBuffer<Limit>(repeating: Limit(), count: 16)
    /// Queues with a limit, a bit each.
    private(set) var limited: UInt32 = 0

    /// RTTBCNRC as the selected queue has it.
    subscript(queue: Int) -> UInt32 {
        get { limits[queue & 15].control.raw }
        set {
            let control = RTTBCNRC(raw: newValue)
            limits[queue & 15] = Limit(control: control)
            let bit: UInt32 = 1 &<< UInt32(queue & 15)
            limited = control.isEnabled && control.factor > 0 ? limited | bit : limited & ~bit
        }
    }

    @inline(__always)
    func isLimited(_ queue: Int) -> Bool { limited &>> UInt32(queue) & 1 != 0 }

    /// Queues that must not send yet, a bit each.
    func held(now: UInt64) -> UInt32 {
        var (held, left) = (UInt32(0), limited)
        while left != 0 {
            if limits[left.trailingZeroBitCount].release > now { held |= left & (~left &+ 1) }
            left &= left &- 1
        }
        return held
    }

    /// When the first of `queues` may send again.
    func nextRelease(_ queues: UInt32) -> UInt64? {
        var (earliest, left) = (UInt64.max, queues & limited)
        while left != 0 {
            earliest = min(earliest, limits[left.trailingZeroBitCount].release)
            left &= left &- 1
        }
        return earliest == .max ? nil : earliest
    }

    /// Notes that `queue` sent `bytes`.
    mutating func charge(_ queue: Int, bytes: UInt64, now: UInt64, linkSpeed: LinkSpeed) {
        guard isLimited(queue), bytes > 0 else { return }
        var limit = limits[queue]
        // 8 bits a byte at S Mb/s take 8000 / S ns; the factor stretches that.
        let nanoseconds = bytes &* 8000 &* limit.control.factor / (UInt64(linkSpeed.rawValue) &* 16384)
        limit.release = max(limit.release, now &- min(now, Self.credit)) &+ nanoseconds
        limits[queue] = limit
    }

    mutating func reset() {
        for queue in 0..<16 { self[queue] = 0 }
    }
}
