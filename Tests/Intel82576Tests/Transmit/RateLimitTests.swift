// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("A queue's rate limit")
struct RateLimitTests {
    /// RTTBCNRC for `rate` Mb/s at 1000 Mb/s, computed as Linux' igb does for `ip link set .. max_tx_rate`.
    private func control(_ rate: Int) -> UInt32 {
        let whole = 1000 / rate
        let fraction = (1000 - whole * rate) * 16384 / rate
        return 1 << 31 | UInt32(whole) << 14 | UInt32(fraction)
    }

    private func limit(_ driver: TestDriver, queue: UInt32, to rate: Int) {
        driver[raw: RTTDQSEL.self] = queue
        driver[raw: RTTBCNRC.self] = rate == 0 ? 0 : control(rate)
    }

    /// Bytes with FCS that leave `queue` in `milliseconds`, the ring never empty, time moving from deadline to deadline.
    private func bytesSent(_ driver: TestDriver, _ ring: inout TestDriver.TransmitRing, milliseconds: UInt64) -> Int {
        let end = driver.clock.now + milliseconds * 1_000_000
        driver.uplink.sent = []
        while driver.clock.now < end {
            let head = Int(driver[raw: TDH.self, ring.queue])
            while (ring.tail + 1) % ring.count != head {
                ring.tail = (ring.tail + 1) % ring.count
            }
            driver[raw: TDT.self, ring.queue] = UInt32(ring.tail)
            driver.advance()
            driver.clock.now = min(end, driver.port.nextDeadline ?? driver.clock.now + 100_000)
        }
        return driver.uplink.sent.reduce(0) { $0 + $1.bytes.count + 4 }
    }

    /// A ring full of descriptors for one frame of 1514 bytes.
    private func makeRing(_ driver: TestDriver, _ queue: Int) -> TestDriver.TransmitRing {
        var ring = driver.makeTransmitRing(queue, count: 64)
        let frame = [UInt8](repeating: 0x42, count: 1514)
        for _ in 0..<64 { driver.post(pieces: [frame], to: &ring) }
        return ring
    }

    @Test("lets a packet through that has more descriptors than a run of it fetches")
    func longPacket() {
        let driver = TestDriver()
        driver.start()
        limit(driver, queue: 2, to: 100)
        var ring = driver.makeTransmitRing(2, count: 256)
        let pieces = (0..<40).map { [UInt8](repeating: UInt8($0), count: 30) }
        driver.post(pieces: pieces, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [pieces.flatMap { $0 }])
    }

    @Test("holds its mean rate within 5 %", arguments: [10, 20, 100, 333, 700])
    func meanRate(rate: Int) {
        let driver = TestDriver()
        driver.start()
        var ring = makeRing(driver, 2)
        limit(driver, queue: 2, to: rate)
        let bits = Double(bytesSent(driver, &ring, milliseconds: 1000) * 8)
        #expect(abs(bits / 1e6 - Double(rate)) <= Double(rate) * 0.05, "\(bits / 1e6) Mb/s")
    }

    @Test("of a VF's first queue holds for its two queues together, unless the second has its own")
    func perVirtualFunction() {
        var limits = RateLimits()
        limits[1] = RTTBCNRC(raw: control(10))
        limits[5] = RTTBCNRC(raw: control(10))
        #expect(limits.limited == 1 << 1 | 1 << 5)
        limits.virtualFunctions = 2
        #expect(limits.limited == 1 << 1 | 1 << 9 | 1 << 5)
        limits.countSent(9, bytes: 1250, now: 5_000_000, linkSpeed: .megabits1000)
        limits.countSent(1, bytes: 1250, now: 5_000_000, linkSpeed: .megabits1000)
        #expect(limits.waiting(now: 5_500_000) == 1 << 1 | 1 << 9, "2500 bytes at 10 Mb/s, a millisecond of credit")
        #expect(limits.nextRelease(1 << 9) == 6_000_000)
        limits[9] = RTTBCNRC(raw: control(100))
        #expect(limits.waiting(now: 5_500_000) == 1 << 1)
        limits[9] = RTTBCNRC(raw: 0)
        limits.virtualFunctions = 0
        #expect(limits.limited == 1 << 1 | 1 << 5)
    }

    @Test("is the queue's own, reads back for the selected queue, and goes away")
    func perQueue() {
        let driver = TestDriver()
        driver.start()
        var (limited, free) = (makeRing(driver, 2), makeRing(driver, 3))
        limit(driver, queue: 2, to: 10)
        #expect(driver[raw: RTTBCNRC.self] == control(10))
        driver[raw: RTTDQSEL.self] = 3
        #expect(driver[raw: RTTBCNRC.self] == 0)
        #expect(bytesSent(driver, &free, milliseconds: 10) > 1_000_000)
        #expect(bytesSent(driver, &limited, milliseconds: 10) < 100_000)
        limit(driver, queue: 2, to: 0)
        #expect(bytesSent(driver, &limited, milliseconds: 10) > 1_000_000)
    }
}
