// SPDX-License-Identifier: Apache-2.0

/// The system time of IEEE 1588: SYSTIM, running on the port's clock.
///
/// SYSTIM stands still until TIMINCA says what it grows by, and goes on from its value when that changes. What a unit
/// of it means is software's affair: the register wraps at 64 bits.
///
/// Not implemented: target times, the clock output and the auxiliary stamps (TSAUXC and what belongs to it), which
/// work on pins that a virtual card does not have.
///
/// A plain value of only state.
///
/// - Datasheet: IEEE 1588 registers; those of the I210 where ours is silent
struct SystemTime {
    /// SYSTIM at ``since``.
    private var base: UInt64 = 0
    /// When it last changed its pace or was set, in clock nanoseconds.
    private var since: UInt64
    private var attributes = TIMINCA(raw: 0)
    /// What a read of SYSTIMH gives: the high half when SYSTIML was read.
    private(set) var latchedHigh: UInt32 = 0

    init(now: UInt64) { since = now }

    func value(at now: UInt64) -> UInt64 {
        base &+ (now &- since) / attributes.period &* attributes.increment
    }

    /// SYSTIML was read.
    mutating func latchHigh(now: UInt64) { latchedHigh = UInt32(truncatingIfNeeded: value(at: now) >> 32) }

    mutating func set(_ value: UInt64, now: UInt64) { (base, since) = (value, now) }

    /// TIMINCA changes: the part of a period that has passed is kept.
    mutating func setAttributes(_ new: TIMINCA, now: UInt64) {
        let rest = (now &- since) % attributes.period
        (base, since) = (value(at: now), now &- rest)
        attributes = new
    }

    /// Adds TIMADJ, or subtracts it.
    mutating func adjust(low: TIMADJL, high: TIMADJH) {
        let magnitude = UInt64(high.magnitude) << 32 | UInt64(low.raw)
        base = high.subtracts ? base &- magnitude : base &+ magnitude
    }
}
