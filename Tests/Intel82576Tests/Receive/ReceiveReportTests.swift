// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

@Suite("Checksums and hashes of received frames")
struct ReceiveReportTests {
    private static let upe: UInt32 = 1 << 3
    private static let (udp, l4, ip, l4Error, ipError): (UInt32, UInt32, UInt32, UInt32, UInt32) =
        (1 << 4, 1 << 5, 1 << 6, 1 << 29, 1 << 30)
    private static let all = udp | l4 | ip | l4Error | ipError
    private let driver = TestDriver.started()

    private func receive(_ bytes: [UInt8], _ offload: FrameBatch.Offload = .init()) throws -> TestDriver.Received {
        var ring = driver.makeReceiveRing()
        driver.enableReceive(Self.upe)
        driver.arrive(bytes, offload: offload)
        return try #require(driver.take(&ring))
    }

    private func checked(_ recipe: FrameRecipe, isRight: Bool) -> UInt32 {
        let isUDP = recipe.transport == .udp
        return (recipe.network == .ipv4 ? Self.ip : 0) | Self.l4 | (isUDP ? Self.udp : 0) | (isRight ? 0 : Self.l4Error)
    }

    // MARK: Status and errors

    @Test("random frames are reported right, and wrong once a payload bit is", arguments: 0..<40 as Range<UInt64>)
    func status(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        driver[raw: RXCSUM.self] = 1 << 8 | 1 << 9 | 1 << 11 | 1 << 13
        var recipe = FrameRecipe.random(&generator)
        recipe.payload += [5]
        var bytes = recipe.bytes
        #expect(try receive(bytes).status & Self.all == checked(recipe, isRight: true))
        bytes[recipe.datagramEnd - 1] ^= 1 << UInt8(generator.number(0...7))
        let received = try receive(bytes)
        #expect(received.status & Self.all == checked(recipe, isRight: false))
        #expect(received.bytes == padded(bytes))
    }

    @Test("a wrong IPv4 header sets IPE")
    func wrongHeader() throws {
        var bytes = FrameRecipe().bytes
        bytes[22] ^= 1
        #expect(try receive(bytes).status & Self.all == Self.ip | Self.ipError | Self.l4)
    }

    @Test("what RXCSUM leaves out is not reported")
    func disabled() throws {
        driver[raw: RXCSUM.self] = 0
        #expect(try receive(FrameRecipe().bytes).status & Self.all == 0)
        driver[raw: RXCSUM.self] = 1 << 8
        #expect(try receive(FrameRecipe().bytes).status & Self.all == Self.ip)
        driver[raw: RXCSUM.self] = 1 << 9
        #expect(try receive(FrameRecipe().bytes).status & Self.all == Self.l4)
        var recipe = FrameRecipe()
        recipe.transport = .sctp
        #expect(try receive(recipe.bytes).status & Self.all == 0)
    }

    @Test("a frame that is not IP has nothing to report")
    func notIP() throws {
        let received = try receive(TestDriver.frame(1, length: 100))
        #expect(received.status & Self.all == 0 && received.information & 0x1FFF0 == 0)
    }

    @Test("a sum the host left open is completed before it is checked", arguments: 0..<20 as Range<UInt64>)
    func open(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        var recipe = FrameRecipe.random(&generator)
        recipe.padding = []
        if recipe.transport == .sctp { recipe.transport = .udp }
        let start = recipe.transportOffset
        var offload = FrameBatch.Offload()
        offload.needsChecksum = true
        offload.checksumStart = UInt16(start)
        offload.checksumOffset = recipe.transport == .tcp ? 16 : 6
        var bytes = recipe.bytes
        let field = start + Int(offload.checksumOffset)
        bytes.replaceSubrange(field..<field + 2, with: networkBytes(recipe.seed))
        let received = try receive(bytes, offload)
        #expect(received.bytes == padded(recipe.bytes))
        #expect(received.status & Self.all == checked(recipe, isRight: true))
    }

    @Test("an open sum whose place is not in the frame is left, and nothing else happens")
    func openOutside() throws {
        var offload = FrameBatch.Offload()
        (offload.needsChecksum, offload.checksumStart, offload.checksumOffset) = (true, 65535, 65535)
        #expect(try receive(FrameRecipe().bytes, offload).bytes == padded(FrameRecipe().bytes))
        (offload.checksumStart, offload.checksumOffset) = (10, 4000)
        #expect(try receive(FrameRecipe().bytes, offload).bytes == padded(FrameRecipe().bytes))
    }

    // MARK: First quadword

    @Test("without PCSD it has the packet checksum from PCSS and the IP identification", arguments: [0, 14, 34, 59])
    func packetChecksum(_ start: Int) throws {
        driver[raw: RXCSUM.self] = 0x300 | UInt32(start)
        var recipe = FrameRecipe()
        recipe.payload = Array(1...201)
        let information = try receive(recipe.bytes).information
        #expect(information >> 48 == UInt64(Slow.sum(recipe.bytes[start...])))
        #expect(information >> 32 & 0xFFFF == 0x1234)
    }

    @Test("a stripped tag is not part of the packet checksum, nor of where it starts", arguments: [0, 3, 12, 14, 34])
    func packetChecksumWithoutTag(_ start: Int) throws {
        driver[0] |= 1 << 30
        driver[raw: RXCSUM.self] = 0x300 | UInt32(start)
        var recipe = FrameRecipe()
        recipe.payload = Array(1...200)
        let plain = recipe.bytes
        recipe.tags = [(0x8100, 0x4567)]
        #expect(try receive(recipe.bytes).information >> 48 == UInt64(Slow.sum(plain[start...])))
    }

    private static let fragments: [(fragment: UInt16, hasChecksum: Bool, isValid: Bool)] = [
        (0x2000, true, true), (0x2000, false, false), (0x2005, true, false), (0x0005, true, false),
    ]

    @Test(
        "with IPPCSE a UDP fragment has the sum of its payload, and UDPV if its first one has a checksum",
        arguments: 0..<4)
    func fragmentSum(index: Int) throws {
        let (fragment, hasChecksum, isValid) = Self.fragments[index]
        let valid: UInt32 = 1 << 10
        driver[raw: RXCSUM.self] = 0x300 | 1 << 12 | 7
        var recipe = FrameRecipe()
        (recipe.transport, recipe.payload, recipe.hasUDPChecksum) = (.udp, Array(1...99), hasChecksum)
        let whole = try receive(padded(recipe.bytes))
        #expect(whole.information >> 48 == UInt64(Slow.sum(padded(recipe.bytes)[7...])))
        #expect(whole.status & valid == 0)
        recipe.fragment = fragment
        recipe.padding = [1, 2, 3]
        let bytes = recipe.bytes
        let received = try receive(bytes)
        #expect(received.information >> 48 == UInt64(Slow.sum(bytes[34..<recipe.datagramEnd])))
        #expect(received.information >> 32 & 0xFFFF == 0x1234)
        #expect(received.status & (valid | Self.udp | Self.l4) == Self.udp | (isValid ? valid : 0))
        recipe.transport = .tcp
        let other = try receive(recipe.bytes)
        #expect(other.information >> 48 == UInt64(Slow.sum(recipe.bytes[7...])))
        #expect(other.status & (valid | Self.udp) == 0)
    }

    @Test("an outer tag sets VEXT, with EXT_VLAN only")
    func outerTag() throws {
        let frame = tagged(tagged(TestDriver.frame(1), 5), 6, type: 0x88A8)
        driver[raw: VET.self] = 0x88A8_8100
        #expect(try receive(frame).status & 1 << 9 == 0)
        driver[raw: CTRL_EXT.self] |= 1 << 26
        #expect(try receive(frame).status & 1 << 9 != 0)
    }

    private func setKey(_ key: [UInt8]) {
        for word in 0..<10 {
            driver[raw: RSSRK.self, word] = (0..<4).reduce(0) { $0 | UInt32(key[word * 4 + $1]) << UInt32(8 * $1) }
        }
    }

    @Test("RSS chooses queue and hash of every type by Toeplitz, key and table", arguments: 0..<40 as Range<UInt64>)
    func rss(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        let key = generator.bytes(40)
        setKey(key)
        let table = (0..<128).map { _ in UInt8(generator.number(0...15)) }
        for word in 0..<32 {
            driver[raw: RETA.self, word] = (0..<4).reduce(0) { $0 | UInt32(table[word * 4 + $1]) << UInt32(8 * $1) }
        }
        driver[raw: MRQC.self] = 2 | 1 << 16 | 1 << 17 | 1 << 20 | 1 << 21 | 1 << 22 | 1 << 23
        driver[raw: RXCSUM.self] = 0x300 | 1 << 13
        driver.enableReceive(Self.upe)
        var rings = (0..<16).map { driver.makeReceiveRing($0, count: 8) }
        var recipe = FrameRecipe.random(&generator)
        recipe.extensions = []
        driver.arrive(recipe.bytes)
        let ports = recipe.transport == .sctp ? [] : recipe.bytes[recipe.transportOffset..<recipe.transportOffset + 4]
        let hash = Slow.toeplitz(recipe.source + recipe.destination + ports, key: key)
        let types: [FrameRecipe.Transport: (v4: UInt64, v6: UInt64)] = [.tcp: (1, 3), .udp: (7, 8), .sctp: (2, 5)]
        let queue = Int(table[Int(hash & 127)])
        let received = try #require(driver.take(&rings[queue]))
        #expect(received.information >> 32 == UInt64(hash))
        let type = types[recipe.transport]!
        #expect(received.information & 0xF == (recipe.network == .ipv4 ? type.v4 : type.v6))
    }

    @Test("RSS steers without PCSD too, it only is not reported")
    func rssWithoutHash() throws {
        setKey(Array(1...40))
        for word in 0..<32 { driver[raw: RETA.self, word] = 0x0505_0505 }
        driver[raw: MRQC.self] = 2 | 1 << 16
        driver.enableReceive(Self.upe)
        var ring = driver.makeReceiveRing(5)
        driver.arrive(padded(FrameRecipe().bytes))
        let received = try #require(driver.take(&ring))
        #expect(received.information >> 32 & 0xFFFF == 0x1234 && received.information & 0xF == 0)
    }

    @Test("a frame of no enabled type has hash and type 0")
    func noHash() throws {
        setKey(Array(1...40))
        driver[raw: MRQC.self] = 2 | 1 << 20
        driver[raw: RXCSUM.self] = 0x300 | 1 << 13
        let information = try receive(FrameRecipe().bytes).information
        #expect(information & 0xF == 0 && information >> 32 == 0)
    }

    @Test(
        "the packet type names the headers",
        arguments: [
            (.ipv4, .tcp, 0x11), (.ipv4, .udp, 0x21), (.ipv4, .sctp, 0x41), (.ipv6, .tcp, 0x14), (.ipv6, .udp, 0x24),
        ] as [(FrameRecipe.Network, FrameRecipe.Transport, UInt64)])
    func packetType(network: FrameRecipe.Network, transport: FrameRecipe.Transport, type: UInt64) throws {
        var recipe = FrameRecipe()
        (recipe.network, recipe.transport) = (network, transport)
        if network == .ipv6 { (recipe.source, recipe.destination) = (Array(1...16), Array(17...32)) }
        #expect(try receive(recipe.bytes).information >> 4 & 0x1FFF == type)
    }
}
