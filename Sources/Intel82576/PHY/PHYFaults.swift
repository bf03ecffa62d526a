// SPDX-License-Identifier: Apache-2.0

/// Faults of the PHY that are injected on purpose: which accesses by MDIC fail.
struct PHYFaults: Sendable {
    /// Nothing answers: MDIC.E.
    var error: FaultSequence?
    /// The command does not end: MDIC.R stays 0.
    var timeout: FaultSequence?

    /// What MDIC holds after a command that fails, and is not carried out; `nil` for one that is.
    mutating func answer(to command: MDIC) -> MDIC? {
        var reply = command
        if timeout.strikes() {
            (reply.isReady, reply.hasFailed) = (false, false)
            return reply
        }
        guard error.strikes() else { return nil }
        (reply.isReady, reply.hasFailed) = (true, true)
        return reply
    }
}
