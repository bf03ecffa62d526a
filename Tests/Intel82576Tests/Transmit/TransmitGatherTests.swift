// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("Gathering a packet")
struct TransmitGatherTests {
    @Test("a packet in many buffers of any size leaves whole", arguments: 0..<30 as Range<UInt64>)
    func manyBuffers(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing(count: 256)
        let frame = TestDriver.frame(Int(seed), length: generator.number(200...9000))
        var pieces: [[UInt8]] = []
        var rest = frame[...]
        while !rest.isEmpty {
            let count =
                pieces.count > 150 ? rest.count : generator.number(0...min(rest.count, generator.number(1...400)))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        driver.post(pieces: pieces, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
        #expect(driver.transmitHead() == pieces.count)
    }

    /// A port whose bus addresses are the pages of its memory in reverse, a range each.
    private func shuffled(_ backing: (TestDriver, Int) -> DMAMapping.Backing) throws -> TestDriver {
        let driver = TestDriver(maps: false)
        let pages = 64
        // Rings lie in the first pages at their own addresses, buffers above 1 MiB in reverse.
        try driver.function.map(
            DMAMapping(
                address: 0, size: 0x10_0000, isReadable: true, isWritable: true,
                backing: .file(descriptor: driver.memory.descriptor, offset: 0)))
        for page in 0..<pages {
            try driver.function.map(
                DMAMapping(
                    address: 0x10_0000 + UInt64(page) * 4096, size: 4096, isReadable: true, isWritable: true,
                    backing: backing(driver, 0x10_0000 + (pages - 1 - page) * 4096)))
        }
        driver.start()
        return driver
    }

    @Test("a buffer across pages that lie apart leaves whole")
    func acrossRanges() throws {
        let driver = try shuffled { driver, offset in
            .file(descriptor: driver.memory.descriptor, offset: UInt64(offset))
        }
        let frame = TestDriver.frame(3, length: 9000)
        // Bus address 0x100000 + 4090: six bytes at the end of one page, then two pages in reverse order.
        for (index, byte) in frame.enumerated() {
            let bus = 4090 + index
            driver.memory.write([byte], at: UInt64(0x10_0000 + (63 - bus / 4096) * 4096 + bus % 4096))
        }
        var ring = driver.makeTransmitRing()
        driver.post(0x10_0000 + 4090, 9000 | 3 << 20 | 1 << 24 | 1 << 27 | 1 << 29 | 9000 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
    }

    @Test("a packet with a buffer that cannot be read is dropped, done with, and the ring goes on")
    func unmappedBuffer() {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing()
        let high: UInt64 = 100 | 3 << 20 | 1 << 29 | 1 << 27
        let bad: [UInt64] = [1 << 40, UInt64.max - 50, UInt64(driver.memory.size) - 50]
        for address in bad {
            let done = driver.post(address, high | 1 << 24 | 100 << 46, to: &ring)
            driver.ring(ring)
            #expect(driver.isDone(done))
        }
        // The header is there, what follows is not.
        let buffer = driver.memory.allocate(1000)
        driver.post(buffer, (high & ~0xFFFF) | 1000 | 1100 << 46, to: &ring)
        driver.post(1 << 40, high | 1 << 24, to: &ring)
        driver.post(pieces: [TestDriver.frame(5)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(5)])
        #expect(driver.port.transmit.drops[.unreadable] == 4)
    }

    @Test("a queue still sends after thousands of packets that could not be read")
    func manyUnmappedBuffers() {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing(count: 256)
        driver.postContext(mac: 127, ip: 511, to: &ring)
        driver.ring(ring)
        for _ in 0..<20 {
            for _ in 0..<200 {
                driver.post(1 << 40, 800 | 3 << 20 | 1 << 24 | 1 << 29 | 1 << 41 | 800 << 46, to: &ring)
            }
            driver.ring(ring)
        }
        driver.post(pieces: [TestDriver.frame(5)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(5)])
        #expect(driver.port.transmit.drops[.unreadable] == 4000)
        #expect(driver.port.transmit.drops[.malformed] == 0)
    }

    @Test("a ring that is not mapped is left alone, and served from where it was once it is")
    func unmappedRing() throws {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.function.unmapAll()
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver.transmitHead() == 0 && !driver.port.hasWork)
        try driver.function.map(driver.memory.mapping)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1)])
    }

    @Test("a ring that ends in unmapped memory is served up to there")
    func ringAcrossTheEnd() throws {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing(count: 512)
        for number in 0..<300 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        _ = try driver.function.unmap(address: 0, size: UInt64(driver.memory.size))
        for part in [0..<ring.base + 4096, ring.base + 8192..<UInt64(driver.memory.size)] {
            try driver.function.map(
                DMAMapping(
                    address: part.lowerBound, size: UInt64(part.count), isReadable: true, isWritable: true,
                    backing: .file(descriptor: driver.memory.descriptor, offset: part.lowerBound)))
        }
        driver.ring(ring)
        #expect(driver.sentFrames == (0..<256).map { TestDriver.frame($0) })
        #expect(driver.transmitHead() == 256 && !driver.port.hasWork)
    }

    @Test("a write-back that cannot be written is counted, and the packets have left")
    func unmappedWriteBack() {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing()
        driver[raw: TDWBAL.self] = 1
        driver[raw: TDWBAH.self] = 0x100
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1)])
        #expect(driver.transmitHead() == 1)
        #expect(driver.port.transmit.drops[.ringFault] == 1)
    }

    @Test("memory that may only be read serves buffers but takes no write-back")
    func readOnlyMemory() throws {
        let driver = TestDriver(maps: false)
        var mapping = driver.memory.mapping
        mapping.isWritable = false
        try driver.function.map(mapping)
        driver.start()
        var ring = driver.makeTransmitRing()
        let done = driver.post(pieces: [TestDriver.frame(1, length: 1000)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1, length: 1000)])
        #expect(!driver.isDone(done))
    }

    @Test("memory that may only be written gives no packets")
    func writeOnlyMemory() throws {
        let driver = TestDriver(maps: false)
        var mapping = driver.memory.mapping
        mapping.isReadable = false
        try driver.function.map(mapping)
        driver.start()
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver.transmitHead() == 0)
    }

    @Test("what a buffer holds when the doorbell rings is what is checked and sent")
    func headerIsPrivate() {
        let driver = TestDriver.started()
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 100)
        let address = driver.memory.load(at: driver.post(pieces: [frame], to: &ring))
        driver.ring(ring)
        driver.memory.write(TestDriver.frame(2, length: 100), at: address)
        #expect(driver.sentFrames == [frame])
    }
}
