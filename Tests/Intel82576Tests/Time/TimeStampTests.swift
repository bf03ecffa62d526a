// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Time stamps of frames")
struct TimeStampTests {
    let driver = TestDriver.started()

    init() { driver[.TIMINCA] = SystemTimeTests.linux }

    /// What Linux sets up for PTP on the 82576: events of version 2, over Ethernet and over UDP.
    func enableReceive(_ kind: TSYNCRXCTL.Kind = .events) {
        driver[.ETQF, 3] = 0x4400_88F7
        (driver[.IMIR, 3], driver[.IMIREXT, 3], driver[.SPQF, 3]) = (0x3F01, 0x0008_1000, 0x3F01)
        driver[.FTQF, 3] = 0x6800_8011
        driver[.TSYNCRXCTL] = 1 << 4 | kind.rawValue << 1
        driver.enableReceive(1 << 3 | 1 << 4)
    }

    /// A PTP message with clockIdentity 8 to 15.
    static func message(_ type: UInt8, version: UInt8 = 2, control: UInt8 = 0, sequence: UInt16 = 0x0102) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 44)
        (bytes[0], bytes[1], bytes[32]) = (type, version, control)
        bytes.replaceSubrange(20..<28, with: [8, 9, 10, 11, 12, 13, 14, 15])
        bytes.replaceSubrange(30..<32, with: networkBytes(sequence))
        return bytes
    }

    static func layer2(_ message: [UInt8], tagged: Bool = false) -> [UInt8] {
        TestDriver.ownAddress + [2, 0, 0, 0, 0, 9] + (tagged ? [0x81, 0, 0, 5] : []) + [0x88, 0xF7] + message
    }

    static func udp(_ message: [UInt8], _ network: FrameRecipe.Network = .ipv4, from: UInt16 = 319, to: UInt16 = 319)
        -> [UInt8]
    {
        var recipe = FrameRecipe()
        (recipe.network, recipe.transport, recipe.payload) = (network, .udp, message)
        if network == .ipv6 {
            recipe.source = [UInt8](repeating: 1, count: 16)
            recipe.destination = [UInt8](repeating: 2, count: 16)
        }
        var bytes = recipe.bytes
        bytes.replaceSubrange(recipe.transportOffset..<recipe.transportOffset + 2, with: networkBytes(from))
        bytes.replaceSubrange(recipe.transportOffset + 2..<recipe.transportOffset + 4, with: networkBytes(to))
        return bytes
    }

    /// Whether the frame's descriptor says that it was stamped. The stamp is read as Linux does.
    func isStamped(_ frame: [UInt8], _ ring: inout TestDriver.ReceiveRing) throws -> Bool {
        driver.clock.now += 1_000_000
        driver.arrive(frame)
        let received = try #require(driver.take(&ring))
        let isValid = driver[.TSYNCRXCTL] & 1 == 1
        #expect(isValid == (received.status & 1 << 16 != 0))
        if isValid {
            let expected = driver.port.time.systemTime(at: driver.port.clock())
            let low = driver[.RXSTMPL]
            #expect(UInt64(driver[.RXSTMPH]) << 32 | UInt64(low) == expected)
            #expect(driver[.TSYNCRXCTL] & 1 == 0)
        }
        return isValid
    }

    // MARK: Received

    @Test("every event message of version 2 is stamped, over Ethernet and UDP, one after the other")
    func events() throws {
        var ring = driver.makeReceiveRing()
        enableReceive()
        for type in 0..<16 as Range<UInt8> {
            // transportSpecific, as IEEE 802.1AS sets it, does not matter.
            let message = Self.message(0x10 | type)
            for frame in [
                Self.layer2(message), Self.layer2(message, tagged: true), Self.udp(message), Self.udp(message, .ipv6),
            ] {
                #expect(try isStamped(frame, &ring) == (type < 8))
            }
        }
    }

    @Test("what is not PTP, or not at a place a filter marks, is not stamped")
    func others() throws {
        var ring = driver.makeReceiveRing()
        enableReceive()
        let sync = Self.message(0)
        var fragment = FrameRecipe()
        (fragment.transport, fragment.payload, fragment.fragment) = (.udp, sync, 0x2000)
        for frame in [
            TestDriver.frame(), Self.udp(sync, to: 320), Self.udp(sync, from: 1000),
            Self.layer2(Self.message(0, version: 1)),
            Array(Self.layer2(sync).prefix(14 + 35)), fragment.bytes,
        ] {
            #expect(try !isStamped(frame, &ring))
        }
        driver[.FTQF, 3] = 0xF000_0000
        #expect(try !isStamped(Self.udp(sync), &ring))
        #expect(try isStamped(Self.layer2(sync), &ring))
        driver[.ETQF, 3] = 0x0400_88F7
        #expect(try !isStamped(Self.layer2(sync), &ring))
        driver[.ETQF, 3] = 0x4400_88F7
        driver[.TSYNCRXCTL] = UInt32(TSYNCRXCTL.Kind.events.rawValue) << 1
        #expect(try !isStamped(Self.layer2(sync), &ring))
    }

    @Test("a 5-tuple filter that names addresses stamps only what comes from there")
    func addresses() throws {
        var ring = driver.makeReceiveRing()
        enableReceive()
        driver[.FTQF, 3] = 0x0800_8011
        (driver[.SAQF, 3], driver[.DAQF, 3]) = (0x0100_000A, 0x0200_000A)
        #expect(try isStamped(Self.udp(Self.message(0)), &ring))
        driver[.SAQF, 3] = 0x0300_000A
        #expect(try !isStamped(Self.udp(Self.message(0)), &ring))
        #expect(try !isStamped(Self.udp(Self.message(0), .ipv6), &ring))
    }

    @Test("the type chooses the transport, and TSYNCRXCFG the message")
    func types() throws {
        var ring = driver.makeReceiveRing()
        let (sync, request) = (Self.message(0), Self.message(1))
        let old = Self.message(0, version: 1, control: 1)
        let frames = [Self.layer2(sync), Self.layer2(request), Self.udp(sync), Self.udp(request), Self.udp(old)]
        let expected: [(TSYNCRXCTL.Kind, [Bool])] = [
            (.layer2, [false, true, false, false, false]), (.version2, [false, true, false, true, false]),
            (.version1, [false, false, false, false, true]), (.events, [true, true, true, true, false]),
            (.everything, [true, true, true, true, true]),
        ]
        for (kind, results) in expected {
            enableReceive(kind)
            driver[.TSYNCRXCFG] = 1 << 8 | 1
            #expect(try frames.map { try isStamped($0, &ring) } == results, "\(kind)")
        }
        driver[.TSYNCRXCTL] = 1 << 4 | 7 << 1
        #expect(try frames.map { try isStamped($0, &ring) } == [false, false, false, false, false])
    }

    @Test("a stamp stays until its high half is read, with the source and number of its message")
    func locked() throws {
        var ring = driver.makeReceiveRing()
        enableReceive()
        driver.arrive(Self.layer2(Self.message(0, sequence: 0xABCD)))
        let stamp = driver.port.time.systemTime(at: driver.port.clock())
        driver.clock.now += 5_000_000
        driver.arrive(Self.layer2(Self.message(0, sequence: 2)))
        #expect(try #require(driver.take(&ring)).status & 1 << 16 != 0)
        #expect(try #require(driver.take(&ring)).status & 1 << 16 == 0)
        #expect(driver[.RXSATRL] == 0x0C0D_0E0F)
        #expect(driver[.RXSTMPL] == UInt32(truncatingIfNeeded: stamp))
        #expect(driver[.TSYNCRXCTL] == 1 << 4 | 5 << 1 | 1)
        #expect(driver[.RXSATRH] == 0xABCD_0A0B)
        #expect(driver[.TSYNCRXCTL] & 1 == 0)
        #expect(driver[.RXSTMPH] == UInt32(truncatingIfNeeded: stamp >> 32))
    }

    @Test("a frame that no queue takes leaves the stamp to others")
    func filtered() throws {
        var ring = driver.makeReceiveRing()
        enableReceive()
        driver[.RCTL] &= ~(1 << 3)
        driver.arrive([2, 0, 0, 0, 0, 0x77] + Self.layer2(Self.message(0)).dropFirst(6))
        #expect(driver[.TSYNCRXCTL] & 1 == 0 && driver.take(&ring) == nil)
    }

    // MARK: Sent

    func stamp() -> UInt64? {
        guard driver[.TSYNCTXCTL] & 1 == 1 else { return nil }
        let low = driver[.TXSTMPL]
        return UInt64(driver[.TXSTMPH]) << 32 | UInt64(low)
    }

    @Test("the time a flagged packet leaves is kept until its high half is read")
    func sent() {
        var ring = driver.makeTransmitRing()
        driver[.TSYNCTXCTL] = 1 << 4
        driver.post(pieces: [TestDriver.frame()], to: &ring)
        driver.ring(ring)
        #expect(stamp() == nil)
        driver.clock.now += 123_456
        let time = driver.port.time.systemTime(at: driver.port.clock())
        driver.post(pieces: [Array(TestDriver.frame().prefix(20)), [1, 2, 3]], command: 1 << 19, to: &ring)
        driver.ring(ring)
        driver.clock.now += 1000
        driver.post(pieces: [TestDriver.frame()], command: 1 << 19, to: &ring)
        driver.ring(ring)
        #expect(stamp() == time)
        #expect(stamp() == nil)
        driver.post(pieces: [TestDriver.frame()], command: 1 << 19, to: &ring)
        driver.ring(ring)
        #expect(stamp() == driver.port.time.systemTime(at: driver.port.clock()))
    }

    @Test("nothing sent is stamped while TSYNCTXCTL.EN is clear")
    func disabled() {
        var ring = driver.makeTransmitRing()
        driver.post(pieces: [TestDriver.frame()], command: 1 << 19, to: &ring)
        driver.ring(ring)
        #expect(stamp() == nil && driver.sentFrames.count == 1)
    }

    @Test("a VF neither takes the transmit stamp nor keeps the receive stamp from the PF")
    func virtualFunctions() throws {
        let driver = TestDriver(virtualFunctions: 1)
        driver.start()
        driver[.TIMINCA] = SystemTimeTests.linux
        driver.enableVirtualFunctions(1)
        let vf = driver.makeVirtualFunction(0)
        vf.start()
        (driver[.VFRE], driver[.VFTE]) = (0xFF, 0xFF)
        driver[.TSYNCTXCTL] = 1 << 4
        var transmitRing = vf.makeTransmitRing()
        vf.send(TestDriver.frame(), command: 1 << 19, to: &transmitRing)
        driver.advance()
        #expect(driver.sentFrames.count == 1 && driver[.TSYNCTXCTL] & 1 == 0)

        // Pool 0 is the VF's, pool 1 the PF's; both get the frame, the VF first.
        driver[.MRQC] = 3
        (driver[.VT_CTL], driver[.VMOLR, 0], driver[.VMOLR, 1]) = (1 << 30, 1 << 24, 1 << 24)
        driver[.RAH, 0] = driver[.RAH, 0] | 1 << 18 | 1 << 19
        (driver[.ETQF, 3], driver[.TSYNCRXCTL]) = (0x4400_88F7, 1 << 4 | 5 << 1)
        var (virtual, physical) = (vf.makeReceiveRing(), driver.makeReceiveRing(1))
        driver.enableReceive(1 << 5)
        driver.arrive(Self.layer2(Self.message(0)))
        #expect(try #require(vf.take(&virtual)).status & 1 << 16 == 0)
        #expect(try #require(driver.take(&physical)).status & 1 << 16 != 0)
        #expect(driver[.TSYNCRXCTL] & 1 == 1)
    }
}
