// SPDX-License-Identifier: Apache-2.0

/// How long a client may keep its server waiting for replies to DMA messages.
///
/// The thread that waits for one client is every client's. A guest can make its QEMU slow: with descriptors that point to
/// memory without a file, such as ROM, and register reads at the same time. So waiting is spent from a budget (a token
/// bucket), however short each wait is, and while that is used up DMA by messages fails at once. The budget is the
/// server's: a client does not get a new one by connecting again.
final class WaitBudget {
    private let longestReplyTime: Duration
    private let burst: Duration
    private var credit: Duration
    private var lastRefill = ContinuousClock.now

    init(replyTime: Duration = Limits.replyTime, burst: Duration = Limits.waitBudgetBurst) {
        (longestReplyTime, self.burst, credit) = (replyTime, burst, burst)
    }

    /// Whether the server may begin an access now, which takes a reply or several.
    var isLeft: Bool {
        refill()
        return credit > .zero
    }

    /// How long the reply to an access that has begun may take: no longer than there is credit, or a quarter of the budget.
    var replyTime: Duration { min(longestReplyTime, max(credit, burst / 4)) }

    /// Whether half of the budget is left, so that what needs several accesses may be begun.
    var isAmple: Bool {
        refill()
        return credit >= burst / 2
    }

    /// Takes `duration`, the time that a reply or giving up on it took, out of the budget.
    func spend(_ duration: Duration) { credit -= duration }

    private func refill() {
        let now = ContinuousClock.now
        credit = min(credit + (now - lastRefill) / Limits.waitBudgetShare, burst)
        lastRefill = now
    }
}
