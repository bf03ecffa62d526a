// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Frames larger than a segment from the uplink")
struct LargeReceiveTests {
    private let driver = TestDriver.started()

    /// As a host hands it over: all lengths set, the sum open.
    private func bytes(_ large: SegmentationTests.Large) -> [UInt8] {
        var bytes = large.recipe.bytes
        bytes.replaceSubrange(large.checksumField..<large.checksumField + 2, with: networkBytes(large.recipe.seed))
        return bytes
    }

    private func offload(_ large: SegmentationTests.Large) -> FrameBatch.Offload {
        var offload = FrameBatch.Offload()
        offload.needsChecksum = true
        offload.checksumStart = UInt16(large.recipe.transportOffset)
        offload.checksumOffset = large.recipe.transport == .tcp ? 16 : 6
        offload.segmentSize = UInt16(large.segmentSize)
        offload.headerLength = UInt16(large.layout.length)
        offload.segmentation = large.recipe.transport == .udp ? .udp : large.recipe.network == .ipv4 ? .tcp4 : .tcp6
        return offload
    }

    @Test("they arrive as the segments a sender would build, reported right", arguments: 0..<30 as Range<UInt64>)
    func segments(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var ring = driver.makeReceiveRing(count: 512)
        driver.enableReceive(1 << 3 | 1 << 5)
        let large = SegmentationTests.Large.sendable(&generator, maximum: 30000)
        driver.arrive(bytes(large), offload: offload(large))
        var received: [TestDriver.Received] = []
        while let next = driver.take(&ring) { received.append(next) }
        #expect(received.map(\.bytes) == large.segments.map(padded))
        #expect(received.allSatisfy { $0.status & 1 << 5 != 0 && $0.status & 3 << 29 == 0 })
        #expect(driver[raw: GPRC.self] == UInt32(large.segments.count))
        #expect(driver[raw: TPR.self] == UInt32(large.segments.count))
    }

    @Test("the pieces are held one by one like other frames, in order with them", arguments: [false, true])
    func held(keepsCRC: Bool) {
        var generator = SeededGenerator(7)
        var ring = driver.makeReceiveRing(count: 9)
        driver[raw: RCTL.self] = 1 << 1 | 1 << 3 | 1 << 5 | (keepsCRC ? 0 : 1 << 26)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        // More than a batch of pieces.
        (large.recipe.payload, large.segmentSize) = (generator.bytes(40000), 100)
        driver.uplink.incoming = [
            (TestDriver.frame(1), FrameBatch.Offload()), (bytes(large), offload(large)),
            (TestDriver.frame(2), FrameBatch.Offload()), (bytes(large), offload(large)),
        ]
        driver.port.receiveFromUplink()
        var taken: [[UInt8]] = []
        while true {
            let some = driver.takeAll(&ring)
            driver.advance()
            if some.isEmpty { break }
            taken += some
        }
        let pieces = large.segments.map(padded)
        let frames = [TestDriver.frame(1)] + pieces + [TestDriver.frame(2)] + pieces
        #expect(taken == frames.map { keepsCRC ? $0 + frameCheck($0) : $0 })
        #expect(driver.port.wantsFrames)
        #expect(driver[raw: TPR.self] == UInt32(frames.count))
    }

    @Test("very many pieces arrive in several turns")
    func manyPieces() {
        var generator = SeededGenerator(7)
        driver.enableReceive(1 << 3)
        driver[raw: RXDCTL.self] = 0
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(40000), 8)
        driver.uplink.incoming = [(bytes(large), offload(large))]
        driver.port.receiveFromUplink()
        let first = driver[raw: TPR.self]
        #expect(first >= 1024 && first < 1024 + FrameBatch.capacity && driver.port.hasWork && !driver.port.wantsFrames)
        driver.advance()
        #expect(first + driver[raw: TPR.self] == 5000 && !driver.port.hasWork && driver.port.wantsFrames)
    }

    @Test("tags are stripped from every piece")
    func stripped() throws {
        var generator = SeededGenerator(8)
        var ring = driver.makeReceiveRing()
        driver[0] |= 1 << 30
        driver.enableReceive(1 << 3)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        (large.recipe.payload, large.segmentSize) = (generator.bytes(3000), 1000)
        let plain = large.segments
        large.recipe.tags = [(0x8100, 0x0123)]
        driver.arrive(bytes(large), offload: offload(large))
        for piece in plain {
            let received = try #require(driver.take(&ring))
            #expect(received.bytes == piece && received.vlanTag == 0x123)
        }
    }

    @Test("one whose headers are not what its offload says is dropped, and the next frame arrives")
    func mismatch() {
        var ring = driver.makeReceiveRing()
        driver.enableReceive(1 << 3)
        var generator = SeededGenerator(9)
        var large = SegmentationTests.Large.sendable(&generator)
        large.recipe = FrameRecipe()
        large.recipe.payload = generator.bytes(3000)
        for (segmentation, size) in [(.tcp6, 1000), (.udp, 1000), (.tcp4, 0)]
            as [(FrameBatch.Offload.Segmentation, UInt16)]
        {
            var wrong = offload(large)
            (wrong.segmentation, wrong.segmentSize) = (segmentation, size)
            driver.arrive(bytes(large), offload: wrong)
        }
        driver.arrive(TestDriver.frame(1))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(1)])
    }
}
