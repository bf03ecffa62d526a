// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// What a driver can tell of frames that found no descriptors.
@Suite("Receive without descriptors")
struct StarvationTests {
    private static let (dropped, missed, noBuffers, overrun): (Int, Int, Int, UInt32) = (0xC030, 0x4010, 0x40A0, 1 << 6)

    private func arrive(_ count: Int, at driver: TestDriver) {
        for number in 0..<count { driver.uplink.incoming.append((TestDriver.frame(number), .init())) }
        driver.port.receiveFromUplink()
        driver.advance()
    }

    @Test("QDE drops as Drop_En does, for its queue", arguments: [0, 5])
    func queueDropEnable(queue: Int) {
        let driver = TestDriver.started()
        _ = driver.makeReceiveRing(queue, count: 4)
        driver[.MRQC] = UInt32(queue) << 3
        driver[.QDE] = 1 << UInt32(queue)
        driver.enableReceive()
        arrive(5, at: driver)
        #expect(driver.port.wantsFrames)
        #expect(driver[Self.dropped + 0x40 * queue] == 2)
        #expect(driver[Self.noBuffers] == 0 && driver[Self.missed] == 0 && driver[.ICR] & Self.overrun == 0)
        driver[.QDE] = ~(1 << UInt32(queue)) & 0xFFFF
        arrive(1, at: driver)
        #expect(!driver.port.wantsFrames)
        #expect(driver[Self.dropped + 0x40 * queue] == 0 && driver[Self.noBuffers] == 1)
    }

    @Test("what waits is not missed")
    func held() {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing(count: 4)
        driver.enableReceive()
        arrive(5, at: driver)
        #expect(driver[Self.noBuffers] == 1 && driver[Self.missed] == 0 && driver[Self.dropped] == 0)
        _ = driver.takeAll(&ring)
        driver.advance()
        #expect(driver.takeAll(&ring) == [TestDriver.frame(3), TestDriver.frame(4)])
        #expect(driver[Self.missed] == 0 && driver[.ICR] & Self.overrun == 0)
    }

    @Test(
        "with pools nothing waits: a queue that does not drop by itself has missed the frame", arguments: [false, true])
    func pools(drops: Bool) {
        let driver = TestDriver.started()
        _ = driver.makeReceiveRing(2, count: 4, control: drops ? 1 << 31 : 0)
        driver[.MRQC] = 3
        driver[.VT_CTL] = 2 << 7
        driver.enableReceive()
        arrive(5, at: driver)
        #expect(driver.port.wantsFrames && driver[Self.dropped + 0x80] == 2)
        #expect(driver[Self.missed] == (drops ? 0 : 2) && driver[Self.noBuffers] == (drops ? 0 : 2))
        #expect((driver[.ICR] & Self.overrun != 0) == !drops)
    }

    @Test("in loopback nothing waits either")
    func loopback() {
        let driver = TestDriver.started()
        _ = driver.makeReceiveRing(count: 2)
        driver.enableReceive(1 << 6)
        var ring = driver.makeTransmitRing()
        for number in 0..<3 { driver.post(pieces: [TestDriver.frame(number)], to: &ring) }
        driver.ring(ring)
        #expect(driver.receiveHead() == 1)
        #expect(driver[Self.missed] == 2 && driver[.ICR] & Self.overrun != 0)
    }

    @Test("RXDMTC counts the times RXDMT0 was raised")
    func threshold() {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing(count: 32, control: 1 << 20)
        driver.enableReceive()
        arrive(14, at: driver)
        #expect(driver[.ICR] & 1 << 4 == 0)
        arrive(1, at: driver)
        #expect(driver[.ICR] & 1 << 4 != 0)
        arrive(5, at: driver)
        #expect(driver[.ICR] & 1 << 4 == 0)
        _ = driver.takeAll(&ring)
        arrive(20, at: driver)
        #expect(driver[.ICR] & 1 << 4 != 0 && driver[raw: RXDMTC.self] == 2)
    }
}
