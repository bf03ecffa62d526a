// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Tags, padding and checksums of sent packets")
struct TransmitOffloadTests {
    private let driver = TestDriver.started()

    // MARK: Tags

    @Test("VLE inserts the context's tag with the type of VET", arguments: [0x8100, 0x88A8] as [UInt16])
    func contextTag(_ type: UInt16) {
        driver[raw: VET.self] = 0x8100_0000 | UInt32(type)
        var ring = driver.makeTransmitRing()
        driver.postContext(vlanTag: 0xE123, to: &ring)
        let frame = TestDriver.frame(1, length: 500)
        driver.post(pieces: [frame], command: 1 << 30, to: &ring)
        driver.post(pieces: [frame], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [tagged(frame, 0xE123, type: type), frame])
    }

    @Test("with EXT_VLAN the tag goes behind the outer tag that is in the buffer")
    func innerTag() {
        driver[raw: CTRL_EXT.self] |= 1 << 26
        driver[raw: VET.self] = 0x88A8_8100
        var ring = driver.makeTransmitRing()
        driver.postContext(vlanTag: 0x123, to: &ring)
        let outer = tagged(TestDriver.frame(1, length: 500), 0x7, type: 0x88A8)
        let plain = TestDriver.frame(2, length: 500)
        driver.post(pieces: [outer], command: 1 << 30, to: &ring)
        driver.post(pieces: [plain], command: 1 << 30, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.count == 2)
        #expect(driver.sentFrames.first == outer[..<16] + [0x81, 0x00, 0x01, 0x23] + outer[16...])
        #expect(driver.sentFrames.last == tagged(plain, 0x123))
    }

    @Test("a legacy descriptor brings its own tag, in the last one of the packet")
    func legacyTag() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 200)
        let buffer = driver.memory.allocate(200)
        driver.memory.write(frame, at: buffer)
        driver.post(buffer, 120 | 0x999 << 48, to: &ring)
        let done = driver.post(buffer + 120, 80 | 1 << 24 | 1 << 27 | 1 << 30 | 0x2345 << 48, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [tagged(frame, 0x2345)])
        #expect(driver.isDone(done))
    }

    @Test("a legacy checksum is put at CSO over everything from CSS", arguments: [false, true])
    func legacyChecksum(isTagged: Bool) {
        var ring = driver.makeTransmitRing()
        var frame = TestDriver.frame(1, length: 301)
        frame.replaceSubrange(50..<52, with: [0x12, 0x34])
        let buffer = driver.memory.allocate(400)
        driver.memory.write(frame, at: buffer)
        let tag: UInt64 = isTagged ? 1 << 30 | 0x5 << 48 : 0
        driver.post(buffer, 301 | 50 << 16 | 1 << 24 | 1 << 26 | 34 << 40 | tag, to: &ring)
        driver.ring(ring)
        frame.replaceSubrange(50..<52, with: networkBytes(Slow.checksum(frame[34...])))
        #expect(driver.sentFrames == [isTagged ? tagged(frame, 5) : frame])
    }

    @Test("a legacy checksum beyond the packet is not inserted", arguments: [(200, 34), (99, 34), (50, 200)])
    func legacyChecksumOutside(offset: Int, start: Int) {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 100)
        let buffer = driver.memory.allocate(100)
        driver.memory.write(frame, at: buffer)
        driver.post(buffer, 100 | UInt64(offset) << 16 | 1 << 24 | 1 << 26 | UInt64(start) << 40, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
    }

    // MARK: Padding

    @Test(
        "TCTL.PSP pads to 60 bytes with zeros; without it a short packet stays short",
        arguments: [1, 14, 42, 59, 60, 61])
    func padding(_ length: Int) {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: length)
        driver.post(pieces: [frame], to: &ring)
        driver.ring(ring)
        driver[raw: TCTL.self] &= ~(1 << 3)
        driver.post(pieces: [frame], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [padded(frame), frame])
    }

    @Test("a tag counts towards the 60 bytes, and padding does not enter a checksum")
    func paddingAfterOffload() {
        var recipe = FrameRecipe()
        recipe.transport = .udp
        recipe.payload = [0xAB]
        var ring = driver.makeTransmitRing()
        driver.postContext(type: 0, vlanTag: 9, to: &ring)
        driver.post(pieces: [recipe.unfinished], command: 1 << 30, options: 1 << 40 | 1 << 41, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [padded(tagged(recipe.bytes, 9))])
    }

    // MARK: Checksums

    @Test("IXSM and TXSM complete random packets of every protocol", arguments: 0..<100 as Range<UInt64>)
    func checksums(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var recipe = FrameRecipe.random(&generator)
        recipe.padding = []
        var ring = driver.makeTransmitRing()
        let isTagged = generator.chance(40)
        driver.postContext(
            mac: recipe.linkLength, ip: recipe.ipLength, isIPv4: recipe.network == .ipv4, type: recipe.type,
            vlanTag: 0x321, slot: 1, to: &ring)
        let bytes = recipe.unfinished
        let cut = generator.number(1...bytes.count - 1)
        driver.post(
            pieces: [Array(bytes[..<cut]), Array(bytes[cut...])], command: isTagged ? 1 << 30 : 0,
            options: 1 << 40 | 1 << 41 | 1 << 36, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [padded(isTagged ? tagged(recipe.bytes, 0x321) : recipe.bytes)])
    }

    @Test("without IXSM and TXSM nothing is touched, and IXSM alone does the IPv4 header alone")
    func onlyWhatWasAskedFor() {
        var recipe = FrameRecipe()
        recipe.payload = Array(1...100)
        var ring = driver.makeTransmitRing()
        driver.postContext(to: &ring)
        driver.post(pieces: [recipe.unfinished], to: &ring)
        driver.post(pieces: [recipe.unfinished], options: 1 << 40, to: &ring)
        driver.post(pieces: [recipe.unfinished], options: 1 << 41, to: &ring)
        driver.ring(ring)
        var (ip, l4) = (recipe.unfinished, recipe.unfinished)
        ip.replaceSubrange(24..<26, with: recipe.bytes[24..<26])
        l4.replaceSubrange(50..<52, with: recipe.bytes[50..<52])
        #expect(driver.sentFrames == [recipe.unfinished, ip, l4])
    }

    @Test("IXSM of an IPv6 context does nothing")
    func noIPv4() {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = (Array(1...16), Array(17...32))
        var ring = driver.makeTransmitRing()
        driver.postContext(ip: 40, isIPv4: false, to: &ring)
        driver.post(pieces: [recipe.unfinished], options: 1 << 40 | 1 << 41, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [recipe.bytes])
    }

    @Test("places come from the context: the inner packet of a tunnel is completed behind a long MACLEN")
    func tunnel() {
        var recipe = FrameRecipe()
        recipe.payload = Array(repeating: 7, count: 300)
        let outer = TestDriver.frame(3, length: 50)
        var ring = driver.makeTransmitRing()
        driver.postContext(mac: 50 + 14, to: &ring)
        driver.post(pieces: [outer + recipe.unfinished], options: 1 << 40 | 1 << 41, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [outer + recipe.bytes])
    }

    @Test("an uplink with checksum offload gets the pseudo-header's sum and where to put the rest")
    func leftToUplink() {
        let driver = TestDriver.started(offloads: .checksum)
        var recipe = FrameRecipe()
        recipe.payload = Array(1...200)
        var ring = driver.makeTransmitRing()
        driver.postContext(vlanTag: 4, to: &ring)
        driver.post(pieces: [recipe.unfinished], command: 1 << 30, options: 1 << 40 | 1 << 41, to: &ring)
        driver.ring(ring)
        var expected = recipe.bytes
        expected.replaceSubrange(50..<52, with: networkBytes(recipe.seed))
        var offload = FrameBatch.Offload()
        (offload.needsChecksum, offload.checksumStart, offload.checksumOffset) = (true, 38, 16)
        #expect(driver.sentFrames == [tagged(expected, 4)])
        #expect(driver.uplink.sent.first?.offload == offload)
    }

    @Test("SCTP's CRC is computed here even for an uplink with checksum offload")
    func sctpStaysHere() {
        let driver = TestDriver.started(offloads: [.checksum, .segmentTCP4])
        var recipe = FrameRecipe()
        (recipe.transport, recipe.payload) = (.sctp, Array(1...200))
        var ring = driver.makeTransmitRing()
        driver.postContext(type: 2, to: &ring)
        driver.post(pieces: [recipe.unfinished], options: 1 << 40 | 1 << 41, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [recipe.bytes])
        #expect(driver.uplink.sent.first?.offload == FrameBatch.Offload())
    }
}
