// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

/// The key of Microsoft's verification suite.
private let suiteKey: [UInt8] = [
    0x6D, 0x5A, 0x56, 0xDA, 0x25, 0x5B, 0x0E, 0xC2, 0x41, 0x67, 0x25, 0x3D, 0x43, 0xA3, 0x8F, 0xB0, 0xD0, 0xCA, 0x2B,
    0xCB,
    0xAE, 0x7B, 0x30, 0xB4, 0x77, 0xCB, 0x2D, 0xA3, 0x80, 0x30, 0xF2, 0x0C, 0x6A, 0x42, 0xB7, 0x3B, 0xBE, 0xAC, 0x01,
    0xFA,
]

extension RSS {
    /// A key as RSSRK holds it.
    init(key: [UInt8]) {
        self.init()
        setKey(
            InlineArray<10, UInt32> { word in
                (0..<4).reduce(0) { $0 | UInt32(key[word * 4 + $1]) << UInt32(8 * $1) }
            })
    }

    borrowing func hash(
        _ recipe: FrameRecipe, _ types: EnabledTypes, _ extensions: ExtensionControl = []
    ) -> (hash: UInt32, type: HashType) {
        let bytes = recipe.bytes
        return hash(
            FrameSummary(PacketHeaders(bytes)), bytes.span.bytes, enabledTypes: types,
            extensions: extensions)
    }
}

private struct SuiteCase: Sendable, CustomTestStringConvertible {
    var source: [UInt8]
    var sourcePort: UInt16
    var destination: [UInt8]
    var destinationPort: UInt16
    var withoutPorts: UInt32
    var withPorts: UInt32
    var testDescription: String { String(withPorts, radix: 16) }

    /// Groups of an IPv6 address; 4 numbers are an IPv4 address.
    init(
        _ source: [UInt16], _ sourcePort: UInt16, to destination: [UInt16], _ destinationPort: UInt16,
        _ withoutPorts: UInt32, withPorts: UInt32
    ) {
        func address(_ parts: [UInt16]) -> [UInt8] {
            parts.count == 4 ? parts.map { UInt8($0) } : parts.flatMap { networkBytes($0) }
        }
        (self.source, self.destination) = (address(source), address(destination))
        (self.sourcePort, self.destinationPort) = (sourcePort, destinationPort)
        (self.withoutPorts, self.withPorts) = (withoutPorts, withPorts)
    }

    /// A TCP segment or UDP datagram between the two.
    func frame(_ transport: FrameRecipe.Transport) -> [UInt8] {
        var recipe = FrameRecipe()
        recipe.network = source.count == 4 ? .ipv4 : .ipv6
        (recipe.source, recipe.destination, recipe.transport) = (source, destination, transport)
        var bytes = recipe.bytes
        let ports = networkBytes(sourcePort) + networkBytes(destinationPort)
        bytes.replaceSubrange(recipe.transportOffset..<recipe.transportOffset + 4, with: ports)
        return bytes
    }
}

private let suite: [SuiteCase] = [
    SuiteCase([66, 9, 149, 187], 2794, to: [161, 142, 100, 80], 1766, 0x323E_8FC2, withPorts: 0x51CC_C178),
    SuiteCase([199, 92, 111, 2], 14230, to: [65, 69, 140, 83], 4739, 0xD718_262A, withPorts: 0xC626_B0EA),
    SuiteCase([24, 19, 198, 95], 12898, to: [12, 22, 207, 184], 38024, 0xD2D0_A5DE, withPorts: 0x5C2B_394A),
    SuiteCase([38, 27, 205, 30], 48228, to: [209, 142, 163, 6], 2217, 0x8298_9176, withPorts: 0xAFC7_327F),
    SuiteCase([153, 39, 163, 191], 44251, to: [202, 188, 127, 2], 1303, 0x5D18_09C5, withPorts: 0x10E8_28A2),
    SuiteCase(
        [0x3FFE, 0x2501, 0x200, 0x1FFF, 0, 0, 0, 7], 2794, to: [0x3FFE, 0x2501, 0x200, 3, 0, 0, 0, 1], 1766,
        0x2CC1_8CD5, withPorts: 0x4020_7D3D),
    SuiteCase(
        [0x3FFE, 0x501, 8, 0, 0x260, 0x97FF, 0xFE40, 0xEFAB], 14230, to: [0xFF02, 0, 0, 0, 0, 0, 0, 1], 4739,
        0x0F0C_461C, withPorts: 0xDDE5_1BBF),
    SuiteCase(
        [0x3FFE, 0x1900, 0x4545, 3, 0x200, 0xF8FF, 0xFE21, 0x67CF], 44251,
        to: [0xFE80, 0, 0, 0, 0x200, 0xF8FF, 0xFE21, 0x67CF], 38024, 0x4B61_E985, withPorts: 0x02D1_FEEF),
]

@Suite("Receive-side scaling")
struct RSSTests {
    @Test("Microsoft's verification suite, with ports and without", arguments: suite)
    private func verificationSuite(_ vector: SuiteCase) {
        let rss = RSS(key: suiteKey)
        let isIPv4 = vector.source.count == 4
        for transport in [FrameRecipe.Transport.tcp, .udp] {
            let bytes = vector.frame(transport)
            let summary = FrameSummary(PacketHeaders(bytes))
            let plain = rss.hash(
                summary, bytes.span.bytes, enabledTypes: [.ipv4, .ipv6])
            #expect(plain == (vector.withoutPorts, isIPv4 ? .ipv4 : .ipv6))
            let all = RSS.EnabledTypes(rawValue: 0x01FF_0000)
            let full = rss.hash(summary, bytes.span.bytes, enabledTypes: all)
            let type: RSS.HashType =
                transport == .tcp ? (isIPv4 ? .tcpIPv4 : .tcpIPv6) : (isIPv4 ? .udpIPv4 : .udpIPv6)
            #expect(full == (vector.withPorts, type))
        }
    }

    @Test("any key and any packet hash as they do bit by bit", arguments: 0..<50 as Range<UInt64>)
    func randomPackets(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let key = generator.bytes(40)
        let rss = RSS(key: key)
        let recipe = FrameRecipe.random(&generator)
        let result = rss.hash(recipe, RSS.EnabledTypes(rawValue: 0x01FF_0000))
        let ports = recipe.transport == .sctp ? [] : networkBytes(UInt16(2794)) + networkBytes(UInt16(1766))
        #expect(result.hash == Slow.toeplitz(recipe.source + recipe.destination + ports, key: key))
        #expect(result.type != .none)
    }

    @Test("a second key replaces the first one completely")
    func rekey() {
        var rss = RSS(key: [UInt8](repeating: 0xFF, count: 40))
        rss.setKey(InlineArray(repeating: 0))
        #expect(rss.hash(FrameRecipe(), .tcpIPv4) == (0, .tcpIPv4))
    }

    @Test("what no enabled type covers has hash 0 and type 0")
    func nothingEnabled() {
        let rss = RSS(key: suiteKey)
        #expect(rss.hash(FrameRecipe(), []) == (0, .none))
        #expect(rss.hash(FrameRecipe(), [.udpIPv4, .tcpIPv6, .ipv6]) == (0, .none))
        let arp = [UInt8](repeating: 0xFF, count: 12) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
        let all = RSS.EnabledTypes(rawValue: 0x01FF_0000)
        #expect(
            rss.hash(FrameSummary(PacketHeaders(arp)), arp.span.bytes, enabledTypes: all)
                == (0, .none))
    }

    @Test("a fragment's ports do not count", arguments: [0x2000, 0x2010, 0x0010] as [UInt16])
    func fragments(_ fragment: UInt16) {
        let rss = RSS(key: suiteKey)
        var recipe = FrameRecipe()
        recipe.fragment = fragment
        #expect(rss.hash(recipe, .tcpIPv4).type == .none)
        let expected = Slow.toeplitz(recipe.source + recipe.destination, key: suiteKey)
        #expect(rss.hash(recipe, [.tcpIPv4, .ipv4]) == (expected, .ipv4))
    }

    @Test("an extended type hashes the home address and the routing header's address")
    func mobility() {
        let rss = RSS(key: suiteKey)
        var generator = SeededGenerator(4)
        let (home, final) = (generator.bytes(16), generator.bytes(16))
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = (generator.bytes(16), generator.bytes(16))
        recipe.extensions = [
            (43, [0, 2, 2, 1, 0, 0, 0, 0] + final), (60, [0, 2, 1, 2, 0, 0, 0xC9, 16] + home),
        ]
        let ports = networkBytes(UInt16(2794)) + networkBytes(UInt16(1766))
        let mobile = Slow.toeplitz(home + final + ports, key: suiteKey)
        let plain = Slow.toeplitz(recipe.source + recipe.destination + ports, key: suiteKey)
        let both: RSS.EnabledTypes = [.tcpIPv6, .tcpIPv6Extended]
        #expect(rss.hash(recipe, both) == (mobile, .tcpIPv6Extended))
        #expect(rss.hash(recipe, .tcpIPv6) == (plain, .tcpIPv6))
        #expect(rss.hash(recipe, .ipv6Extended) == (Slow.toeplitz(home + final, key: suiteKey), .ipv6Extended))
        #expect(rss.hash(recipe, both, .ignoresMobility) == (plain, .tcpIPv6))
        let addresses = Slow.toeplitz(recipe.source + recipe.destination, key: suiteKey)
        #expect(rss.hash(recipe, both.union(.ipv6), .ignoresExtensions) == (addresses, .ipv6))
    }

    @Test("a packet without extension headers prefers the plain type, and falls back to the extended one")
    func plainPackets() {
        let rss = RSS(key: suiteKey)
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        #expect(rss.hash(recipe, [.tcpIPv6, .tcpIPv6Extended]).type == .tcpIPv6)
        #expect(rss.hash(recipe, [.tcpIPv6Extended, .ipv6]).type == .tcpIPv6Extended)
        #expect(rss.hash(recipe, [.ipv6, .ipv6Extended]).type == .ipv6)
        #expect(rss.hash(recipe, .ipv6Extended).type == .ipv6Extended)
    }
}
