import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Packets that contradict themselves")
struct MalformedPacketTests {
    private let driver = TestDriver.started()

    /// The ring still sends after the packets on it, none of which did.
    private func expectNothingThenOne(_ ring: inout TestDriver.TransmitRing, dropped: UInt64) {
        let done = driver.post(pieces: [TestDriver.frame(77)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(77)])
        #expect(driver.isDone(done))
        #expect(driver.transmitHead() == ring.tail)
        #expect(driver.port.transmit.drops.malformed == dropped)
    }

    @Test("a packet without bytes is done with and not sent", arguments: [false, true])
    func empty(isLegacy: Bool) {
        var ring = driver.makeTransmitRing()
        let type: UInt64 = isLegacy ? 0 : 3 << 20 | 1 << 29
        let done = driver.post(driver.memory.allocate(64), type | 1 << 24 | 1 << 27, to: &ring)
        expectNothingThenOne(&ring, dropped: 1)
        #expect(driver.isDone(done))
    }

    @Test("the longest packet is 9724 bytes without FCS; one byte more is dropped")
    func longest() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 9724)
        driver.post(pieces: [Array(frame[..<4000]), Array(frame[4000...])], to: &ring)
        driver.post(pieces: [frame + [0]], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [frame])
        #expect(driver.port.transmit.drops.malformed == 1)
    }

    struct Lengths: Sendable, CustomTestStringConvertible {
        var name: String
        var mac = 14
        var ip = 20
        var l4 = 20
        var mss = 1000
        var payload = 3000
        var isIPv4 = true
        var type: UInt64 = 1
        var testDescription: String { name }
    }

    @Test(
        "a packet to be segmented whose lengths are impossible is dropped",
        arguments: [
            Lengths(name: "PAYLEN one too small", payload: 2999), Lengths(name: "PAYLEN one too large", payload: 3001),
            Lengths(name: "PAYLEN 0", payload: 0), Lengths(name: "PAYLEN largest", payload: 0x3FFFF),
            Lengths(name: "MSS 0", mss: 0), Lengths(name: "MSS beyond the longest frame", mss: 60000, payload: 3000),
            Lengths(name: "IPLEN too small for IPv4", ip: 19), Lengths(name: "IPLEN 0", ip: 0),
            Lengths(name: "IPLEN too small for IPv6", ip: 39, isIPv4: false),
            Lengths(name: "IPLEN largest", ip: 511), Lengths(name: "L4LEN too small for TCP", l4: 19),
            Lengths(name: "L4LEN too small for UDP", l4: 7, type: 0), Lengths(name: "L4LEN 0", l4: 0),
            Lengths(name: "MACLEN 0", mac: 0), Lengths(name: "MACLEN 13", mac: 13),
            Lengths(name: "MACLEN largest", mac: 127), Lengths(name: "L4T SCTP", type: 2),
            Lengths(name: "L4T reserved", type: 3),
        ])
    func segmented(_ lengths: Lengths) {
        var ring = driver.makeTransmitRing()
        // One packet of 54 + 3000 bytes each time: whatever differs makes it wrong.
        let total = lengths.mss == 60000 ? 54 + 3000 : 14 + 20 + 20 + 3000
        driver.postContext(
            mac: lengths.mac, ip: lengths.ip, l4: lengths.l4, segmentSize: lengths.mss, isIPv4: lengths.isIPv4,
            type: lengths.type, to: &ring)
        driver.post(
            pieces: [TestDriver.frame(1, length: total)], command: 1 << 31, options: 1 << 40 | 1 << 41,
            payloadLength: lengths.payload, to: &ring)
        if lengths.mss == 60000 {
            // A large MSS alone is fine: one segment.
            driver.ring(ring)
            #expect(driver.uplink.sent.count == 1)
        } else {
            expectNothingThenOne(&ring, dropped: 1)
        }
    }

    @Test("a segment longer than the longest frame is dropped with its packet")
    func longSegment() {
        var ring = driver.makeTransmitRing()
        driver.postContext(l4: 20, segmentSize: 9800, to: &ring)
        driver.post(
            pieces: [TestDriver.frame(1, length: 20054)], command: 1 << 31, options: 1 << 40 | 1 << 41,
            payloadLength: 20000, to: &ring)
        expectNothingThenOne(&ring, dropped: 1)
    }

    @Test("headers that are all there is, with no context, segment nothing")
    func noContext() {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame(1, length: 1000)], command: 1 << 31, payloadLength: 946, to: &ring)
        expectNothingThenOne(&ring, dropped: 1)
    }

    @Test("a checksum whose place is not in the packet is left out, and the packet leaves as it is")
    func checksumOutside() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 100)
        for (mac, ip, type) in [(14, 511, 1), (127, 0, 0), (14, 80, 1), (100, 0, 2), (90, 0, 2)] as [(Int, Int, UInt64)]
        {
            driver.postContext(mac: mac, ip: ip, type: type, to: &ring)
            driver.post(pieces: [frame], options: 1 << 41, to: &ring)
        }
        driver.postContext(mac: 90, ip: 20, to: &ring)
        driver.post(pieces: [frame], options: 1 << 40, to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == Array(repeating: frame, count: 6))
        #expect(driver.port.transmit.drops.missedChecksums == 6)
    }

    @Test("a packet too short for addresses gets no tag in front of nothing, and leaks no other packet's bytes")
    func tagWithoutAddresses() {
        var ring = driver.makeTransmitRing()
        driver[raw: TCTL.self] &= ~(1 << 3)
        driver.post(pieces: [TestDriver.frame(1, length: 1000)], to: &ring)
        driver.ring(ring)
        driver.postContext(vlanTag: 5, to: &ring)
        driver.post(pieces: [[1, 2, 3, 4, 5, 6, 7]], command: 1 << 30, to: &ring)
        driver.post(pieces: [TestDriver.frame(2)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames == [TestDriver.frame(1, length: 1000), TestDriver.frame(2)])
        #expect(driver.port.transmit.drops.malformed == 1)
    }
}
