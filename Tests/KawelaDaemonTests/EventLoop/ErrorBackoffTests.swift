import Testing

@testable import KawelaDaemon

@Suite("A descriptor that fails") struct ErrorBackoffTests {
    private func failing(_ times: Int) -> ErrorBackoff {
        var backoff = ErrorBackoff()
        for _ in 0..<times { backoff.note(7, failed: true, at: 1000) }
        return backoff
    }

    @Test("is waited for until patience ends")
    func patience() {
        #expect(!failing(ErrorBackoff.patience - 1).holds(7, at: 1000))
        #expect(failing(ErrorBackoff.patience).holds(7, at: 1000))
    }

    @Test("is tried again after the pause, and one more failure begins the next pause")
    func pause() {
        var backoff = failing(ErrorBackoff.patience)
        let release = 1000 + ErrorBackoff.pause
        #expect(backoff.nextRelease(after: 1000) == release)
        #expect(!backoff.holds(7, at: release))
        #expect(backoff.nextRelease(after: release) == nil)
        backoff.note(7, failed: true, at: release)
        #expect(backoff.holds(7, at: release))
    }

    @Test("and works again has all patience again")
    func recovery() {
        var backoff = failing(ErrorBackoff.patience - 1)
        backoff.note(7, failed: false, at: 1000)
        backoff.note(7, failed: true, at: 1000)
        #expect(!backoff.holds(7, at: 1000))
    }

    @Test("holds no other")
    func others() {
        #expect(!failing(ErrorBackoff.patience).holds(8, at: 1000))
    }

    @Test("is forgotten when it is no longer watched")
    func prune() {
        var backoff = failing(ErrorBackoff.patience)
        backoff.prune { $0 != 7 }
        #expect(!backoff.holds(7, at: 1000))
    }
}
