// SPDX-License-Identifier: Apache-2.0

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
        #expect(driver.port.transmit.drops[.malformed] == dropped)
    }

    /// The ring still sends.
    private func expectNothingElseThenOne(_ ring: inout TestDriver.TransmitRing) {
        let before = driver.sentFrames.count
        driver.post(pieces: [TestDriver.frame(77)], to: &ring)
        driver.ring(ring)
        #expect(driver.sentFrames.count == before + 1 && driver.sentFrames.last == TestDriver.frame(77))
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
        #expect(driver.port.transmit.drops[.malformed] == 1)
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
        #expect(driver.port.transmit.missedChecksums == 6)
        #expect(driver.port.losses.allSatisfy { $0.value == 0 }, "all of them were sent")
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
        #expect(driver.port.transmit.drops[.malformed] == 1)
    }

    /// The context at the packet's end is the one that counts, and all of the packet is held against it.
    @Test("a context that changes inside a packet to be segmented never mixes with the one before")
    func contextChanges() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 3054)
        let buffer = driver.memory.allocate(3054)
        driver.memory.write(frame, at: buffer)
        func post(changingTo ip: Int, _ l4: Int, _ segmentSize: Int) -> UInt64 {
            driver.postContext(l4: 20, segmentSize: 1000, to: &ring)
            let bits: UInt64 = 3 << 20 | 1 << 29 | 1 << 31 | 1 << 40 | 1 << 41 | 3000 << 46
            driver.post(buffer, 60 | bits, to: &ring)
            driver.postContext(ip: ip, l4: l4, segmentSize: segmentSize, to: &ring)
            return driver.post(buffer + 60, 2994 | bits | 1 << 24 | 1 << 27, to: &ring)
        }
        let wrong = [(20, 21, 1000), (511, 255, 65535), (20, 20, 0), (20, 20, 7), (0, 0, 1)].map {
            post(changingTo: $0.0, $0.1, $0.2)
        }
        let right = post(changingTo: 20, 20, 1500)
        driver.ring(ring)
        #expect(driver.sentFrames.map(\.count) == [1554, 1554])
        #expect((wrong + [right]).allSatisfy { driver.isDone($0) })
        #expect(driver.port.transmit.drops[.malformed] == 5 && driver.transmitHead() == ring.tail)
    }

    /// The descriptors by which a guest left VirtualBox 5.2.20: bytes of the first packet, in which nothing ends, were still
    /// counted when the second context made the longest segment shorter than them. Then a segment of 60,000 bytes
    /// (CVE-2017-10235).
    @Test("packets that left a guest through another card's loopback leave no bytes behind")
    func fallbackPath() {
        driver.enableReceive(1 << 6)
        var received = driver.makeReceiveRing()
        var ring = driver.makeTransmitRing()
        let buffer = driver.memory.allocate(0x10000)
        let data: UInt64 = 3 << 20 | 1 << 29 | 1 << 31
        driver.postContext(mac: 0, ip: 0, segmentSize: 0x3010, to: &ring)
        driver.post(buffer, 0x10 | data | 0x10 << 46, to: &ring)
        driver.post(buffer, data | 1 << 24 | 1 << 27, to: &ring)
        driver.postContext(mac: 0, ip: 0, segmentSize: 0xF, to: &ring)
        driver.post(buffer, 0x4188 | data | 1 << 24 | 1 << 27 | 0x4188 << 46, to: &ring)
        driver.postContext(l4: 20, segmentSize: 60000, to: &ring)
        driver.post(buffer, 60054 | data | 1 << 24 | 1 << 27 | 60000 << 46, to: &ring)
        driver.post(pieces: [TestDriver.frame(77)], to: &ring)
        driver.ring(ring)
        #expect(driver.takeAll(&received) == [TestDriver.frame(77)])
        #expect(driver.transmitHead() == ring.tail && driver.port.transmit.drops[.malformed] == 3)
    }

    @Test("a packet that begins in one descriptor format and ends in the other leaves whole, or not at all")
    func mixedFormats() {
        var ring = driver.makeTransmitRing()
        let frame = TestDriver.frame(1, length: 200)
        let buffer = driver.memory.allocate(200)
        driver.memory.write(frame, at: buffer)
        // Legacy with IC and VLE, whose fields mean other things in the advanced format, and the other way round.
        let legacy: UInt64 = 1 << 26 | 1 << 30 | 0xFF << 16 | 0xFF << 40 | 0xFFFF << 48
        let advanced: UInt64 = 3 << 20 | 1 << 29 | 1 << 31 | 3 << 40 | 0x3FFFF << 46
        for (first, last) in [(legacy, advanced), (advanced, legacy)] {
            driver.post(buffer, 150 | first, to: &ring)
            driver.post(buffer + 150, 50 | last | 1 << 24 | 1 << 27, to: &ring)
        }
        driver.ring(ring)
        #expect(driver.transmitHead() == 4)
        for sent in driver.sentFrames { #expect(sent == frame || sent == tagged(frame, network16(sent, 14))) }
        expectNothingElseThenOne(&ring)
    }
}
