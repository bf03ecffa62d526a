// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

/// A driver that writes anything anywhere, while frames flow, from a fixed seed.
private struct HostileDriver {
    let driver = TestDriver(offloads: [])
    var generator: SeededGenerator
    /// Rings and buffers lie in here, on top of each other.
    let arena: UInt64
    let size = 256 * 1024
    let offsets = RegisterTable.physical.flatMap { $0.offsets.map { Int($0) } }
    var mostBytes = 0

    init(_ seed: UInt64) {
        generator = SeededGenerator(seed)
        arena = driver.memory.allocate(size)
        driver.uplink.offloads = UplinkOffloads(rawValue: UInt8(generator.number(0...15)))
        driver.start()
        driver.enableReceive(1 << 3)
    }

    mutating func address() -> UInt64 {
        switch generator.number(0...19) {
        case 0: generator.next()
        case 1: UInt64(driver.memory.size) - UInt64(generator.number(0...4096))
        case 2: .max - UInt64(generator.number(0...4096))
        default: arena + UInt64(generator.number(0...size - 1))
        }
    }

    /// A descriptor that often means something.
    mutating func descriptor() -> (UInt64, UInt64) {
        switch generator.number(0...9) {
        case 0: return (generator.next(), generator.next())
        case 1...3:
            let ip = generator.chance(80) ? [20, 40].randomElement(using: &generator)! : generator.number(0...511)
            let mac = generator.chance(80) ? 14 : generator.number(0...127)
            let l4 = generator.chance(80) ? [8, 20].randomElement(using: &generator)! : generator.number(0...255)
            let mss = generator.chance(80) ? generator.number(200...9000) : generator.number(0...65535)
            let low = UInt64(ip | mac << 9) | UInt64(generator.number(0...0xFFFF)) << 16
            let type = UInt64(generator.number(0...7)) << 10
            return (low, type | 2 << 20 | 1 << 29 | UInt64(l4) << 40 | UInt64(mss) << 48)
        case 4: return (address(), generator.next() & 0xFFFF_FFFF_DFFF_07FF | 1 << 24)
        default:
            let length = generator.chance(70) ? generator.number(0...2000) : generator.number(0...65535)
            let command = UInt64(generator.number(0...255)) << 24
            let payload = max(0, length - [42, 54, 62, 74].randomElement(using: &generator)!)
            let options = UInt64(generator.number(0...3)) << 40 | UInt64(generator.number(0...1)) << 36
            return (address(), UInt64(length) | 3 << 20 | 1 << 29 | command | options | UInt64(payload) << 46)
        }
    }

    mutating func scribble() {
        for _ in 0..<generator.number(1...40) {
            let (low, high) = descriptor()
            let place = arena + UInt64(generator.number(0...size / 16 - 1)) * 16
            driver.memory.store(low, at: place)
            driver.memory.store(high, at: place + 8)
        }
    }

    mutating func setUpRing() {
        let block = (generator.chance(50) ? 0xC000 : 0xE000) + 0x40 * generator.number(0...15)
        let base = address() & ~0x7F
        driver[block + 0x28] = generator.chance(20) ? UInt32(truncatingIfNeeded: generator.next()) : 0
        driver[block] = UInt32(truncatingIfNeeded: base)
        driver[block + 4] = UInt32(truncatingIfNeeded: base >> 32)
        driver[block + 8] = UInt32(
            generator.chance(80) ? 16 * generator.number(0...600) : generator.number(0...0xFFFFF))
        driver[block + 0x10] = UInt32(generator.number(0...20))
        driver[block + 0x28] = 1 << 25
        driver[block + 0x18] = UInt32(generator.number(0...600))
        if block < 0xE000 { driver[block + 0xC] = UInt32(truncatingIfNeeded: generator.next()) }
        if generator.chance(20) { driver[0xE038 + block & 0x3C0] = UInt32(truncatingIfNeeded: address()) | 1 }
    }

    mutating func writeAnything() {
        let offset = generator.chance(70) ? offsets.randomElement(using: &generator)! : generator.number(0...0x7FFF) * 4
        let width = [1, 2, 4, 8].randomElement(using: &generator)!
        let value = generator.chance(50) ? generator.next() : 1 << UInt64(generator.number(0...31))
        driver.function.writeBAR(0, at: offset & 0x1FFF8, width: width, value)
        _ = driver.function.readBAR(0, at: offset & 0x1FFF8, width: width)
    }

    mutating func receive() {
        for _ in 0..<generator.number(1...30) {
            var offload = FrameBatch.Offload()
            var bytes = FrameRecipe.random(&generator).bytes
            if generator.chance(30) { bytes = generator.bytes(generator.number(0...3000)) }
            if generator.chance(20) {
                offload.needsChecksum = true
                offload.checksumStart = UInt16(generator.number(0...200))
                offload.checksumOffset = UInt16(generator.number(0...20))
                offload.segmentation = [.none, .tcp4, .tcp6, .udp].randomElement(using: &generator)!
                offload.segmentSize = UInt16(generator.number(0...2000))
            }
            driver.uplink.incoming.append((bytes, offload))
        }
        driver.port.receiveFromUplink()
    }

    /// One turn of the owner's loop.
    mutating func run() {
        driver.uplink.sent = []
        driver.clock.now += UInt64(generator.number(0...1_000_000))
        driver.port.run()
        mostBytes = max(mostBytes, driver.uplink.sent.reduce(0) { $0 + $1.bytes.count })
    }

    mutating func step() {
        switch generator.number(0...9) {
        case 0...2: scribble()
        case 3, 4: setUpRing()
        case 5: writeAnything()
        case 6: receive()
        case 7: driver[raw: TDT.self, generator.number(0...15)] = UInt32(generator.number(0...600))
        case 8: driver[raw: RDT.self, generator.number(0...15)] = UInt32(generator.number(0...600))
        default: driver.uplink.isCongested = generator.chance(20)
        }
        run()
    }

    /// What a driver does that starts over.
    func recover() {
        driver.uplink.isCongested = false
        driver.uplink.isLinkUp = true
        driver.uplink.incoming = []
        driver.function.reset()
        driver.port.uplinkLinkChanged()
        driver.start()
        driver.advance(milliseconds: 10000)
        driver.uplink.sent = []
    }
}

@Suite("A hostile driver")
struct HostileDriverTests {
    @Test("writes anything, and the port neither traps nor works without end", arguments: 0..<10 as Range<UInt64>)
    func anything(seed: UInt64) {
        var hostile = HostileDriver(seed)
        for _ in 0..<300 { hostile.step() }
        // All 16 queues used up a run's budget, each with a packet that exceeds it.
        #expect(hostile.mostBytes <= 16 * (Transmit.runBytes + Transmit.batchBytes + 0x40000 * 2))
        hostile.driver.uplink.isCongested = false
        var runs = 0
        while hostile.driver.port.hasWork, runs < 20000 {
            hostile.run()
            runs += 1
        }
        #expect(!hostile.driver.port.hasWork)

        hostile.recover()
        let driver = hostile.driver
        var received = driver.makeReceiveRing()
        var ring = driver.makeTransmitRing()
        driver.enableReceive()
        driver.post(pieces: [TestDriver.frame(1, length: 1000)], to: &ring)
        driver.ring(ring)
        driver.arrive(TestDriver.frame(2, length: 1000))
        #expect(driver.sentFrames == [TestDriver.frame(1, length: 1000)])
        #expect(driver.takeAll(&received) == [TestDriver.frame(2, length: 1000)])
    }

    @Test("gets something through: the noise reaches wire and memory")
    func reaches() {
        var hostile = HostileDriver(3)
        var sent = 0
        for _ in 0..<1500 {
            hostile.step()
            sent += hostile.driver.uplink.sent.count
        }
        #expect(sent > 50)
        #expect(hostile.driver.port.transmit.drops[.malformed] > 50)
        #expect(hostile.driver.port.transmit.drops[.unreadable] > 0)
    }
}
