// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Transmission held back")
struct BackPressureTests {
    private let driver = TestDriver.started()

    @Test("a congested uplink gets nothing and nothing is consumed; afterwards everything leaves in order")
    func congested() {
        var ring = driver.makeTransmitRing(2)
        driver.uplink.isCongested = true
        let done = (0..<20).map { driver.post(pieces: [TestDriver.frame($0)], to: &ring) }
        driver.ring(ring)
        #expect(driver.uplink.batches.isEmpty && driver.transmitHead(2) == 0)
        #expect(done.allSatisfy { !driver.isDone($0) })
        #expect(!driver.port.hasWork)
        driver.uplink.isCongested = false
        #expect(driver.port.hasWork)
        driver.advance()
        #expect(driver.sentFrames == (0..<20).map { TestDriver.frame($0) })
        #expect(done.allSatisfy { driver.isDone($0) })
    }

    @Test("an uplink that fills up in the middle of a run stops it there, and what was sent is what is done")
    func congestedMidRun() {
        var ring = driver.makeTransmitRing(count: 1024)
        let frames = (0..<600).map { TestDriver.frame($0, length: 1500) }
        let done = frames.map { driver.post(pieces: [$0], to: &ring) }
        driver.uplink.congestsAfter = 1
        driver.ring(ring)
        let sent = driver.uplink.sent.count
        #expect(sent > 0 && sent < 256)
        #expect(driver.transmitHead() == sent)
        #expect(done.map(driver.isDone) == (0..<600).map { $0 < sent })
        driver.uplink.isCongested = false
        driver.advance()
        #expect(driver.sentFrames == frames)
    }

    @Test("a context set before the uplink filled up serves the packets after it")
    func contextAcrossCongestion() {
        var ring = driver.makeTransmitRing(count: 1024)
        driver.postContext(vlanTag: 9, to: &ring)
        let frames = (0..<400).map { TestDriver.frame($0, length: 1500) }
        for frame in frames { driver.post(pieces: [frame], command: 1 << 30, to: &ring) }
        driver.uplink.congestsAfter = 1
        driver.ring(ring)
        driver.uplink.isCongested = false
        driver.advance()
        #expect(driver.sentFrames == frames.map { tagged($0, 9) })
    }

    @Test("every queue that waited for the uplink is served when it is free")
    func congestedQueues() {
        driver.uplink.isCongested = true
        for queue in 0..<16 {
            var ring = driver.makeTransmitRing(queue)
            driver.post(pieces: [TestDriver.frame(queue)], to: &ring)
            driver.ring(ring)
        }
        driver.uplink.isCongested = false
        driver.advance()
        #expect(Set(driver.sentFrames) == Set((0..<16).map { TestDriver.frame($0) }))
    }

    @Test("without a link nothing is consumed; when it comes back everything leaves")
    func linkDown() {
        var ring = driver.makeTransmitRing()
        driver.uplink.isLinkUp = false
        driver.port.uplinkLinkChanged()
        let done = (0..<5).map { driver.post(pieces: [TestDriver.frame($0)], to: &ring) }
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver.transmitHead() == 0 && !driver.port.hasWork)
        driver.uplink.isLinkUp = true
        driver.port.uplinkLinkChanged()
        driver.advance(milliseconds: 10000)
        #expect(driver.sentFrames == (0..<5).map { TestDriver.frame($0) })
        #expect(done.allSatisfy { driver.isDone($0) })
    }

    @Test("CTRL.GIO_MASTER_DISABLE stops transmission, and clearing it resumes it")
    func masterDisabled() {
        var ring = driver.makeTransmitRing()
        driver[0] |= 1 << 2
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty)
        driver[0] &= ~(1 << 2)
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame()])
    }

    @Test("a software reset forgets what was posted")
    func reset() {
        var ring = driver.makeTransmitRing()
        driver.uplink.isCongested = true
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        driver[0] |= 1 << 26
        driver.uplink.isCongested = false
        driver.start()
        driver.advance(milliseconds: 10000)
        #expect(driver.sentFrames.isEmpty)
    }
}
