/// How long a client may keep its server waiting for replies to DMA messages.
///
/// The thread that waits for one client is every client's. A guest can make its QEMU slow: with descriptors that point to
/// memory without a file, such as ROM, and register reads at the same time. So what goes beyond a prompt reply is
/// charged, and while the account is overdrawn DMA by messages fails at once. It belongs to the server: a client does
/// not get a new one by connecting again.
final class WaitingAllowance {
    private var credit = Limits.waitingBurst
    private var lastRefill = ContinuousClock.now

    /// Whether it may be waited now.
    var isLeft: Bool {
        refill()
        return credit > .zero
    }

    /// Notes that a reply, or giving it up, took `duration`.
    func charge(_ duration: Duration) {
        if duration > Limits.promptReplyTime { credit -= duration - Limits.promptReplyTime }
    }

    private func refill() {
        let now = ContinuousClock.now
        credit = min(credit + (now - lastRefill) / Limits.waitingShare, Limits.waitingBurst)
        lastRefill = now
    }
}
