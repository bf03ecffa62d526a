import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

/// A started port whose driver reaches queue registers in memory alone.
private func mappedDriver(_ virtualFunctions: Int = 0) -> TestDriver {
    let driver = TestDriver(virtualFunctions: virtualFunctions, mapsQueues: true)
    driver.start()
    return driver
}

@Suite("Queues in mapped memory") struct MappedTraffic {
    private let driver = mappedDriver()
    private var mapped: MappedBAR { driver.mapped! }

    @Test("a tail sends, and the head follows")
    func transmit() {
        var ring = driver.makeTransmitRing()
        for number in 0..<3 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        mapped[0xE018] = 3
        #expect(driver.port.pollQueues())
        #expect(driver.port.hasWork)
        driver.advance()
        #expect(driver.sentFrames == (0..<3).map { TestDriver.frame($0) })
        #expect(mapped[0xE010] == 3)
        #expect(!driver.port.pollQueues())
    }

    @Test("a tail gives descriptors to receive with")
    func receive() {
        var ring = driver.makeReceiveRing(count: 8)
        driver.enableReceive()
        for number in 0..<20 {
            driver.arrive(TestDriver.frame(number))
            #expect(driver.take(&ring)?.bytes == TestDriver.frame(number))
        }
        #expect(mapped[0xC010] == 4)
    }

    @Test("bits that cannot be written are put back at the next poll")
    func normalised() {
        mapped[0xC048] = .max
        mapped[0xE058] = .max
        mapped[0xE05C] = 5
        driver.advance()
        #expect(mapped[0xC048] == 0x000F_FFF0)
        #expect(mapped[0xE058] == 0xFFFF)
        #expect(mapped[0xE05C] == 0)
    }

    @Test("a message sees what was written to memory before it, and memory shows what a message wrote")
    func order() {
        mapped[0xC044] = 0x55
        #expect(driver.function.readBAR(0, at: 0xC044, width: 4) == 0x55)
        driver.function.writeBAR(0, at: 0x2900, width: 4, 0x1280)
        #expect(mapped[0xC040] == 0x1280)
        driver.function.writeBAR(2, at: 0, width: 4, 0xC044)
        driver.function.writeBAR(2, at: 4, width: 4, 0x66)
        #expect(mapped[0xC044] == 0x66)
    }

    @Test("dropped frames are counted for messages and read as zero in memory")
    func drops() {
        _ = driver.makeReceiveRing(count: 8, control: 1 << 31)
        driver.enableReceive()
        for number in 0..<9 { driver.arrive(TestDriver.frame(number)) }
        #expect(mapped[0xC030] == 0)
        #expect(driver.function.readBAR(0, at: 0xC030, width: 4) == 2)
        #expect(driver.function.readBAR(0, at: 0xC030, width: 4) == 0)
    }

    @Test("a queue disabled in memory has stopped when the next message is answered")
    func stops() throws {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        mapped[0xE018] = 1
        mapped[0xE028] = 0
        driver.function.unmapAll()
        driver.advance()
        #expect(driver.sentFrames.isEmpty)
        #expect(driver.port.transmit.drops.ringFaults == 0)
    }

    @Test("a queue disabled, given another ring and enabled again between two polls serves that one alone")
    func anotherRing() {
        var old = driver.makeTransmitRing()
        for number in 0..<5 { driver.post(pieces: [TestDriver.frame(number)], to: &old) }
        driver.ring(old)
        var new = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(9)], to: &new)
        mapped[0xE018] = 1
        driver.advance()
        #expect(driver.sentFrames.count == 6)
        #expect(driver.sentFrames.last == TestDriver.frame(9))
        #expect(mapped[0xE010] == 1)
    }

    @Test("with nothing but the head changed, contexts of the time before are forgotten")
    func contexts() {
        var ring = driver.makeTransmitRing()
        driver.postContext(to: &ring)
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.port.transmit.contexts[0].macLength == 14)
        _ = driver[raw: STATUS.self]
        mapped[0xE028] = 0
        mapped[0xE010] = 0
        mapped[0xE018] = 0
        mapped[0xE028] = 1 << 25
        _ = driver[raw: STATUS.self]
        #expect(driver.port.transmit.contexts[0].macLength == 0)
        #expect(mapped[0xE010] == 0)
        driver.advance()
        #expect(driver.sentFrames.count == 1)
    }

    @Test("a head that the driver writes while the queue runs out is not lost under the queue's own")
    func headOfStopped() {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        mapped[0xE018] = 1
        // As between a poll and the end of the run that follows it.
        driver.port.pollQueues()
        mapped[0xE028] = 0
        mapped[0xE010] = 0
        #expect(driver.port.transmitRun(0) == false)
        driver.port.publishQueues()
        #expect(mapped[0xE010] == 0)
        _ = driver[raw: STATUS.self]
        #expect(mapped[0xE010] == 0)
        #expect(driver.port.registers[word: 0xE010 / 4] == 0)
    }

    @Test("resets of every kind show in memory", arguments: ["CTRL.RST", "FLR", "reset"])
    func resets(kind: String) {
        var ring = driver.makeTransmitRing(3)
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(mapped[0xE0D0] == 1)
        switch kind {
        case "CTRL.RST": driver[0] = 1 << 26
        case "FLR": driver.function.writeConfiguration(at: 0xA8, width: 2, 1 << 15)
        default: driver.function.reset()
        }
        #expect(mapped[0xE0C0] == 0 && mapped[0xE0C8] == 0 && mapped[0xE0D0] == 0 && mapped[0xE0D8] == 0)
        #expect(mapped[0xE0E8] == 0)
        #expect(mapped[0xE028] == 0x0200_0000)
    }

    @Test("in D3hot writes are lost")
    func asleep() {
        mapped[0xC044] = 1
        _ = driver[raw: STATUS.self]
        driver.function.writeConfiguration(at: 0x44, width: 2, 3)
        mapped[0xC044] = 2
        driver.advance()
        #expect(mapped[0xC044] == 1)
    }
}

@Suite("Queues of virtual functions in mapped memory") struct MappedVirtualTraffic {
    private let driver = mappedDriver(2)

    @Test("show the same to the VF and to the PF, whoever writes")
    func bothSides() throws {
        driver.enableVirtualFunctions(2)
        let virtual = driver.makeVirtualFunction(1)
        let (own, physical) = (try #require(virtual.mapped), try #require(driver.mapped))
        own[0x2904] = 0x77
        driver.port.run()
        #expect(physical[0xC000 + 0x40 * 9 + 4] == 0x77)
        physical[0xE000 + 0x40 * 1 + 4] = 0x88
        driver.port.run()
        #expect(own[0x3804] == 0x88)
    }

    @Test("are zero, and take nothing, while the VF does not exist")
    func absent() throws {
        let virtual = driver.makeVirtualFunction(0)
        let own = try #require(virtual.mapped)
        own[0x2804] = 0x77
        driver.port.run()
        #expect(own[0x2804] == 0)
        driver.enableVirtualFunctions(1)
        #expect(own[0x2828] == 0x0001_0000 && own[0x2804] == 0)
        own[0x2804] = 0x99
        driver.port.run()
        #expect(driver.mapped?[0xC004] == 0x99)
        driver.enableVirtualFunctions(0)
        #expect(own[0x2828] == 0 && own[0x2804] == 0)
        own[0x2804] = 0x55
        driver.port.run()
        #expect(own[0x2804] == 0)
        #expect(driver.mapped?[0xC004] == 0)
    }

    @Test("go back to reset values with the VF's reset, by itself or by the PF")
    func reset() throws {
        driver.enableVirtualFunctions(2)
        let virtual = driver.makeVirtualFunction(1)
        let own = try #require(virtual.mapped)
        for reset in [{ virtual[0] = 1 << 26 }, { driver[.PVTCTRL, 1] = 1 << 26 }] {
            own[0x2804] = 0x77
            own[0x3828] = 1 << 25
            reset()
            #expect(own[0x2804] == 0 && own[0x3828] == 0)
        }
    }
}
