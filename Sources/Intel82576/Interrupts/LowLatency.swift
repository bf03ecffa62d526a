// SPDX-License-Identifier: Apache-2.0

// Low-latency interrupts: a frame that a filter marks does not wait for EITR. With EITR.LLI_EN a vector needs a credit for
// each; it gains one in each interval of GPIE.LL_Interval, up to 31. Without a credit the frame waits for the next one or
// for the end of moderation, whichever comes first. Either way the message starts moderation anew.
//
// The 82576's words were not at hand; this is section 7.3.6 of the I210's manual, whose registers are the same.

extension Interrupts {
    private static let maximumCredits: UInt64 = 31

    /// Nanoseconds in which a vector gains a credit.
    var creditInterval: UInt64 { gpie.creditUnits &* 4000 }

    /// When moderation lets a message of `vector` go, in clock nanoseconds.
    @inline(__always)
    func release(_ vector: Int, isUrgent: Bool) -> UInt64 {
        isUrgent ? min(holdUntil[vector], urgentRelease(vector)) : holdUntil[vector]
    }

    private func urgentRelease(_ vector: Int) -> UInt64 {
        eitr[vector].rationsLowLatency ? creditsFrom[vector] &+ creditInterval : 0
    }

    /// Whether a message of `vector` leaves now. What is urgent pays for it when moderation would have held it.
    @inline(__always)
    mutating func mayLeave(_ vector: Int, isUrgent: Bool, _ now: UInt64) -> Bool {
        if now >= holdUntil[vector] { return true }
        guard isUrgent, now >= urgentRelease(vector) else { return false }
        spendCredit(vector, now: now)
        return true
    }

    /// Credits are the intervals since ``creditsFrom``: to spend one is to move that on.
    private mutating func spendCredit(_ vector: Int, now: UInt64) {
        let oldest = now &- min(now, Self.maximumCredits &* creditInterval)
        creditsFrom[vector] = max(creditsFrom[vector], oldest) &+ creditInterval
    }
}
