// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// What no driver writes: heads outside of their rings, rings that leave the address space, buffers at no address.
@Suite("Impossible rings")
struct ImpossibleRingTests {
    private let driver = TestDriver.started()

    private static let outside: [UInt32] = [64, 65, 4095, 0x7FFF, 0xFFFF]

    @Test(
        "a transmit head outside the ring sends nothing and costs nothing, until the ring is set up anew",
        arguments: outside)
    func transmitHead(_ head: UInt32) {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver[raw: TXDCTL.self] = 0
        driver[raw: TDH.self] = head
        driver[raw: TXDCTL.self] = 1 << 25
        driver.ring(ring)
        #expect(driver.transmitHead() == head)
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork)
        ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(2)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(2)])
    }

    @Test(
        "a receive head outside the ring takes nothing and costs nothing, until the ring is set up anew",
        arguments: outside)
    func receiveHead(_ head: UInt32) {
        var ring = driver.makeReceiveRing()
        driver[raw: RXDCTL.self] = 0
        driver[raw: RDH.self] = head
        driver[raw: RXDCTL.self] = 1 << 25
        driver.enableReceive()
        driver.arrive(TestDriver.frame(1))
        #expect(driver.receiveHead() == head)
        #expect(driver.take(&ring) == nil && driver.port.wantsFrames && !driver.port.hasWork)
        ring = driver.makeReceiveRing()
        driver.arrive(TestDriver.frame(2))
        #expect(driver.takeAll(&ring) == [TestDriver.frame(2)])
    }

    /// The base registers drop bits 6:0, so that a ring of 1024 bytes reaches past 2^64 from all of these.
    @Test(
        "rings that reach past the end of the address space touch no memory",
        arguments: [0x80, 0x200, 0x380] as [UInt64])
    func wrappingRings(_ beforeEnd: UInt64) {
        var sent = driver.makeTransmitRing()
        var received = driver.makeReceiveRing()
        driver.enableReceive()
        let before = driver.memory.read(4096, at: 0)
        let low = UInt32(truncatingIfNeeded: 0 &- beforeEnd)
        (driver[raw: TDBAL.self], driver[raw: TDBAH.self]) = (low, .max)
        (driver[raw: RDBAL.self], driver[raw: RDBAH.self]) = (low, .max)
        for number in 0..<63 {
            driver.arrive(TestDriver.frame(number))
            driver[raw: TDT.self] = UInt32(number + 1)
            driver.advance()
        }
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork)
        #expect(driver.port.receive.drops[.unwritable] == 63)
        #expect(driver.memory.read(4096, at: 0) == before)

        sent = driver.makeTransmitRing()
        received = driver.makeReceiveRing()
        driver.post(pieces: [TestDriver.frame(80)], to: &sent)
        driver.ring(sent)
        driver.arrive(TestDriver.frame(81))
        #expect(driver.sentFrames == [TestDriver.frame(80)])
        #expect(driver.takeAll(&received) == [TestDriver.frame(81)])
    }

    /// TDLEN and RDLEN have bits 19:4. These rings lie where nothing else is, since they are too long to be cleared.
    @Test("the longest rings that can be stated wrap where they end")
    func longestRings() {
        let (count, bases) = (0xFFFF0 / 16, (transmit: 0x80_0000, receive: 0xA0_0000))
        var sent = driver.makeTransmitRing()
        _ = driver.makeReceiveRing()
        (driver[raw: TXDCTL.self], driver[raw: RXDCTL.self]) = (0, 0)
        (driver[raw: TDBAL.self], driver[raw: RDBAL.self]) = (UInt32(bases.transmit), UInt32(bases.receive))
        (driver[raw: TDLEN.self], driver[raw: RDLEN.self]) = (.max, .max)
        #expect(driver[raw: TDLEN.self] == 0xFFFF0 && driver[raw: RDLEN.self] == 0xFFFF0)
        let start = UInt32(count - 3)
        (driver[raw: TDH.self], driver[raw: TDT.self], driver[raw: RDH.self]) = (start, start, start)
        (driver[raw: TXDCTL.self], driver[raw: RXDCTL.self]) = (1 << 25, 1 << 25)
        driver.enableReceive()
        (sent.base, sent.count, sent.tail) = (UInt64(bases.transmit), count, count - 3)
        let buffers = driver.memory.allocate(8 * 2048)
        let places = (0..<8).map { UInt64(bases.receive + (count - 3 + $0) % count * 16) }
        for (index, place) in places.enumerated() { driver.memory.store(buffers + UInt64(index) * 2048, at: place) }
        driver[raw: RDT.self] = 5
        let frames = (0..<8).map { TestDriver.frame($0, length: 100) }
        for frame in frames {
            driver.post(pieces: [frame], to: &sent)
            driver.arrive(frame)
        }
        driver.ring(sent)
        #expect(driver.sentFrames == frames && driver.transmitHead() == 5)
        #expect(driver.receiveHead() == 5 && places.allSatisfy { driver.memory.load(at: $0 + 8) & 3 == 3 })
        #expect((0..<8).map { driver.memory.read(100, at: buffers + UInt64($0) * 2048) } == frames)
    }

    @Test(
        "a receive buffer at address 0, where nothing is mapped, costs the frames that need it", arguments: [0, 1, 2])
    func nullBuffer(slot: Int) throws {
        _ = try driver.function.unmap(address: 0, size: UInt64(driver.memory.size))
        var mapping = driver.memory.mapping
        (mapping.address, mapping.size) = (0x1000, mapping.size - 0x1000)
        mapping.backing = .file(descriptor: driver.memory.descriptor, offset: 0x1000)
        try driver.function.map(mapping)
        var ring = driver.makeReceiveRing(bufferSize: 1024)
        driver.enableReceive(1 << 5)
        driver.memory.store(0, at: ring.base + UInt64(slot) * 16)
        driver.arrive(TestDriver.frame(1, length: 3000))
        #expect(driver.port.receive.drops[.unwritable] == 1 && driver.receiveHead() == 3)
        #expect(!driver.port.hasWork && driver.port.wantsFrames)
        driver.arrive(TestDriver.frame(2, length: 3000))
        ring.head = 3
        #expect(driver.takeAll(&ring) == [TestDriver.frame(2, length: 3000)])
    }
}
