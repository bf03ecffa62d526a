// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// Frames between two VFs of one port, each with guest memory of its own, programmed as igb and igbvf do it.
@Suite("Traffic of VFs") struct VirtualTrafficTests {
    let driver = TestDriver(virtualFunctions: 8)
    let vfs: [TestVirtualFunction]

    init() {
        driver.enableVirtualFunctions(2)
        vfs = (0..<2).map(driver.makeVirtualFunction)
        driver.start()
        driver[raw: MRQC.self] = 3
        driver[raw: VT_CTL.self] = 1 << 30 | 2 << 7
        driver[raw: DTXSWC.self] = 1 << 31
        for index in 0..<2 {
            driver[raw: RAL.self, 16 + 7 - index] = 0x0000_0002
            driver[raw: RAH.self, 16 + 7 - index] = 1 << 31 | 1 << UInt32(18 + index) | UInt32(0xA0 + index) << 8
        }
        driver.enableReceive()
        driver[raw: VFRE.self] = 3
        driver[raw: VFTE.self] = 3
        for vf in vfs {
            vf.start()
            vf.enableMSIX()
            vf.host.msix = []
        }
    }

    func frame(from source: UInt8, to destination: UInt8) -> [UInt8] {
        let addresses = [destination, source].flatMap { [2, 0, 0, 0, 0, 0xA0 + $0] as [UInt8] }
        return addresses + [0x88, 0xB5] + (0..<50).map { UInt8($0) }
    }

    @Test("goes from the memory of one to the memory of the other, and interrupts both")
    func between() throws {
        var sent = vfs[0].makeTransmitRing()
        var received = vfs[1].makeReceiveRing()
        vfs[0].send(frame(from: 0, to: 1), to: &sent)
        driver.advance()
        #expect(try #require(vfs[1].take(&received)).bytes == frame(from: 0, to: 1))
        #expect(vfs[0].host.msix == [0] && vfs[1].host.msix == [1])
        #expect(vfs[0].memory.load(at: sent.base + 8) >> 32 & 1 == 1)
        #expect(driver.uplink.sent.isEmpty && driver.host.msix.isEmpty)
        #expect(vfs[0][raw: PFVFGPTC.self] == 1 && vfs[1][raw: PFVFGPRC.self] == 1)
    }

    @Test("works while the PF's own bus mastering is off")
    func withoutPhysicalFunction() {
        driver.function.writeConfiguration(at: 4, width: 2, 2)
        var sent = vfs[0].makeTransmitRing()
        var received = vfs[1].makeReceiveRing()
        vfs[0].send(frame(from: 0, to: 1), to: &sent)
        driver.advance()
        #expect(vfs[1].take(&received) != nil)
    }

    @Test("waits in the ring until the VF is a bus master")
    func notMaster() {
        var sent = vfs[0].makeTransmitRing()
        vfs[0].function.writeConfiguration(at: 4, width: 2, 2)
        vfs[0].send(frame(from: 0, to: 9), to: &sent)
        driver.advance()
        #expect(driver.uplink.sent.isEmpty && vfs[0][raw: TDH.self] == 0)
        vfs[0].start()
        driver.advance()
        #expect(driver.uplink.sent.map(\.bytes) == [frame(from: 0, to: 9)] && vfs[0][raw: TDH.self] == 1)
    }

    @Test("stops with a VF reset, until the PF lets the pool go on")
    func reset() {
        vfs[0][0] = 1 << 26
        vfs[0].enableMSIX()
        var sent = vfs[0].makeTransmitRing()
        vfs[0].send(frame(from: 0, to: 9), to: &sent)
        driver.advance()
        #expect(driver.uplink.sent.isEmpty)
        driver[raw: VFTE.self] |= 1
        driver[raw: VFRE.self] |= 1
        driver.advance()
        #expect(driver.uplink.sent.count == 1)
    }

    @Test("stops when the VF's client leaves: its frames are neither sent nor written to its memory")
    func clientLeft() {
        var sent = vfs[0].makeTransmitRing()
        var received = vfs[1].makeReceiveRing()
        vfs[1].function.detach()
        driver[raw: VFRE.self] = 3
        vfs[0].send(frame(from: 0, to: 1), to: &sent)
        driver.advance()
        #expect(vfs[1].take(&received) == nil)
        vfs[0].send(frame(from: 0, to: 9), to: &sent)
        vfs[0].function.detach()
        driver[raw: VFTE.self] = 3
        driver.advance()
        #expect(driver.uplink.sent.isEmpty)
    }
}
