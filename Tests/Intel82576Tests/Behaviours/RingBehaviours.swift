// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import PCIe
import Testing

@testable import Intel82576

@Suite("Behaviours that drivers depend on: rings")
struct RingBehaviours {
    let driver = TestDriver.started()

    @Test("19. A packet with RS is written back with DD in bit 0 of the last dword, and a context only moves TDH")
    func writeBack() {
        var ring = driver.makeTransmitRing()
        driver.postContext(to: &ring)
        let context = ring.base
        let packet = driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.isDone(packet) && !driver.isDone(context))
        #expect(driver[raw: TDH.self] == 2 && driver.sentFrames == [TestDriver.frame()])
    }

    enum Switch: CaseIterable { case transmitter, queue, pool }

    @Test("19. Packets wait for TCTL.EN, TXDCTL.ENABLE and VFTE, whichever is set last", arguments: Switch.allCases)
    func enabling(last: Switch) {
        let driver = TestDriver(virtualFunctions: 8)
        driver.enableVirtualFunctions(1)
        driver.start()
        driver[raw: MRQC.self] = 3
        driver[raw: VFTE.self] = 0xFF
        var ring = driver.makeTransmitRing(1)
        let (register, bit): (Int, UInt32) =
            switch last {
            case .transmitter: (0x00400, 1 << 1)
            case .queue: (0x0E068, 1 << 25)
            case .pool: (0x00C90, 1 << 1)
            }
        driver[register] &= ~bit
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver[raw: TDH.self, 1] == 0)
        driver[register] |= bit
        driver.advance()
        #expect(driver.sentFrames.count == 1 && driver[raw: TDH.self, 1] == 1)
    }

    @Test("19. A ring whose tail is its head is empty, and iPXE's gives ICR.TXDW without any IVAR")
    func interrupt() {
        var ring = driver.makeTransmitRing()
        _ = driver[0x000C0]
        driver.ring(ring)
        #expect(driver.sentFrames.isEmpty && driver[0x000C0] & 1 == 0)
        let buffer = driver.memory.allocate(64)
        // A legacy descriptor: EOP, IFCS, RS.
        let place = driver.post(buffer, 64 | 0x0B << 24, to: &ring)
        driver.ring(ring)
        #expect(driver[0x000C0] & 1 == 1 && driver.isDone(place))
    }

    @Test("20. RDH starts at 0, the tail descriptor is not used, ENABLE reads back, and length 0 is never done")
    func receive() {
        var ring = driver.makeReceiveRing(count: 4)
        driver.enableReceive()
        #expect(driver[raw: RDH.self] == 0 && driver[raw: RXDCTL.self] & 1 << 25 != 0)
        for number in 0..<4 {
            driver.uplink.incoming.append((TestDriver.frame(number), FrameBatch.Offload()))
        }
        driver.port.receiveFromUplink()
        driver.advance()
        #expect(driver[raw: RDH.self] == 3)
        #expect((0..<3).allSatisfy { driver.memory.load(at: ring.base + 16 * $0 + 8) >> 32 & 0xFFFF == 64 })
        #expect(driver.memory.load(at: ring.base + 48 + 8) & 1 == 0)
        #expect(driver.takeAll(&ring).count == 3)
        driver.advance()
        #expect(driver.takeAll(&ring) == [TestDriver.frame(3)])
    }

    @Test("20. igbvf's buffers: SRRCTL 0A000002 and 128 bytes of header split the header off, and report its length")
    func splitHeader() {
        let ring = driver.makeReceiveRing(type: 0x0A00_0000, control: 2 << 8)
        let headers = ring.buffers.map { _ in driver.memory.allocate(128, alignment: 128) }
        for (index, buffer) in headers.enumerated() {
            driver.memory.store(buffer, at: ring.base + UInt64(index) * 16 + 8)
        }
        driver[raw: PSRTYPE.self] = 0x3FE
        // The recipe has an address of its own.
        driver.enableReceive(1 << 3)
        var recipe = FrameRecipe()
        recipe.payload = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
        let noIP = TestDriver.frame(length: 300)
        for frame in [recipe.bytes, noIP] { driver.arrive(frame) }
        for (index, (frame, header, isHeader)) in [(recipe.bytes, 54, true), (noIP, 128, false)].enumerated() {
            let (low, high) = (ring.base + 16 * UInt64(index), ring.base + 16 * UInt64(index) + 8)
            #expect(driver.memory.load(at: low) >> 21 & 0x3FF == UInt64(header), "HDR_LEN")
            #expect((driver.memory.load(at: low) >> 31 & 1 == 1) == isHeader, "SPH")
            #expect(driver.memory.load(at: high) & 3 == 3, "DD and EOP")
            #expect(driver.memory.load(at: high) >> 32 & 0xFFFF == UInt64(frame.count - header), "PKT_LEN")
            #expect(driver.memory.read(header, at: headers[index]) == Array(frame.prefix(header)))
            let rest = driver.memory.read(frame.count - header, at: ring.buffers[index])
            #expect(rest == Array(frame.dropFirst(header)))
        }
    }

    @Test("20. The data is written first, then the lower half of the descriptor, and the half with DD last")
    func writeOrder() throws {
        let driver = TestDriver(maps: false)
        driver.host.memory = driver.memory
        var mapping = driver.memory.mapping
        mapping.backing = .messages
        try driver.function.map(mapping)
        driver.start()
        let ring = driver.makeReceiveRing()
        driver.enableReceive()
        driver.host.writes = []
        driver.arrive(TestDriver.frame())
        let places = [ring.buffers[0], ring.base, ring.base + 8]
        #expect(driver.host.writes == zip(places, [64, 8, 8]).map { TestHost.Write(address: $0, byteCount: $1) })
    }

    @Test("20. SRRCTL starts as the legacy format, which iPXE uses")
    func legacy() {
        #expect(driver[raw: SRRCTL.self] & 0x0E00_0000 == 0)
        let ring = driver.makeReceiveRing(type: 0)
        driver.enableReceive()
        driver.arrive(TestDriver.frame())
        let status = driver.memory.load(at: ring.base + 8)
        #expect(status & 0xFFFF == 64 && status >> 32 & 3 == 3, "length, then DD and EOP in byte 12")
        #expect(driver.memory.load(at: ring.base) == ring.buffers[0])
    }

    @Test("20. Drop_En drops what finds no descriptor, QDE does so for its pool's queues", arguments: [false, true])
    func drops(byPool: Bool) {
        _ = driver.makeReceiveRing(count: 2, control: byPool ? 0 : 1 << 31)
        if byPool { driver[raw: QDE.self] = 0xFFFF }
        driver.enableReceive()
        for number in 0..<4 { driver.arrive(TestDriver.frame(number)) }
        #expect(driver.port.wantsFrames && driver[raw: RQDPC.self] == 3)
    }

    @Test("21. RXCSUM.PCSD puts the hash into dword 1 and its type into 3:0, and RETA's low four bits choose the queue")
    func scaling() throws {
        var ring = driver.makeReceiveRing(5)
        driver[raw: RXCSUM.self] |= 1 << 13
        driver[raw: MRQC.self] = 2 | 1 << 17
        for word in 0..<10 { driver[raw: RSSRK.self, word] = UInt32(truncatingIfNeeded: 0x6D5A_56DA &* (word + 1)) }
        for word in 0..<32 { driver[raw: RETA.self, word] = 0xF5F5_F5F5 }
        driver.enableReceive()
        driver.arrive(QueueVectorTests.frame)
        let received = try #require(driver.take(&ring))
        let words = (0..<10).map { driver[raw: RSSRK.self, $0] }
        let key = (0..<40).map { byte in UInt8(truncatingIfNeeded: words[byte / 4] >> UInt32(byte % 4 * 8)) }
        #expect(received.information & 0xF == 2, "IPv4 without ports")
        #expect(UInt32(received.information >> 32) == Slow.toeplitz([10, 0, 0, 1, 10, 0, 0, 2], key: key))
        #expect(driver[raw: RETA.self] == 0xF5F5_F5F5 && driver[raw: RSSRK.self] == 0x6D5A_56DA)
    }

    @Test("21. With MRQC 5 a pool spreads over its two queues where VMOLR has RSSE", arguments: [false, true])
    func poolScaling(isEnabled: Bool) {
        let driver = TestDriver(virtualFunctions: 8)
        driver.enableVirtualFunctions(1)
        driver.start()
        var (low, high) = (driver.makeReceiveRing(1), driver.makeReceiveRing(9))
        driver[raw: MRQC.self] = 5 | 1 << 17
        driver[raw: VT_CTL.self] = 1 << 30 | 1 << 7
        driver[raw: VFRE.self] = 2
        driver[raw: VMOLR.self, 1] |= isEnabled ? 1 << 17 : 0
        // Bit 3 chooses, as Linux writes the table.
        for word in 0..<32 { driver[raw: RETA.self, word] = 0x0808_0808 }
        driver[raw: RAH.self] = driver[raw: RAH.self] | 1 << 19
        driver.enableReceive()
        driver.arrive(QueueVectorTests.frame)
        #expect((driver.take(&low) != nil) == !isEnabled && (driver.take(&high) != nil) == isEnabled)
    }
}
