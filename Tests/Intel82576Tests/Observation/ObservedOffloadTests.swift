// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Of a frame's offloads an observer")
struct ObservedOffloadTests {
    private let driver = TestDriver.started()

    // MARK: Receive

    /// What is said of `frame`, from the wire, where it was written to a queue.
    private func received(_ frame: [UInt8], control: UInt32 = 0) -> ReceiveOffloads? {
        driver.enableReceive(control)
        let record = driver.watch()
        driver.arrive(frame)
        return record.sightings(.received).first?.receive
    }

    @Test("knows which filter chose the queue")
    func filters() {
        for queue in 0..<8 { _ = driver.makeReceiveRing(queue, count: 16) }
        driver[.ETQF, 3] = 0x88B5 | 5 << 16 | 1 << 26 | 1 << 31
        #expect(received(TestDriver.frame())?.rule == .etherType(3))
        (driver[.IMIR, 2], driver[.IMIREXT, 2]) = (1 << 17, 1 << 12 | 1 << 19)
        // For queue 6, of all fields the protocol alone: UDP.
        driver[.FTQF, 2] = 0xE006_8111
        var recipe = FrameRecipe()
        recipe.transport = .udp
        let frame = TestDriver.ownAddress + recipe.bytes.dropFirst(6)
        #expect(received(frame)?.rule == .tuple(2))
        recipe.transport = .tcp
        recipe.tcpFlags = 2
        driver[.SYNQF] = 1 | 4 << 1
        #expect(received(TestDriver.ownAddress + recipe.bytes.dropFirst(6))?.rule == .syn)
    }

    @Test("knows the hash where RSS chose the queue")
    func spread() {
        _ = driver.makeReceiveRing()
        driver[.MRQC] = 2 | 1 << 16
        driver[.RSSRK] = 0x1234_5678
        let frame = TestDriver.ownAddress + FrameRecipe().bytes.dropFirst(6)
        let rule = received(frame)?.rule
        guard case .rss(let hash, let type) = rule else {
            Issue.record("\(String(describing: rule))")
            return
        }
        #expect(type == .tcpIPv4 && hash != 0)
        #expect(received(TestDriver.frame())?.rule == .defaultQueue)
    }

    @Test("knows of checksums that were checked, and what came of it")
    func checksums() {
        _ = driver.makeReceiveRing()
        driver[.RXCSUM] = 1 << 8 | 1 << 9 | 1 << 13
        var frame = TestDriver.ownAddress + FrameRecipe().bytes.dropFirst(6)
        var offloads = received(frame)
        #expect(offloads?.hasRightIPChecksum == true && offloads?.hasRightTransportChecksum == true)
        frame[24] ^= 1
        offloads = received(frame)
        #expect(offloads?.hasRightIPChecksum == false && offloads?.hasRightTransportChecksum == true)
        offloads = received(TestDriver.frame())
        #expect(offloads?.hasRightIPChecksum == nil && offloads?.hasRightTransportChecksum == nil)
    }

    @Test("knows the tag that is stripped, and sees the frame with it")
    func stripped() {
        _ = driver.makeReceiveRing()
        driver[.CTRL] |= 1 << 30
        driver.enableReceive()
        let record = driver.watch()
        driver.arrive(tagged(TestDriver.frame(), 0x2005))
        #expect(record.sightings(.received).first?.receive?.strippedTag == 0x2005)
        #expect(record.entries.last?.bytes == tagged(TestDriver.frame(), 0x2005))
    }

    @Test("knows how many bytes went to the header buffer")
    func headerSplit() {
        let ring = driver.makeReceiveRing(count: 16, type: UInt32(SRRCTL.Format.split.rawValue) << 25, control: 2 << 8)
        for index in 0..<16 {
            driver.memory.store(driver.memory.allocate(256), at: ring.base + UInt64(index) * 16 + 8)
        }
        driver[.PSRTYPE, 0] = 0x3FE
        let frame = TestDriver.ownAddress + FrameRecipe().bytes.dropFirst(6)
        #expect(received(frame)?.headerLength == 54)
        #expect(received(TestDriver.frame())?.headerLength == 0)
    }

    @Test("knows of an inexact address filter, and of a time stamp")
    func reports() {
        _ = driver.makeReceiveRing()
        let offloads = received(TestDriver.frame(to: [1, 0, 0x5E, 0, 0, 1]), control: 1 << 4)
        #expect(offloads?.isInexact == true && offloads?.isStamped == false)
        driver[.TSYNCRXCTL] = 1 << 4 | TSYNCRXCTL.Kind.everything.rawValue << 1
        #expect(received(TestDriver.frame())?.isStamped == true)
    }

    // MARK: Transmit

    /// What is said of the frames of packets posted to `ring` where they leave.
    private func sent(_ ring: TestDriver.TransmitRing) -> [TransmitOffloads] {
        let record = driver.watch()
        driver.ring(ring)
        #expect(record.sightings(.sent).map(\.transmit) == record.sightings(.left).map(\.transmit))
        return record.sightings(.sent).compactMap(\.transmit)
    }

    @Test("knows of an inserted tag and of inserted checksums")
    func inserted() {
        var recipe = FrameRecipe()
        recipe.payload = Array(1...100)
        var ring = driver.makeTransmitRing()
        driver.postContext(vlanTag: 9, to: &ring)
        driver.post(pieces: [recipe.unfinished], command: 1 << 30, to: &ring)
        driver.post(pieces: [recipe.unfinished], options: 1 << 40 | 1 << 41, to: &ring)
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        var (tag, sums) = (TransmitOffloads(), TransmitOffloads())
        tag.insertedTag = 9
        (sums.insertsIPChecksum, sums.insertsTransportChecksum) = (true, true)
        #expect(sent(ring) == [tag, sums, TransmitOffloads()])
    }

    @Test("knows of a checksum that has no place in the frame")
    func missed() {
        var ring = driver.makeTransmitRing()
        driver.postContext(ip: 60, to: &ring)
        driver.post(pieces: [TestDriver.frame()], options: 1 << 41, to: &ring)
        #expect(sent(ring).map(\.missesChecksum) == [true])
        #expect(driver.port.transmit.missedChecksums == 1)
    }

    @Test("knows the number of each segment and the packet's length, however many batches they fill")
    func segments() {
        var generator = SeededGenerator(3)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(60000), 150)
        var ring = driver.makeTransmitRing(count: 256)
        driver.post(large, to: &ring, &generator)
        let offloads = sent(ring)
        #expect(offloads.map(\.segment) == Array(0..<400))
        #expect(offloads.allSatisfy { $0.packetLength == large.bytes.count && $0.insertsTransportChecksum })
    }
}
