// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Frames shorter than Ethernet's shortest")
struct ShortFrameTests {
    /// Lengths without FCS, from less than an address to one byte less than the shortest frame.
    private static let lengths = Array(1..<60)

    /// A frame of `length` bytes whose content, of what it has, is a broadcast's.
    private static func frame(_ length: Int) -> [UInt8] {
        TestDriver.frame(3, to: TestDriver.broadcast, length: length)
    }

    /// A long frame full of a byte that none of the short ones has.
    private static let before = TestDriver.broadcast + [2, 0, 0, 0, 0, 0x99] + Array(repeating: 0xEE, count: 1000)

    @Test("are filled up with zeros when they come from the wire, whatever came before", arguments: [false, true])
    func wire(keepsCRC: Bool) {
        let driver = TestDriver.started()
        var ring = driver.makeReceiveRing(count: 128)
        for buffer in ring.buffers { driver.memory.write(Array(repeating: 0xEE, count: 2048), at: buffer) }
        driver.enableReceive(1 << 3 | 1 << 4)
        driver[RCTL.self].stripsCRC = !keepsCRC
        for length in Self.lengths {
            driver.arrive(Self.before)
            driver.arrive(Self.frame(length))
            #expect(driver.take(&ring) != nil)
            let expected = padded(Self.frame(length))
            #expect(driver.take(&ring)?.bytes == expected + (keepsCRC ? frameCheck(expected) : []), "\(length) bytes")
        }
    }

    @Test("are filled up with zeros when they come back in loopback", arguments: [false, true])
    func loopback(keepsCRC: Bool) {
        let driver = TestDriver.started()
        var received = driver.makeReceiveRing(count: 128)
        for buffer in received.buffers { driver.memory.write(Array(repeating: 0xEE, count: 2048), at: buffer) }
        driver.enableReceive(1 << 3 | 1 << 4 | 1 << 6)
        driver[RCTL.self].stripsCRC = !keepsCRC
        driver[TCTL.self].padsShortPackets = false
        var ring = driver.makeTransmitRing(count: 256)
        for length in Self.lengths {
            driver.post(pieces: [Self.before], to: &ring)
            driver.post(pieces: [Self.frame(length)], to: &ring)
            driver.ring(ring)
            #expect(driver.take(&received) != nil)
            let expected = padded(Self.frame(length))
            #expect(
                driver.take(&received)?.bytes == expected + (keepsCRC ? frameCheck(expected) : []), "\(length) bytes")
        }
        #expect(driver.sentFrames.isEmpty)
    }

    @Test("are filled up with zeros on the way from VF to VF, and leave as they are")
    func pools() {
        let driver = TestDriver(virtualFunctions: 2)
        driver.enableVirtualFunctions(2)
        driver.start()
        driver[TCTL.self].padsShortPackets = false
        let vfs = (0..<2).map { driver.makeVirtualFunction($0) }
        vfs.forEach { $0.start() }
        driver[raw: MRQC.self] = 3
        driver[raw: DTXSWC.self] = 1 << 31
        driver[raw: VT_CTL.self] = 1 << 30 | 1 << 29
        for pool in 0..<2 { driver[raw: VMOLR.self, pool] = 1 << 24 | 1 << 27 | 1 << 31 }
        (driver[raw: VFTE.self], driver[raw: VFRE.self]) = (3, 3)
        driver.enableReceive()
        var received = vfs[1].makeReceiveRing(count: 128)
        for buffer in received.buffers { vfs[1].memory.write(Array(repeating: 0xEE, count: 2048), at: buffer) }
        var ring = vfs[0].makeTransmitRing(count: 256)
        for length in 14..<60 {
            vfs[0].send(Self.before, to: &ring)
            vfs[0].send(Self.frame(length), to: &ring)
            driver.advance()
            #expect(vfs[1].take(&received) != nil)
            #expect(vfs[1].take(&received)?.bytes == padded(Self.frame(length)), "\(length) bytes")
            #expect(driver.sentFrames.last == Self.frame(length))
        }
    }
}
