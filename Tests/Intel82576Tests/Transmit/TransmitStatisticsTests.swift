// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Transmit statistics")
struct TransmitStatisticsTests {
    private let driver = TestDriver.started()

    private func send(_ frames: [[UInt8]]) {
        var ring = driver.makeTransmitRing(count: 256)
        for frame in frames { driver.post(pieces: [frame], to: &ring) }
        driver.ring(ring)
    }

    @Test("packets and octets with FCS are counted, and reading clears")
    func totals() {
        send([TestDriver.frame(1, length: 100), TestDriver.frame(2, length: 42), TestDriver.frame(3, length: 1514)])
        #expect([0x4080, 0x40D4].map { driver[$0] } == [3, 3])
        #expect(driver.counter64(0x4090) == 104 + 64 + 1518)
        #expect(driver.counter64(0x40C8) == 104 + 64 + 1518)
        #expect([0x4080, 0x40D4, 0x4090, 0x4094, 0x40C8, 0x40CC].allSatisfy { driver[$0] == 0 })
    }

    @Test(
        "each size has its counter",
        arguments: [
            (60, 0), (61, 1), (123, 1), (124, 2), (251, 2), (252, 3), (507, 3), (508, 4), (1019, 4), (1020, 5),
            (1514, 5),
            (9000, 5),
        ])
    func sizes(length: Int, bucket: Int) {
        send([TestDriver.frame(1, length: length)])
        #expect((0..<6).map { driver[raw: PTC64.self, $0] } == (0..<6).map { $0 == bucket ? 1 : 0 })
    }

    @Test("multicast and broadcast are counted apart")
    func groups() {
        let multicast: [UInt8] = [1, 0, 0x5E, 0, 0, 1]
        send([TestDriver.frame(), TestDriver.frame(to: multicast), TestDriver.frame(to: TestDriver.broadcast)])
        #expect(driver[raw: MPTC.self] == 1)
        #expect(driver[raw: BPTC.self] == 1)
        #expect(driver[raw: GPTC.self] == 3)
    }

    @Test("a dropped packet is not counted")
    func dropped() {
        var ring = driver.makeTransmitRing()
        driver.post(1 << 40, 100 | 3 << 20 | 1 << 24 | 1 << 29 | 100 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.transmitHead() == 1)
        #expect([0x4080, 0x40D4, 0x4090, 0x40C8].allSatisfy { driver[$0] == 0 })
    }

    @Test("counters stick at their maximum")
    func saturation() {
        driver.port.registers[word: 0x4080 / 4] = .max - 1
        driver.port.registers[word: 0x4090 / 4] = .max - 10
        driver.port.registers[word: 0x4094 / 4] = .max
        driver.port.registers[word: 0x40C8 / 4] = .max - 10
        send((0..<5).map { TestDriver.frame($0) })
        #expect(driver[raw: GPTC.self] == .max)
        #expect(driver.counter64(0x4090) == .max)
        // The low half carries into the high one.
        #expect(driver.counter64(0x40C8) == UInt64(UInt32.max - 10) + 5 * 68)
    }

    @Test("a descriptor with RS raises the queue's cause, one without does not")
    func cause() {
        driver[raw: IMS.self] = 1
        var ring = driver.makeTransmitRing()
        let buffer = driver.memory.allocate(64)
        _ = driver[raw: ICR.self]
        driver.post(buffer, 64 | 3 << 20 | 1 << 24 | 1 << 29 | 64 << 46, to: &ring)
        driver.ring(ring)
        #expect(driver.port.interrupts.icr & 1 == 0)
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.port.interrupts.icr & 1 == 1)
    }
}
