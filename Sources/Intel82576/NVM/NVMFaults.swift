// SPDX-License-Identifier: Apache-2.0

/// Faults of the EEPROM that are injected on purpose: which reads by EERD fail.
struct NVMFaults: Sendable {
    /// One bit of the word is wrong.
    var data: FaultSequence?
    /// DONE comes late, or never.
    var timeout: FaultSequence?
    /// What EERD is going to hold, and when, in nanoseconds.
    private(set) var late: (reply: EERD, due: UInt64)?

    /// The answer that a read gets at `now` nanoseconds, of which `answer` is right.
    mutating func spoil(_ answer: EERD, now: UInt64) -> EERD {
        late = nil
        guard answer.isDone else { return answer }
        var reply = answer
        if data.strikes() { reply.data ^= 1 &<< UInt16(data?.numbers.next(below: 16) ?? 0) }
        guard timeout.strikes() else { return reply }
        if let delay = timeout?.delay, delay > 0 { late = (reply, now &+ delay) }
        (reply.data, reply.isDone) = (0, false)
        return reply
    }

    /// The answer that is due at `now` nanoseconds.
    mutating func takeLate(now: UInt64) -> EERD? {
        guard let late, late.due <= now else { return nil }
        self.late = nil
        return late.reply
    }
}
