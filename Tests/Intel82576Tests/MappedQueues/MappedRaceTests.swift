import Foundation
import KawelaTestSupport
import PCIe
import Synchronization
import Testing

@testable import Intel82576

/// A client that writes its pages from a thread of its own while the port runs.
@Suite("Mapped memory written at the same time", .serialized) struct MappedRaces {
    /// Stops its thread, and waits for it, when it goes.
    private final class Client: Sendable {
        private let isStopping = Atomic(false)
        private let isDone = Atomic(false)

        var hasEnded: Bool { isDone.load(ordering: .acquiring) }
        var mustStop: Bool { isStopping.load(ordering: .relaxed) }

        func start(_ body: @escaping @Sendable (Client) -> Void) {
            Thread.detachNewThread { [self] in
                body(self)
                isDone.store(true, ordering: .releasing)
            }
        }

        func stop() {
            isStopping.store(true, ordering: .relaxed)
            while !hasEnded { usleep(100) }
        }
    }

    /// Memory of the test, which one thread writes and another reads.
    private struct Shared: @unchecked Sendable {
        let memory: TestMemory
    }

    @Test("a queue is stopped, given another ring and started 3000 times: each frame is sent once, in order")
    func rings() throws {
        let (count, frames) = (3000, 3)
        let driver = TestDriver(mapsQueues: true)
        driver.start()
        let mapped = try #require(driver.mapped)
        let bases = (0..<2).map { _ in driver.memory.allocate(16 * 16) }
        let buffers = (0..<frames).map { _ in driver.memory.allocate(64) }
        for buffer in buffers { driver.memory.write([UInt8](repeating: 0xAB, count: 64), at: buffer) }
        let (shared, client) = (Shared(memory: driver.memory), Client())
        client.start { client in
            for round in 0..<count {
                let base = bases[round & 1]
                // Disabled with nothing left to do, as drivers wait for it.
                mapped[0xE028] = 0
                mapped[0xE008] = UInt32(16 * (round & 1 == 0 ? 8 : 16))
                mapped[0xE000] = UInt32(base)
                mapped[0xE004] = 0
                mapped[0xE010] = 0
                mapped[0xE018] = 0
                mapped[0xE028] = 1 << 25
                for (index, buffer) in buffers.enumerated() {
                    shared.memory.store(UInt64(round * frames + index), at: buffer + 16)
                    shared.memory.store(buffer, at: base + 16 * UInt64(index))
                    shared.memory.store(64 | 0x2B30_0000 | 64 << 46, at: base + 16 * UInt64(index) + 8)
                }
                mapped[0xE018] = UInt32(frames)
                while mapped[0xE010] != UInt32(frames) { if client.mustStop { return } }
            }
        }
        defer { client.stop() }
        let deadline = ContinuousClock.now + .seconds(60)
        while !client.hasEnded, ContinuousClock.now < deadline { driver.port.run() }
        #expect(client.hasEnded)
        let numbers = driver.sentFrames.map { frame in
            (0..<8).reduce(0) { $0 | Int(frame[16 + $1]) << (8 * $1) }
        }
        #expect(numbers == Array(0..<(count * frames)))
    }

    @Test("garbage in every word of every page stops nothing: the card works once it is reset")
    func garbage() throws {
        let driver = TestDriver(virtualFunctions: 2, mapsQueues: true)
        driver.start()
        driver.enableReceive()
        driver.enableVirtualFunctions(2)
        let virtual = driver.makeVirtualFunction(0)
        virtual.start()
        let pages = [try #require(driver.mapped), try #require(virtual.mapped)]
        let client = Client()
        client.start { client in
            var random = SystemRandomNumberGenerator()
            while !client.mustStop {
                let page = pages[Int.random(in: 0..<2, using: &random)]
                let area = page.areas[Int.random(in: 0..<2, using: &random)]
                // Often the queues' own words.
                let reach = Bool.random(using: &random) ? 0x400 : 0x1000
                let offset = area.lowerBound + 4 * Int.random(in: 0..<(reach / 4), using: &random)
                page[offset] = Bool.random(using: &random) ? .random(in: 0...(.max), using: &random) : 1 << 25
            }
        }
        for round in 0..<20_000 {
            driver.clock.now += 1000
            driver.port.run()
            if round % 8 == 0 { driver.uplink.incoming.append((TestDriver.frame(round), .init())) }
            driver.port.receiveFromUplink()
            if round % 1000 == 0 { driver.function.writeBAR(0, at: 0x3418, width: 4, UInt64(round & 7)) }
        }
        client.stop()
        driver[0] = 1 << 26
        driver.start()
        driver.uplink.sent = []
        var ring = driver.makeTransmitRing(5)
        driver.post(pieces: [TestDriver.frame(1)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1)])
    }
}
