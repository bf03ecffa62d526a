// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// What the port's own limits do to frames from the wire, with and without pools, with and without a filter in use that
/// matches nothing.
@Suite("The port's limits for frames from the wire")
struct WireToPoolLimitsTests {
    private static let own: [UInt8] = [2, 0, 0, 0, 0, 1]

    /// A port with pool 0, whose VMOLR accepts long packets of any length.
    private func port(control: UInt32, filters: Bool) -> (TestDriver, TestDriver.ReceiveRing) {
        let driver = TestDriver.started()
        driver[raw: MRQC.self] = 3
        driver[raw: VT_CTL.self] = 1 << 30
        driver[raw: VMOLR.self] = 1 << 31 | 1 << 24 | 1 << 27 | 1 << 16 | 0x3FFF
        driver[raw: RAL.self] = 0x0000_0002
        driver[raw: RAH.self] = 0x0100 | 1 << 18 | 1 << 31
        if filters { driver[raw: ETQF.self, 2] = 0x88B5 | 1 << 26 }
        let ring = driver.makeReceiveRing(0, count: 8, bufferSize: 16384)
        driver[raw: RCTL.self] = 1 << 1 | 1 << 15 | 1 << 26 | control
        return (driver, ring)
    }

    private func frame(_ length: Int) -> [UInt8] {
        var bytes = Self.own + [2, 0, 0, 0, 0, 9, 0x08, 0x00]
        let total = length - 14
        bytes += [0x45, 0, UInt8(total >> 8), UInt8(total & 0xFF), 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        bytes += [0, 1, 0, 2, UInt8((total - 20) >> 8), UInt8((total - 20) & 0xFF), 0, 0]
        return bytes + [UInt8](repeating: 0x5A, count: length - bytes.count)
    }

    @Test("a frame longer than 1518 bytes reaches no pool unless RCTL.LPE is set", arguments: [false, true])
    func longPacketEnable(filters: Bool) {
        var (driver, ring) = port(control: 0, filters: filters)
        driver.arrive(frame(3000))
        #expect(driver.take(&ring) == nil)
        #expect(driver[raw: ROC.self] == 1)
    }

    @Test("a frame longer than RLPML reaches no pool, whatever its VMOLR says", arguments: [false, true])
    func longPacketMaximum(filters: Bool) {
        var (driver, ring) = port(control: 1 << 5, filters: filters)
        driver[raw: RLPML.self] = 2000
        driver.arrive(frame(1996))
        driver.arrive(frame(1997))
        #expect(driver.take(&ring)?.bytes.count == 1996)
        #expect(driver.take(&ring) == nil)
        #expect(driver[raw: ROC.self] == 1)
    }

    @Test("a frame longer than 9728 bytes reaches no pool at all", arguments: [false, true])
    func hardLimit(filters: Bool) {
        var (driver, ring) = port(control: 1 << 5, filters: filters)
        driver[raw: RLPML.self] = 0x3FFF
        driver.arrive(frame(9724))
        driver.arrive(frame(9725))
        #expect(driver.take(&ring)?.bytes.count == 9724)
        #expect(driver.take(&ring) == nil)
        #expect(driver[raw: ROC.self] == 1)
    }

    @Test("with RFCE a frame to this port whose EtherType is FCT's is MAC control", arguments: [false, true])
    func flowControlType(filters: Bool) {
        var (driver, ring) = port(control: 0, filters: filters)
        driver[0] |= 1 << 27
        driver[raw: FCT.self] = 0x0800
        driver.arrive(frame(100))
        #expect(driver.take(&ring) == nil)
        #expect(driver[raw: FCRUC.self] == 1)
    }
}
