// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("PAUSE frames to the link partner")
struct PauseTransmissionTests {
    let driver = TestDriver.started()

    init() {
        driver[.CTRL] |= 1 << 28
        // 20 KB and 4 KB; XON enabled.
        (driver[.FCRTH], driver[.FCRTL], driver[.FCTTV]) = (20480, 1 << 31 | 4096, 1000)
    }

    func arrive(_ numbers: Range<Int>, length: Int = 1020) {
        for number in numbers {
            driver.uplink.incoming.append((TestDriver.frame(number, length: length), FrameBatch.Offload()))
        }
        while driver.port.wantsFrames, !driver.uplink.incoming.isEmpty { driver.port.receiveFromUplink() }
        driver.advance()
    }

    /// The quanta of the PAUSE frames sent since the last call.
    func pauses() -> [Int] {
        defer { driver.uplink.sent = [] }
        return driver.sentFrames.map { frame in
            #expect(
                frame.count == 60 && Array(frame[0..<12]) == PauseReceptionTests.group + TestDriver.ownAddress
                    && Array(frame[12..<16]) == [0x88, 0x08, 0, 1] && frame[18...].allSatisfy { $0 == 0 })
            return Int(frame[16]) << 8 | Int(frame[17])
        }
    }

    /// Takes frames until the ring is empty, letting the port refill it.
    func drain(_ ring: inout TestDriver.ReceiveRing, atMost limit: Int = .max) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while frames.count < limit, let received = driver.take(&ring) {
            frames.append(received.bytes)
            driver.advance()
        }
        return frames
    }

    @Test("stop it when the packet buffer reaches FCRTH and let it go on at FCRTL, and nothing is lost")
    func watermarks() {
        var ring = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        arrive(0..<8)
        arrive(8..<27)
        #expect(pauses() == [] && driver.port.receiveBuffer.fullness == 19 * 1024 && driver.port.wantsFrames)
        arrive(27..<28)
        #expect(pauses() == [1000] && driver[.XOFFTXC] == 1)
        arrive(28..<40)
        #expect(pauses() == [])
        var taken = drain(&ring, atMost: 27)
        #expect(pauses() == [], "5 KB are above FCRTL")
        taken += drain(&ring, atMost: 1)
        #expect(pauses() == [0] && driver[.XONTXC] == 1)
        taken += drain(&ring)
        #expect(taken == (0..<40).map { TestDriver.frame($0, length: 1020) })
        #expect(driver[.GPRC] == 40 && driver[.TPR] == 40 && driver[.GPTC] == 0 && driver[.TPT] == 2)
    }

    @Test(
        "leave the rest in the uplink when RXPBS is full, whatever the size of the frames", arguments: [60, 1020, 1500])
    func full(length: Int) {
        var ring = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        let count = 400_000 / (length + 4)
        arrive(0..<count, length: length)
        let inside = count - driver.uplink.incoming.count
        #expect(!driver.port.wantsFrames && driver.uplink.incoming.count > 0)
        #expect(driver.port.receiveBuffer.fullness >= 64 << 10)
        // A batch is taken whole.
        #expect(inside <= (64 << 10) / (length + 4) + 2 + FrameBatch.capacity + 8)
        var taken: [[UInt8]] = []
        while taken.count < count {
            let some = drain(&ring)
            if driver.port.wantsFrames { driver.port.receiveFromUplink() }
            driver.advance()
            taken += some
            if some.isEmpty, driver.uplink.incoming.isEmpty { break }
        }
        #expect(taken == (0..<count).map { TestDriver.frame($0, length: length) })
    }

    @Test("are repeated before the pause ends, FCRTV quanta before")
    func refresh() {
        _ = driver.makeReceiveRing(count: 9)
        driver[.FCRTV] = 400
        driver.enableReceive()
        arrive(0..<40)
        #expect(pauses() == [1000])
        for _ in 0..<3 {
            let next = driver.clock.now + 600 * 512
            #expect(driver.port.nextDeadline == next)
            driver.run(at: next - 1)
            #expect(pauses() == [])
            driver.run(at: next)
            #expect(pauses() == [1000])
        }
        driver[.FCRTV] = 0
        driver.run(at: driver.clock.now + 600 * 512)
        #expect(driver.port.nextDeadline == driver.clock.now + 1000 * 512)
    }

    @Test("are not repeated faster than every 0.1 ms, whatever the registers say")
    func shortestRefresh() {
        _ = driver.makeReceiveRing(count: 9)
        (driver[.FCTTV], driver[.FCRTV]) = (5, 0xFFFF)
        driver.enableReceive()
        arrive(0..<40)
        #expect(driver.port.nextDeadline == driver.clock.now + 100_000)
    }

    @Test("are none without XON, TFCE, FCRTH, full duplex or link")
    func disabled() {
        var ring = driver.makeReceiveRing(count: 9)
        driver[.FCRTL] = 4096
        driver.enableReceive()
        arrive(0..<40)
        _ = drain(&ring)
        #expect(pauses() == [1000])
        for change in 0..<3 {
            let control = driver[.CTRL]
            switch change {
            case 0: driver[.CTRL] = control & ~(1 << 28)
            case 1: driver[.FCRTH] = 0
            default: (driver[.FCRTH], driver[.CTRL]) = (20480, control & ~1 | 1 << 12)
            }
            arrive(0..<40)
            #expect(pauses() == [] && driver.port.nextDeadline == nil)
            while !drain(&ring).isEmpty { if driver.port.wantsFrames { driver.port.receiveFromUplink() } }
            driver[.CTRL] = control
        }
    }

    @Test("wait for an uplink that has no room")
    func congested() {
        _ = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        driver.uplink.isCongested = true
        arrive(0..<40)
        #expect(pauses() == [] && driver.port.nextDeadline == nil)
        driver.uplink.isCongested = false
        driver.port.run()
        #expect(pauses() == [1000])
    }

    @Test("go out even while the partner pauses us")
    func both() {
        driver[.CTRL] |= 1 << 27
        _ = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        driver.arrive(PauseReceptionTests.frame(0xFFFF))
        arrive(0..<40)
        #expect(pauses() == [1000])
    }

    @Test("software asks for with TCTL.SWXOFF leave with FCTTV, whatever TFCE says")
    func software() {
        driver[.CTRL] &= ~(1 << 28)
        driver[.TCTL] |= 1 << 22
        driver.advance()
        #expect(pauses() == [1000] && driver[.TCTL] & 1 << 22 == 0)
        driver[.FCTTV] = 0
        driver[.TCTL] |= 1 << 22
        driver.advance()
        #expect(pauses() == [0])
        driver.advance(milliseconds: 100)
        #expect(pauses() == [] && driver[.XOFFTXC] == 1 && driver[.XONTXC] == 1)
    }

    @Test("what waits is gone after a reset")
    func reset() {
        _ = driver.makeReceiveRing(count: 9)
        driver.enableReceive()
        arrive(0..<40)
        #expect(pauses() == [1000])
        driver[.CTRL] = 1 << 26
        #expect(driver.port.wantsFrames && driver.port.receiveBuffer.fullness == 0)
        driver.start()
        var ring = driver.makeReceiveRing()
        driver.enableReceive()
        arrive(50..<52)
        #expect(driver.takeAll(&ring) == (50..<52).map { TestDriver.frame($0, length: 1020) })
        #expect(pauses() == [])
    }

    @Test("a large frame being cut, and checksums left to us, survive the packet buffer")
    func unfinished() {
        var ring = driver.makeReceiveRing(count: 9)
        driver.enableReceive(1 << 3)
        arrive(0..<9)
        var recipe = FrameRecipe()
        recipe.payload = (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 3) }
        var offload = FrameBatch.Offload()
        (offload.segmentation, offload.segmentSize, offload.needsChecksum) = (.tcp4, 1000, true)
        (offload.checksumStart, offload.checksumOffset) = (34, 16)
        offload.headerLength = UInt16(recipe.transportOffset + recipe.transportLength)
        driver.uplink.incoming.append((recipe.bytes, offload))
        driver.port.receiveFromUplink()
        arrive(9..<10)
        let taken = drain(&ring)
        #expect(taken.count == 13)
        #expect(taken[9...11].flatMap { $0.dropFirst(recipe.transportOffset + 20) } == recipe.payload)
        #expect(taken[12] == TestDriver.frame(9, length: 1020))
    }
}
