// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaDaemon

@Suite("A descriptor that fails") struct ErrorBackoffTests {
    private func failing(_ times: Int) -> ErrorBackoff {
        var backoff = ErrorBackoff()
        for _ in 0..<times { backoff.note(7, failed: true, at: 1000) }
        return backoff
    }

    @Test("is waited for until it has failed too often")
    func failureLimit() {
        #expect(!failing(ErrorBackoff.failureLimit - 1).holds(7, at: 1000))
        #expect(failing(ErrorBackoff.failureLimit).holds(7, at: 1000))
    }

    @Test("is tried again after an interval, and one more failure begins the next one")
    func retryInterval() {
        var backoff = failing(ErrorBackoff.failureLimit)
        let release = 1000 + ErrorBackoff.retryInterval
        #expect(backoff.nextRelease(after: 1000) == release)
        #expect(!backoff.holds(7, at: release))
        #expect(backoff.nextRelease(after: release) == nil)
        backoff.note(7, failed: true, at: release)
        #expect(backoff.holds(7, at: release))
    }

    @Test("that works again has its failures forgotten")
    func recovery() {
        var backoff = failing(ErrorBackoff.failureLimit - 1)
        backoff.note(7, failed: false, at: 1000)
        backoff.note(7, failed: true, at: 1000)
        #expect(!backoff.holds(7, at: 1000))
    }

    @Test("does not keep another from being waited for")
    func others() {
        #expect(!failing(ErrorBackoff.failureLimit).holds(8, at: 1000))
    }

    @Test("is forgotten when it is no longer watched")
    func prune() {
        var backoff = failing(ErrorBackoff.failureLimit)
        backoff.prune { $0 != 7 }
        #expect(!backoff.holds(7, at: 1000))
    }
}
