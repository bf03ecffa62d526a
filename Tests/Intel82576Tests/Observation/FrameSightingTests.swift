// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("An observer of frames")
struct FrameSightingTests {
    typealias Scene = SwitchScene

    private let driver = TestDriver.started()

    @Test("sees a frame from the wire arrive, and its queue get it")
    func fromWire() {
        _ = driver.makeReceiveRing()
        driver.enableReceive()
        let record = driver.watch()
        driver.arrive(TestDriver.frame(1))
        let offloads = ReceiveOffloads(rule: .defaultQueue)
        #expect(
            record.entries.map(\.sighting) == [
                FrameSighting(.arrived), FrameSighting(.received, queue: 0, function: 0, receive: offloads),
            ])
        #expect(record.entries.allSatisfy { $0.bytes == TestDriver.frame(1) })
    }

    @Test("sees a frame leave its queue, and then the port")
    func toWire() {
        let record = driver.watch()
        var ring = driver.makeTransmitRing(3)
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        let expected = FrameSighting(.sent, queue: 3, function: 0, transmit: TransmitOffloads())
        var left = expected
        left.place = .left
        #expect(record.entries.map(\.sighting) == [expected, left])
        #expect(record.entries.allSatisfy { $0.bytes == TestDriver.frame(1) })
    }

    @Test("sees every copy of a frame, with its pool and the sender's")
    func copies() {
        let bench = SwitchBench(Scene.model())
        let record = bench.driver.watch()
        bench.transmit([.init(frame: Scene.frame(to: Scene.everybody))], on: 8)
        #expect(record.places == [.sent, .received, .received, .received, .left])
        let received = record.sightings(.received)
        #expect(received.map(\.pool) == [1, 2, 7] && received.map(\.queue) == [1, 2, 7])
        #expect(received.allSatisfy { $0.sender == 0 && $0.function == 0 && $0.receive?.rule == .pool })
        #expect(record.sightings(.sent).map(\.pool) == [0] && record.sightings(.sent).map(\.queue) == [8])
    }

    @Test("is told which function a queue belongs to")
    func functions() {
        let traffic = VirtualTrafficTests()
        var sent = traffic.vfs[0].makeTransmitRing(1)
        _ = traffic.vfs[1].makeReceiveRing()
        let record = traffic.driver.watch()
        traffic.vfs[0].send(traffic.frame(from: 0, to: 1), to: &sent)
        traffic.driver.advance()
        #expect(record.places == [.sent, .received])
        #expect(record.entries.map(\.sighting.function) == [1, 2])
        #expect(record.entries.map(\.sighting.queue) == [8, 1])
    }

    @Test("sees the PAUSE frames that the MAC sends by itself")
    func pause() {
        driver[.FCTTV] = 1000
        let record = driver.watch()
        driver[.TCTL] |= 1 << 22
        driver.advance()
        #expect(record.entries.map(\.sighting) == [FrameSighting(.left)])
        #expect(record.entries.map(\.bytes) == driver.sentFrames)
    }

    @Test("that wants to see the wire alone is told of that, with what was done to frames, and of drops")
    func wireAlone() {
        let bench = SwitchBench(Scene.model { $0.pools[0].tagging = .always(10) })
        let record = bench.driver.watch(FrameInterest(hasWire: true))
        bench.transmit([.init(frame: Scene.frame(to: Scene.station(1)))], on: 0)
        bench.transmit([.init(frame: Scene.frame(to: Scene.stranger))], on: 0)
        bench.transmit([.init(frame: Scene.frame(to: Scene.station(0)))], on: 0)
        bench.arrive([.init(frame: Scene.frame(to: Scene.station(1)))])
        #expect(record.places == [.left, .dropped(.noReceiver), .arrived])
        #expect(record.entries[0].sighting.transmit?.insertedTag == 10)
    }

    @Test("that wants to see one function is told of what that sends and gets, and of drops")
    func functionAlone() {
        let traffic = VirtualTrafficTests()
        var sent = (0..<2).map { traffic.vfs[$0].makeTransmitRing() }
        for vf in traffic.vfs.prefix(2) { _ = vf.makeReceiveRing() }
        let record = traffic.driver.watch(FrameInterest(functions: 1 << 2))
        traffic.vfs[0].send(traffic.frame(from: 0, to: 1), to: &sent[0])
        traffic.driver.advance()
        traffic.vfs[1].send(traffic.frame(from: 1, to: 0), to: &sent[1])
        traffic.driver.advance()
        #expect(record.places == [.received, .sent])
        #expect(record.entries.allSatisfy { $0.sighting.function == 2 })
    }

    @Test("sees nothing once it is taken away")
    func removed() {
        let record = driver.watch()
        driver.port.frameObserver = nil
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.count == 1 && record.entries.isEmpty)
    }
}
