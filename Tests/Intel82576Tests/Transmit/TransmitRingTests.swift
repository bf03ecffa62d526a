// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Transmit rings")
struct TransmitRingTests {
    private let driver = TestDriver.started()

    @Test("every queue sends", arguments: 0..<16)
    func queue(_ queue: Int) {
        var ring = driver.makeTransmitRing(queue)
        let done = driver.post(pieces: [TestDriver.frame(queue)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(queue)])
        #expect(driver.isDone(done))
        #expect(driver.transmitHead(queue) == 1)
    }

    @Test("doorbells of all queues at once are all served")
    func allQueues() {
        for queue in 0..<16 {
            var ring = driver.makeTransmitRing(queue)
            driver.post(pieces: [TestDriver.frame(queue)], to: &ring)
            driver[raw: TDT.self, queue] = UInt32(ring.tail)
        }
        #expect(driver.sentFrames.isEmpty)
        driver.advance()
        #expect(Set(driver.sentFrames) == Set((0..<16).map { TestDriver.frame($0) }))
        #expect(driver.uplink.sent.count == 16)
    }

    @Test("a packet posted before its queue is enabled leaves when it is", arguments: [0, 5, 15])
    func postedThenEnabled(_ queue: Int) {
        var ring = driver.makeTransmitRing(queue)
        driver[raw: TXDCTL.self, queue] = 0
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver.transmitHead(queue) == 0)
        driver[raw: TXDCTL.self, queue] = 1 << 25
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame()])
    }

    @Test("a packet posted before TCTL.EN leaves when it is set")
    func transmitterEnabled() {
        driver[raw: TCTL.self] &= ~2
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty)
        driver[raw: TCTL.self] |= 2
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame()])
    }

    @Test("a packet posted without bus mastering leaves when it comes, and no memory is touched before")
    func busMastering() {
        var ring = driver.makeTransmitRing()
        let done = driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.function.writeConfiguration(at: 4, width: 2, 0x0002)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && !driver.isDone(done))
        driver.function.writeConfiguration(at: 4, width: 2, 0x0006)
        driver.advance()
        #expect(driver.sentFrames == [TestDriver.frame()] && driver.isDone(done))
    }

    @Test("DD is written where RS was asked for and nowhere else")
    func reportStatus() {
        var ring = driver.makeTransmitRing()
        var places: [UInt64] = []
        for number in 0..<8 {
            let buffer = driver.memory.allocate(64)
            driver.memory.write(TestDriver.frame(number), at: buffer)
            let status: UInt64 = number % 3 == 1 ? 1 << 27 : 0
            places.append(driver.post(buffer, 64 | 3 << 20 | 1 << 24 | 1 << 29 | 64 << 46 | status, to: &ring))
        }
        driver.ring(ring)
        #expect(places.map(driver.isDone) == (0..<8).map { $0 % 3 == 1 })
        #expect(driver.transmitHead() == 8)
        #expect(driver.sentFrames == (0..<8).map { TestDriver.frame($0) })
    }

    @Test("a write-back changes the status doubleword only")
    func writeBackKeepsTheRest() {
        var ring = driver.makeTransmitRing()
        let buffer = driver.memory.allocate(64)
        driver.memory.write(TestDriver.frame(), at: buffer)
        let high: UInt64 = 64 | 3 << 20 | 1 << 24 | 1 << 27 | 1 << 29 | 64 << 46
        let done = driver.post(buffer, high, to: &ring)
        driver.ring(ring)
        #expect(driver.memory.load(at: done) == buffer)
        #expect(driver.memory.load(at: done + 8) == high | 1 << 32)
    }

    @Test("a context descriptor moves the head and is not written back, even with RS")
    func contextMovesHead() {
        var ring = driver.makeTransmitRing()
        let place = driver.post(20 | 14 << 9, 1 << 10 | 2 << 20 | 1 << 27 | 1 << 29, to: &ring)
        driver.ring(ring)
        #expect(driver.transmitHead() == 1)
        #expect(!driver.isDone(place))
    }

    @Test("head write-back puts the head in memory and leaves the descriptors alone")
    func headWriteBack() {
        var ring = driver.makeTransmitRing(3)
        let place = driver.memory.allocate(8)
        driver.memory.store(0xAAAA_AAAA_AAAA_AAAA, at: place)
        driver[raw: TDWBAL.self, 3] = UInt32(place) | 1
        driver[raw: TDWBAH.self, 3] = 0
        let done = (0..<3).map { driver.post(pieces: [TestDriver.frame($0)], to: &ring) }
        driver.ring(ring)
        #expect(driver.memory.load(at: place) == 0xAAAA_AAAA_0000_0003)
        #expect(done.allSatisfy { !driver.isDone($0) })
        #expect(driver.uplink.sent.count == 3)
    }

    @Test("head write-back waits for a descriptor with RS")
    func headWriteBackWithoutStatus() {
        var ring = driver.makeTransmitRing()
        let place = driver.memory.allocate(8)
        driver.memory.store(77, at: place)
        driver[raw: TDWBAL.self] = UInt32(place) | 1
        let buffer = driver.memory.allocate(64)
        driver.post(buffer, 64 | 3 << 20 | 1 << 24 | 1 << 29 | 64 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.transmitHead() == 1 && driver.memory.load(at: place) == 77)
    }

    @Test("a packet whose end is not posted waits, and the complete ones before it leave")
    func incompletePacketWaits() {
        var ring = driver.makeTransmitRing()
        let whole = TestDriver.frame(1)
        let split = TestDriver.frame(2, length: 300)
        driver.post(pieces: [whole], to: &ring)
        let first = driver.memory.allocate(300)
        driver.memory.write(split, at: first)
        driver.post(first, 100 | 3 << 20 | 1 << 29 | 300 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [whole])
        #expect(driver.transmitHead() == 1)
        #expect(!driver.port.hasWork)
        let last = driver.post(first + 100, 200 | 3 << 20 | 1 << 24 | 1 << 27 | 1 << 29, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [whole, split])
        #expect(driver.transmitHead() == 3 && driver.isDone(last))
    }

    @Test("a packet that fills the ring without an end is dropped up to its end, and the next one leaves")
    func endlessPacketOfARing() {
        var ring = driver.makeTransmitRing(count: 16)
        let buffer = driver.memory.allocate(64)
        for _ in 0..<15 { driver.post(buffer, 64 | 3 << 20 | 1 << 29, to: &ring) }
        driver.ring(ring)
        #expect(driver.transmitHead() == 15)
        driver.post(buffer, 64 | 3 << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.post(pieces: [TestDriver.frame(9)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(9)])
        #expect(driver.port.transmit.drops[.malformed] == 1)
    }

    @Test("a packet of more descriptors than a run takes is dropped up to its end, and the next one leaves")
    func endlessPacketOfARun() {
        var ring = driver.makeTransmitRing(count: 1024)
        let buffer = driver.memory.allocate(64)
        for _ in 0..<600 { driver.post(buffer, 8 | 3 << 20 | 1 << 29, to: &ring) }
        driver.post(buffer, 8 | 3 << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.post(pieces: [TestDriver.frame(9)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(9)])
        #expect(driver.transmitHead() == 602)
    }

    @Test(
        "a reserved descriptor type is consumed and ignored, between packets and inside one", arguments: [0, 1, 4, 15])
    func reservedType(_ type: UInt64) {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 200)
        let buffer = driver.memory.allocate(200)
        driver.memory.write(frame, at: buffer)
        driver.post(buffer, 64 | type << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.post(buffer, 150 | 3 << 20 | 1 << 29 | 200 << 46, to: &ring)
        driver.post(buffer, 64 | type << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.post(buffer + 150, 50 | 3 << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
        #expect(driver.transmitHead() == 4)
    }

    @Test("a context descriptor inside a packet adds no bytes to it")
    func contextInsidePacket() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 200)
        let buffer = driver.memory.allocate(200)
        driver.memory.write(frame, at: buffer)
        driver.post(buffer, 150 | 3 << 20 | 1 << 29 | 200 << 46, to: &ring)
        driver.postContext(slot: 1, to: &ring)
        driver.post(buffer + 150, 50 | 3 << 20 | 1 << 24 | 1 << 29, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
    }

    @Test("a ring of length 0, or with head or tail outside it, does nothing until it is one")
    func notARing() {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver[raw: TDLEN.self] = 0
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork)
        driver[raw: TDLEN.self] = UInt32(ring.count * 16)
        driver[raw: TDT.self] = UInt32(ring.count)
        driver.advance()
        #expect(driver.sentFrames.isEmpty && !driver.port.hasWork)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame()])
    }

    @Test("a ring of an odd number of descriptors wraps where it ends")
    func oddRing() {
        var ring = driver.makeTransmitRing(count: 7)
        for number in 0..<40 {
            driver.post(pieces: [TestDriver.frame(number)], to: &ring)
            driver.ring(ring)
        }
        #expect(driver.sentFrames == (0..<40).map { TestDriver.frame($0) })
        #expect(driver.transmitHead() == 40 % 7)
    }

    @Test("more packets than a batch holds leave in order")
    func manyPackets() {
        var ring = driver.makeTransmitRing(count: 2048)
        for number in 0..<1500 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        driver.ring(ring)
        #expect(driver.sentFrames == (0..<1500).map { TestDriver.frame($0) })
        #expect(driver.transmitHead() == 1500)
    }

    @Test("a context stays between doorbells and is lost when the queue is disabled and enabled again")
    func contextLifetime() {
        var ring = driver.makeTransmitRing()
        driver.postContext(vlanTag: 0x123, to: &ring)
        driver.ring(ring)
        let frame = TestDriver.frame()
        let tagged = Array(frame[..<12]) + [0x81, 0x00, 0x01, 0x23] + frame[12...]
        driver.post(pieces: [frame], command: 1 << 30, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [tagged])
        driver[raw: TXDCTL.self] = 0
        driver[raw: TXDCTL.self] = 1 << 25
        driver.post(pieces: [frame], command: 1 << 30, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.last == Array(frame[..<12]) + [0x81, 0x00, 0, 0] + frame[12...])
    }

    @Test("each queue has two context slots of its own")
    func contextSlots() {
        var rings = [4, 12].map { driver.makeTransmitRing($0) }
        for index in 0..<2 {
            for slot in 0..<2 {
                driver.postContext(vlanTag: UInt16(16 * index + slot + 1), slot: UInt64(slot), to: &rings[index])
            }
        }
        for index in 0..<2 {
            for slot in 0..<2 {
                let options = UInt64(slot) << 36
                driver.post(pieces: [TestDriver.frame()], command: 1 << 30, options: options, to: &rings[index])
            }
            driver.ring(rings[index])
        }
        #expect(driver.sentFrames.map { network16($0, 14) } == [1, 2, 17, 18])
    }
}
