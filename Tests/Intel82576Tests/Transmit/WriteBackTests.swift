// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Transmit write-back")
struct WriteBackTests {
    let driver = TestDriver.started()

    init() {
        driver.enableMSIX()
        (driver[.EIAM], driver[.EIAC]) = (0, 0)
        driver[.IVAR, 2] = 0x8300
        driver[.EITR, 3] = 100 << 2
    }

    /// Queue 2, on vector 3 with an interval of 100 µs.
    func makeRing(threshold: UInt32, count: Int = 64) -> TestDriver.TransmitRing {
        let ring = driver.makeTransmitRing(2, count: count)
        driver[.TXDCTL, 2] = 1 << 25 | threshold << 16
        return ring
    }

    func send(_ number: Int, _ ring: inout TestDriver.TransmitRing, rs: Bool = true) -> UInt64 {
        let buffer = driver.memory.allocate(64, alignment: 64)
        driver.memory.write(TestDriver.frame(number), at: buffer)
        return driver.post(
            buffer, 64 | 3 << 20 | 1 << 24 | 1 << 25 | (rs ? 1 << 27 : 0) | 1 << 29 | 64 << 46, to: &ring)
    }

    @Test("comes in batches of WTHRESH, of all descriptors with or without RS")
    func batches() {
        var ring = makeRing(threshold: 4)
        let sent = (0..<10).map { send($0, &ring, rs: $0 % 2 == 0) }
        driver.ring(ring)
        #expect(sent.map(driver.isDone) == (0..<10).map { $0 < 8 })
        #expect(driver.transmitHead(2) == 10 && driver.uplink.sent.count == 10)
        #expect(driver.host.takeMSIX() == [3])
    }

    @Test("of a batch that does not fill comes when EITR's interval has passed, with the cause")
    func timer() {
        var ring = makeRing(threshold: 16)
        let first = send(0, &ring)
        driver.ring(ring)
        let due = driver.clock.now + 100_000
        #expect(!driver.isDone(first) && driver.port.nextDeadline == due && driver.host.takeMSIX() == [])
        driver.clock.now += 50_000
        let second = send(1, &ring)
        driver.ring(ring)
        driver.run(at: due - 1)
        #expect(!driver.isDone(first))
        driver.run(at: due)
        #expect(driver.isDone(first) && driver.isDone(second) && driver.host.takeMSIX() == [3])
        #expect(driver.port.nextDeadline == nil)
    }

    @Test("does not wait where no interval runs: EITR 0, or a queue without a vector", arguments: [false, true])
    func nothingToWaitFor(isUnmapped: Bool) {
        if isUnmapped { driver[.IVAR, 2] = 0 } else { driver[.EITR, 3] = 0 }
        var ring = makeRing(threshold: 16)
        let sent = send(0, &ring)
        driver.ring(ring)
        #expect(driver.isDone(sent))
    }

    @Test("comes at once with TXDCTL.SWFLSH, another WTHRESH, or when the queue is disabled", arguments: 0..<3)
    func flush(way: Int) {
        var ring = makeRing(threshold: 16)
        let sent = send(0, &ring)
        driver.ring(ring)
        #expect(!driver.isDone(sent))
        driver[.TXDCTL, 2] = [1 << 26 | 1 << 25 | 16 << 16, 1 << 25, 16 << 16][way]
        driver.advance()
        #expect(driver.isDone(sent) && driver.port.nextDeadline == nil && driver.host.takeMSIX() == [3])
        #expect(driver[.TXDCTL, 2] & 1 << 26 == 0)
    }

    @Test("of context descriptors is none, and they count")
    func contexts() {
        var ring = makeRing(threshold: 2)
        let context = ring.base
        driver.postContext(to: &ring)
        let sent = send(0, &ring)
        driver.ring(ring)
        #expect(driver.isDone(sent) && !driver.isDone(context))
    }

    @Test("wraps with the ring, and a WTHRESH beyond the ring's length still comes", arguments: [8, 16, 24])
    func wraps(count: Int) {
        var ring = makeRing(threshold: 31, count: count)
        for round in 0..<40 {
            let sent = (0..<count - 1).map { send(round * 10 + $0, &ring) }
            driver.ring(ring)
            #expect(sent.allSatisfy(driver.isDone))
            driver.clock.now += 1_000_000
        }
    }

    @Test("is forgotten with a reset")
    func reset() {
        var ring = makeRing(threshold: 16)
        let sent = send(0, &ring)
        driver.ring(ring)
        driver[.CTRL] = 1 << 26
        driver.advance(milliseconds: 1)
        #expect(!driver.isDone(sent) && driver.port.nextDeadline == nil)
    }

    @Test("of the head comes without RS too when TDWBAL says so")
    func headOnTimer() {
        var ring = driver.makeTransmitRing(2)
        let place = driver.memory.allocate(16)
        (driver[.TDWBAL, 2], driver[.TDWBAH, 2]) = (UInt32(place) | 1, 0)
        _ = send(0, &ring, rs: false)
        driver.ring(ring)
        #expect(driver.memory.load(at: place) == 0 && driver.host.takeMSIX() == [])
        driver[.TDWBAL, 2] = UInt32(place) | 3
        _ = send(1, &ring, rs: false)
        driver.ring(ring)
        #expect(driver.memory.load(at: place) == 2 && driver.host.takeMSIX() == [3])
    }

    @Test("of MSI and INTx follows EITR 0")
    func single() {
        driver.setMSIX(false)
        driver[.GPIE] = 0
        driver[.EITR, 0] = 50 << 2
        var ring = makeRing(threshold: 16)
        let sent = send(0, &ring)
        driver.ring(ring)
        #expect(!driver.isDone(sent) && driver.port.nextDeadline == driver.clock.now + 50_000)
        driver.run(at: driver.clock.now + 50_000)
        #expect(driver.isDone(sent) && driver[.ICR] & 1 == 1)
    }
}
