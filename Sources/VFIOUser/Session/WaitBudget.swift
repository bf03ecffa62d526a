/// How long a client may keep its server waiting for replies to DMA messages.
///
/// The thread that waits for one client is every client's. A guest can make its QEMU slow: with descriptors that point to
/// memory without a file, such as ROM, and register reads at the same time. So what goes beyond a prompt reply is
/// spent from a budget (a token bucket), and while that is used up DMA by messages fails at once. The budget is the
/// server's: a client does not get a new one by connecting again.
final class WaitBudget {
    private var credit = Limits.waitBudgetBurst
    private var lastRefill = ContinuousClock.now

    /// Whether the server may wait for a reply now.
    var isLeft: Bool {
        refill()
        return credit > .zero
    }

    /// Takes `duration`, the time that a reply or giving up on it took, out of the budget, less what a prompt reply takes.
    func spend(_ duration: Duration) {
        if duration > Limits.promptReplyTime { credit -= duration - Limits.promptReplyTime }
    }

    private func refill() {
        let now = ContinuousClock.now
        credit = min(credit + (now - lastRefill) / Limits.waitBudgetShare, Limits.waitBudgetBurst)
        lastRefill = now
    }
}
