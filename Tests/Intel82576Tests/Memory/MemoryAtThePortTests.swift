// SPDX-License-Identifier: Apache-2.0

import Glibc
import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("Kinds of guest memory under a running port")
struct MemoryAtThePortTests {
    /// A port all of whose memory is reached by messages.
    private func messageDriver() throws -> TestDriver {
        let driver = TestDriver(maps: false)
        driver.host.memory = driver.memory
        var mapping = driver.memory.mapping
        mapping.backing = .messages
        try driver.function.map(mapping)
        driver.start()
        return driver
    }

    @Test(
        "transmit works through messages alone: rings, buffers, offload, write-back", arguments: 0..<10 as Range<UInt64>
    )
    func transmit(seed: UInt64) throws {
        let driver = try messageDriver()
        driver.setFlagMasks()
        var generator = SeededGenerator(seed)
        var ring = driver.makeTransmitRing(count: 256)
        let large = SegmentationTests.Large.sendable(&generator, maximum: 50000)
        driver.post(large, to: &ring, &generator)
        let frames = (0..<50).map { TestDriver.frame($0, length: 60 + $0 * 150) }
        let done = frames.map { driver.post(pieces: [$0], to: &ring) }
        driver.ring(ring)
        #expect(driver.sentFrames == large.segments.map(padded) + frames)
        #expect(done.allSatisfy { driver.isDone($0) })
        #expect(driver.host.messages > 150)
    }

    @Test("while the client may not be waited for, packets stay on the ring, and go when it may")
    func busyHost() throws {
        let driver = try messageDriver()
        var ring = driver.makeTransmitRing()
        let frames = (0..<20).map { TestDriver.frame($0, length: 200) }
        for frame in frames { driver.post(pieces: [frame], to: &ring) }
        driver.host.canWait = false
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork)
        #expect(try #require(driver.port.nextDeadline) <= driver.clock.now + 1_000_000)
        driver.host.canWait = true
        driver.advance()
        #expect(driver.sentFrames == frames)
    }

    @Test("a run ends between two packets when the client has been waited for long enough")
    func busyMeanwhile() throws {
        let driver = try messageDriver()
        var ring = driver.makeTransmitRing()
        let frames = (0..<20).map { TestDriver.frame($0, length: 200) }
        for frame in frames { driver.post(pieces: [frame], to: &ring) }
        driver.host.patience = 5
        driver.ring(ring)
        #expect((1..<20).contains(driver.sentFrames.count))
        (driver.host.patience, driver.host.canWait) = (.max, true)
        driver.advance()
        #expect(driver.sentFrames == frames)
    }

    @Test("a short packet is padded even when the batch is nearly full of copies")
    func paddingRoom() throws {
        let driver = try messageDriver()
        var ring = driver.makeTransmitRing()
        let lengths = Array(repeating: 9724, count: 13) + [FrameBatch.headerCapacity - 50 - 13 * 9724, 14]
        let frames = lengths.enumerated().map { TestDriver.frame($0.offset, length: $0.element) }
        for frame in frames { driver.post(pieces: [frame], to: &ring) }
        driver.ring(ring)
        #expect(driver.sentFrames == frames.map(padded))
    }

    @Test(
        "the quadword with length and DD is written last and whole, into the last descriptor last",
        arguments: [false, true])
    func writeBackOrder(isLegacy: Bool) throws {
        let driver = try messageDriver()
        let ring = driver.makeReceiveRing(bufferSize: 1024, type: isLegacy ? 0 : 1 << 25)
        driver.enableReceive()
        driver.host.writes = []
        driver.arrive(TestDriver.frame(1, length: 1400))
        let place = { (index: UInt64) in TestHost.Write(address: ring.base + 16 * index + 8, byteCount: 8) }
        let writes = driver.host.writes
        #expect(writes.filter { $0 == place(0) || $0 == place(1) } == [place(0), place(1)])
        #expect(writes.last == place(1))
        let first = try #require(writes.firstIndex(of: place(0)))
        let inFirst = writes.indices.filter { (ring.base..<ring.base + 16).contains(writes[$0].address) }
        let inBuffer = writes.indices.filter { (ring.buffers[0]..<ring.buffers[0] + 1024).contains(writes[$0].address) }
        #expect(inFirst.max() == first && inBuffer.allSatisfy { $0 < first } && !inBuffer.isEmpty)
    }

    @Test("receive works through messages alone")
    func receive() throws {
        let driver = try messageDriver()
        var ring = driver.makeReceiveRing(count: 256, bufferSize: 1024)
        driver.enableReceive(1 << 5)
        let frames = (0..<40).map { TestDriver.frame($0, length: 60 + $0 * 70) }
        for frame in frames { driver.arrive(frame) }
        #expect(driver.takeAll(&ring) == frames)
    }

    @Test("a client that refuses its messages loses packets, and the port goes on when it answers again")
    func refusedMessages() throws {
        let driver = try messageDriver()
        var ring = driver.makeTransmitRing()
        var received = driver.makeReceiveRing()
        driver.enableReceive()
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.host.memory = nil
        driver.ring(ring)
        driver.arrive(TestDriver.frame(2))
        #expect(driver.sentFrames.isEmpty)
        driver.host.memory = driver.memory
        driver.ring(ring)
        driver.arrive(TestDriver.frame(3))
        #expect(driver.sentFrames == [TestDriver.frame(1)])
        #expect(driver.takeAll(&received) == [TestDriver.frame(3)])
    }

    @Test("a packet that starts in a file and ends in messages leaves whole")
    func mixed() throws {
        let driver = TestDriver(maps: false)
        driver.host.memory = driver.memory
        var mapping = driver.memory.mapping
        mapping.size = 0x80_0000
        try driver.function.map(mapping)
        mapping.address = 0x80_0000
        mapping.backing = .messages
        try driver.function.map(mapping)
        driver.start()
        let frame = TestDriver.frame(1, length: 9000)
        driver.memory.write(frame, at: 0x80_0000 - 4001)
        var ring = driver.makeTransmitRing()
        driver.post(0x80_0000 - 4001, 9000 | 3 << 20 | 1 << 24 | 1 << 29 | 9000 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
    }

    /// A port with the upper half of its memory in a file of its own, which the test then cuts.
    private func truncatableDriver() throws -> (TestDriver, TestMemory) {
        let driver = TestDriver()
        let file = TestMemory(size: 1 << 20)
        var mapping = file.mapping
        mapping.address = 1 << 32
        try driver.function.map(mapping)
        driver.start()
        return (driver, file)
    }

    @Test("buffers in a file that was truncated read as zeros, and the port goes on")
    func truncatedBuffers() throws {
        let (driver, file) = try truncatableDriver()
        var ring = driver.makeTransmitRing()
        file.write(TestDriver.frame(1, length: 1000), at: 0x8000)
        #expect(ftruncate(file.descriptor, 0x1000) == 0)
        driver.post(1 << 32 | 0x8000, 1000 | 3 << 20 | 1 << 24 | 1 << 29 | 1000 << 46, to: &ring)
        driver.post(pieces: [TestDriver.frame(2)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [[UInt8](repeating: 0, count: 1000), TestDriver.frame(2)])
    }

    @Test("rings in a file that was truncated are empty descriptors, and the port goes on")
    func truncatedRings() throws {
        let (driver, file) = try truncatableDriver()
        #expect(ftruncate(file.descriptor, 0x1000) == 0)
        for (base, control) in [(0xE000, 0xE028), (0xC000, 0xC028)] {
            driver[control] = 0
            (driver[base], driver[base + 4], driver[base + 8]) = (0x8000, 1, 64 * 16)
            driver[control] = 1 << 25
            driver[base + 0x18] = 40
        }
        driver.enableReceive()
        driver.advance()
        // Legacy descriptors of zeros: no end of packet among them.
        #expect(driver.sentFrames.isEmpty)
        driver.arrive(TestDriver.frame(1))
        #expect(driver.receiveHead() == 1)
        var other = driver.makeTransmitRing(1)
        driver.post(pieces: [TestDriver.frame(2)], to: &other)
        driver.ring(other)
        #expect(driver.sentFrames == [TestDriver.frame(2)])
    }

    @Test("the host whose memory was truncated is told after the run, once, and no other host")
    func truncationReport() throws {
        let driver = TestDriver(virtualFunctions: 1)
        driver.start()
        driver.enableVirtualFunctions(1)
        let virtual = driver.makeVirtualFunction(0)
        virtual.start()
        let file = TestMemory(size: 1 << 20)
        var mapping = file.mapping
        mapping.address = 1 << 32
        try driver.function.map(mapping)
        #expect(ftruncate(file.descriptor, 0) == 0)
        // Queue 0 is the VF's.
        var ring = driver.makeTransmitRing(1)
        driver.ring(ring)
        #expect(driver.host.memoryLosses == 0)
        driver.post(1 << 32, 60 | 3 << 20 | 1 << 24 | 1 << 29 | 60 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.host.memoryLosses == 1)
        driver.post(1 << 32 | 0x8000, 60 | 3 << 20 | 1 << 24 | 1 << 29 | 60 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.host.memoryLosses == 1)
        #expect(virtual.host.memoryLosses == 0)
    }

    @Test("memory unmapped while frames are held for it is not touched")
    func unmappedWhileHeld() throws {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        for number in 0..<10 { driver.arrive(TestDriver.frame(number)) }
        #expect(driver.takeAll(&ring).count == 7)
        driver.function.unmapAll()
        let before = driver.memory.read(driver.memory.size, at: 0)
        driver.advance()
        driver[raw: RDT.self] = 5
        driver.advance()
        #expect(driver.memory.read(driver.memory.size, at: 0) == before)
    }
}
