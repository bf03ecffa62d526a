// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Testing

@testable import KawelaDaemon

private let microsecond: UInt64 = 1000
private let millisecond: UInt64 = 1_000_000

@Suite("Shares of the thread's time") struct MessageSharesTests {
    private var shares = MessageShares(servers: 3)

    @Test("who has used the burst waits until it is made up for, while another is active")
    mutating func hog() {
        let now = 10 * millisecond
        shares.spend(0, 500 * microsecond, until: now)
        shares.spend(1, microsecond, until: now)
        #expect(!shares.holds(0, at: now))
        shares.spend(0, 100 * microsecond, until: now)
        let release = now + 400 * microsecond
        for time in [now, release - 1] {
            #expect(shares.holds(0, at: time) && shares.nextRelease(after: time) == release)
            #expect(!shares.holds(1, at: time) && !shares.holds(2, at: time))
        }
        #expect(!shares.holds(0, at: release) && shares.nextRelease(after: release) == nil)
    }

    @Test("who is alone does not wait, and no longer than others are active")
    mutating func alone() {
        let now = 100 * millisecond
        shares.spend(0, 50 * millisecond, until: now)
        #expect(!shares.holds(0, at: now))
        shares.spend(1, 1, until: now)
        #expect(shares.holds(0, at: now) && shares.nextRelease(after: now) == now + millisecond)
        #expect(!shares.holds(0, at: now + millisecond))
    }

    @Test("many small messages stay below, and do not need the processor's time")
    mutating func small() {
        for turn in 1...1000 as ClosedRange<UInt64> {
            let now = turn * 40 * microsecond
            shares.spend(0, 10 * microsecond, until: now)
            shares.spend(1, 1, until: now)
            #expect(!shares.holds(0, at: now) && !shares.isCountedExactly(0, at: now))
        }
    }

    @Test(
        "the loop keeps a server of slow messages to its share, and the other's come all the time",
        arguments: [true, false])
    func loop(buffered: Bool) throws {
        let bell = Doorbell()
        bell.ring()
        let (port, slow, quick) = (FakePort(), FakeServer(), FakeServer())
        port.hasWork = true
        var spent: UInt64 = 0
        func work() {
            let start = threadNanoseconds()
            while threadNanoseconds() - start < millisecond {}
            spent += threadNanoseconds() - start
        }
        if buffered {
            (slow.bufferedMessages, slow.onMessage) = (.max, work)
        } else {
            (slow.descriptors, slow.onEvent) = ([bell.descriptor], { _, _ in work() })
        }
        quick.bufferedMessages = .max
        let loop = EventLoop(
            port: port, servers: [slow, quick], backend: FakeBackend(), log: LogRecord().logger)
        let start = monotonicNanoseconds()
        port.onRun = { _ in if monotonicNanoseconds() - start > 200 * millisecond { loop.stop() } }
        try loop.run()
        let total = monotonicNanoseconds() - start
        #expect(spent > millisecond)
        #expect(spent < total / 2)
        #expect(.max - quick.bufferedMessages > 100)
    }
}
