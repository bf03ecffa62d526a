// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("Packet headers")
struct PacketHeadersTests {
    @Test("every header of a random frame is found where it was put", arguments: 0..<300 as Range<UInt64>)
    func recipes(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let recipe = FrameRecipe.random(&generator)
        let bytes = recipe.bytes
        // The parser sees what a header segment holds.
        let headers = PacketHeaders(
            bytes.span.bytes.extracting(first: 128), frameLength: bytes.count, tagTypes: TagTypes())
        #expect(headers.isTagged == !recipe.tags.isEmpty)
        #expect(headers.tag == recipe.tags.first?.tag ?? 0)
        #expect(headers.networkType == (recipe.network == .ipv4 ? 0x0800 : 0x86DD))
        #expect(headers.networkOffset == recipe.linkLength)
        #expect(headers.ip.offset == recipe.linkLength)
        #expect(headers.ip.length == recipe.ipLength)
        #expect(headers.ip.end == recipe.datagramEnd)
        #expect(headers.ip.protocolNumber == recipe.transport.rawValue)
        guard recipe.transportOffset + 20 <= 128 else { return }
        #expect(headers.ip.transport == expected(recipe.transport))
        #expect(headers.ip.transportOffset == recipe.transportOffset)
        #expect(headers.ip.payloadOffset == recipe.transportOffset + recipe.transportLength)
        #expect(headers.ip.transportEnd == recipe.datagramEnd)
    }

    private func expected(_ transport: FrameRecipe.Transport) -> IPHeaders.Transport {
        switch transport {
        case .tcp: .tcp
        case .udp: .udp
        case .sctp: .sctp
        }
    }

    @Test("addresses and first EtherType are taken as they are on the wire")
    func addresses() {
        var recipe = FrameRecipe()
        recipe.tags = [(0x8100, 0x6005)]
        let headers = PacketHeaders(recipe.bytes)
        #expect(headers.destination == MACAddress("02:00:00:00:00:02"))
        #expect(headers.source == MACAddress("02:00:00:00:00:01"))
        #expect(headers.tag == 0x6005)
        #expect(FrameSummary(headers).tagOffset == 12)
    }

    @Test("with CTRL_EXT.EXT_VLAN the outer tag is passed and the inner one is the tag")
    func twoTags() {
        let types = TagTypes(VET(raw: 0x88A8_8100), CTRL_EXT(raw: 1 << 26))
        var recipe = FrameRecipe()
        recipe.tags = [(0x88A8, 7), (0x8100, 9)]
        let both = PacketHeaders(recipe.bytes, tagTypes: types)
        #expect(both.isOuterTagged && both.isTagged)
        #expect((both.outerTag, both.tag, FrameSummary(both).tagOffset) == (7, 9, 16))
        #expect(both.ip.transport == .tcp)

        recipe.tags = [(0x88A8, 7)]
        let outer = PacketHeaders(recipe.bytes, tagTypes: types)
        #expect(outer.isOuterTagged && !outer.isTagged)
        #expect((FrameSummary(outer).tagOffset, outer.ip.offset) == (16, 18))
    }

    @Test("without it a second tag is payload")
    func secondTagUnknown() {
        var recipe = FrameRecipe()
        recipe.tags = [(0x8100, 7), (0x8100, 9)]
        let headers = PacketHeaders(recipe.bytes)
        #expect(headers.tag == 7)
        #expect(headers.networkType == 0x8100)
        #expect(headers.ip.kind == .none)
        #expect(headers.packetType == 0)
    }

    @Test("a frame too short for a header has none, at every length")
    func truncation() {
        var recipe = FrameRecipe()
        recipe.tags = [(0x8100, 7)]
        recipe.tcpOptions = [1, 1, 1, 1]
        let bytes = recipe.bytes
        for count in 0..<bytes.count {
            let headers = PacketHeaders(Array(bytes.prefix(count)))
            #expect((headers.destination.value != 0) == (count >= 14))
            #expect(headers.isTagged == (count >= 18))
            #expect((headers.ip.kind == .ipv4) == (count >= 38))
            // The datagram is not all there.
            #expect(headers.ip.end == 0)
            #expect(headers.ip.transport == .none)
        }
        #expect(PacketHeaders(bytes).ip.transport == .tcp)
    }

    @Test("contradicting lengths leave the header unknown")
    func contradictions() {
        func transport(_ offset: Int, _ value: UInt8, of recipe: FrameRecipe) -> IPHeaders.Transport {
            var bytes = recipe.bytes
            bytes[offset] = value
            return PacketHeaders(bytes).ip.transport
        }
        var recipe = FrameRecipe()
        recipe.payload = [1, 2, 3, 4]
        #expect(transport(14, 0x44, of: recipe) == .none)
        #expect(transport(14, 0x65, of: recipe) == .none)
        #expect(transport(17, 19, of: recipe) == .none)
        #expect(transport(17, 45, of: recipe) == .none)
        #expect(transport(46, 0x40, of: recipe) == .none)
        #expect(transport(46, 0x60, of: recipe) == .tcp)
        #expect(transport(46, 0x70, of: recipe) == .none)
        recipe.transport = .udp
        #expect(transport(39, 7, of: recipe) == .none)
        #expect(transport(39, 12, of: recipe) == .udp)
        #expect(transport(39, 13, of: recipe) == .none)
    }

    @Test("UDP's own length ends its data")
    func udpLength() {
        var recipe = FrameRecipe()
        recipe.transport = .udp
        recipe.payload = [1, 2, 3, 4]
        var bytes = recipe.bytes
        bytes[39] = 10
        let headers = PacketHeaders(bytes)
        #expect(headers.ip.transportEnd == recipe.transportOffset + 10)
        #expect(headers.ip.end == recipe.datagramEnd)
    }

    @Test(
        "only the first IPv4 fragment has a transport", arguments: [(0x2000, true), (0x2001, false), (0x0001, false)])
    func fragments(_ fragment: Int, isFirst: Bool) {
        var recipe = FrameRecipe()
        recipe.fragment = UInt16(fragment)
        let headers = PacketHeaders(recipe.bytes)
        #expect(headers.ip.isFragment)
        #expect(headers.ip.isFirstFragment == isFirst)
        #expect(headers.ip.transport == (isFirst ? .tcp : .none))
        recipe.fragment = 0x4000
        #expect(!PacketHeaders(recipe.bytes).ip.isFragment)
    }

    @Test("an IPv6 fragment header ends the IP header")
    func ipv6Fragment() {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        recipe.extensions = [(0, [0, 0, 1, 4, 0, 0, 0, 0]), (44, [0, 0, 0, 1, 0, 0, 0, 9])]
        let first = PacketHeaders(recipe.bytes).ip
        #expect(first.isFragment && first.isFirstFragment)
        #expect(first.length == 48)
        #expect(first.transport == .tcp)
        #expect(first.transportOffset == recipe.transportOffset)
        recipe.extensions[1].bytes[3] = 0x08
        let later = PacketHeaders(recipe.bytes).ip
        #expect(later.isFragment && !later.isFirstFragment)
        #expect(later.transport == .none)
    }

    @Test("a chain of more than eight extension headers is given up")
    func longChain() {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        recipe.transport = .udp
        recipe.extensions = Array(repeating: (60, [0, 0, 1, 4, 0, 0, 0, 0]), count: 7)
        #expect(PacketHeaders(recipe.bytes).ip.transport == .udp)
        recipe.extensions += [(60, [0, 0, 1, 4, 0, 0, 0, 0]), (60, [0, 0, 1, 4, 0, 0, 0, 0])]
        #expect(PacketHeaders(recipe.bytes).ip.transport == .none)
    }

    @Test("a mobility address that is not all there is not used", arguments: 0...48)
    func cutMobilityAddress(_ missing: Int) {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        let address = [UInt8](repeating: 3, count: 16)
        recipe.extensions = [
            (43, [0, 2, 2, 0, 0, 0, 0, 0] + address), (60, [0, 2, 1, 2, 0, 0, 0xC9, 16] + address),
        ]
        let bytes = recipe.bytes
        // What is missing is missing from the header segment only.
        let span = recipe.transportOffset - missing
        let ip = PacketHeaders(
            bytes.span.bytes.extracting(first: span), frameLength: bytes.count, tagTypes: TagTypes()
        ).ip
        #expect(ip.destinationOffset == (missing <= 24 ? 62 : 38))
        #expect(ip.sourceOffset == (missing == 0 ? 86 : 22))
    }

    @Test("a routing header with segments left is source routing")
    func sourceRouting() {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        recipe.extensions = [(43, [0, 0, 4, 1, 0, 0, 0, 0])]
        #expect(PacketHeaders(recipe.bytes).ip.isSourceRouted)
        recipe.extensions[0].bytes[3] = 0
        #expect(!PacketHeaders(recipe.bytes).ip.isSourceRouted)
        #expect(PacketHeaders(recipe.bytes).ip.transport == .tcp)
    }
}

@Suite("Packet type")
struct PacketTypeTests {
    @Test("IPv4 and IPv6 with each transport have the bits drivers know")
    func plain() {
        var recipe = FrameRecipe()
        #expect(PacketHeaders(recipe.bytes).packetType == 0x11)
        recipe.transport = .udp
        #expect(PacketHeaders(recipe.bytes).packetType == 0x21)
        recipe.options = [1, 1, 1, 1]
        recipe.transport = .sctp
        #expect(PacketHeaders(recipe.bytes).packetType == 0x43)
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        recipe.transport = .tcp
        #expect(PacketHeaders(recipe.bytes).packetType == 0x14)
        recipe.extensions = [(0, [0, 0, 1, 4, 0, 0, 0, 0])]
        #expect(PacketHeaders(recipe.bytes).packetType == 0x1C)
    }

    @Test("an unknown transport and a later fragment leave only the IP bit")
    func ipOnly() {
        var recipe = FrameRecipe()
        recipe.fragment = 0x0010
        #expect(PacketHeaders(recipe.bytes).packetType == 0x01)
        var bytes = FrameRecipe().bytes
        bytes[23] = 1
        #expect(PacketHeaders(bytes).packetType == 0x01)
    }

    @Test("IPsec shows as ESP or AH", arguments: [(50, 0x101), (51, 0x201)] as [(UInt8, UInt16)])
    func security(_ number: UInt8, _ expected: UInt16) {
        var bytes = FrameRecipe().bytes
        bytes[23] = number
        #expect(PacketHeaders(bytes).packetType == expected)
    }

    @Test("IPv6 in IPv4 shows both headers and the inner transport, which is not the frame's own")
    func tunnel() {
        var inner = FrameRecipe()
        inner.network = .ipv6
        (inner.source, inner.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        let packet = Array(inner.bytes.dropFirst(14))
        var outer = FrameRecipe()
        outer.transport = .sctp
        outer.payload = [UInt8](repeating: 0, count: packet.count - 12)
        var bytes = outer.bytes
        bytes[23] = 41
        bytes.replaceSubrange(34..., with: packet)
        let headers = PacketHeaders(bytes)
        #expect(headers.packetType == 0x15)
        #expect(headers.ip.transport == .none)
        #expect(headers.inner.offset == 34)
        #expect(headers.inner.transportOffset == 74)
        #expect(headers.inner.end == bytes.count)
    }

    @Test("an EtherType filter's packet type holds its index and bit 11")
    func filter() {
        #expect(FrameSummary.packetType(etherTypeFilter: 3) == 0x803)
    }
}

@Suite("Packet headers of hostile frames")
struct HostileFrameTests {
    /// What everyone who uses the headers relies on.
    private func expectSound(_ headers: PacketHeaders, spanLength: Int, frameLength: Int) {
        for ip in [headers.ip, headers.inner] where ip.kind != .none {
            #expect(ip.offset + (ip.isIPv4 ? 20 : 40) <= min(spanLength, frameLength))
            #expect(ip.offset + ip.length <= frameLength)
            #expect(ip.end <= frameLength)
            #expect(ip.sourceOffset + (ip.isIPv4 ? 4 : 16) <= spanLength)
            #expect(ip.destinationOffset + (ip.isIPv4 ? 4 : 16) <= spanLength)
            guard ip.transport != .none else { continue }
            #expect(ip.transportOffset >= ip.offset + ip.length)
            #expect(ip.transportOffset + 8 <= spanLength)
            #expect(ip.payloadOffset <= ip.transportEnd)
            #expect(ip.transportEnd <= ip.end)
        }
        #expect(headers.networkOffset <= min(spanLength, frameLength))
    }

    private func parse(_ bytes: [UInt8], _ spanLength: Int, isExtended: Bool) -> PacketHeaders {
        let types = TagTypes(VET(raw: 0x8100_8100), CTRL_EXT(raw: isExtended ? 1 << 26 : 0))
        return PacketHeaders(
            bytes.span.bytes.extracting(first: spanLength), frameLength: bytes.count, tagTypes: types)
    }

    @Test("random bytes behind a plausible EtherType never lead outside", arguments: 0..<20 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed)
        for _ in 0..<500 {
            var bytes = generator.bytes(generator.number(0...200))
            let type: UInt16 = [0x0800, 0x86DD, 0x8100, 0x0003].randomElement(using: &generator)!
            if bytes.count > 16 {
                bytes.replaceSubrange(12..<14, with: networkBytes(type))
                bytes[14] = type == 0x0800 ? 0x45 : 0x60
            }
            let span = min(bytes.count, 128)
            expectSound(
                parse(bytes, span, isExtended: generator.chance(30)), spanLength: span, frameLength: bytes.count)
        }
    }

    @Test("changed, cut and chained frames never lead outside", arguments: 0..<20 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let chain: [UInt8] = [0, 43, 44, 60, 4, 41, 50, 51, 6, 17, 132]
        for _ in 0..<200 {
            var recipe = FrameRecipe.random(&generator)
            if recipe.network == .ipv6 {
                for _ in 0..<generator.number(0...5) {
                    let body = generator.bytes(8 * generator.number(1...4))
                    recipe.extensions.append((chain.randomElement(using: &generator)!, body))
                }
            }
            var bytes = recipe.bytes
            for _ in 0..<generator.number(0...6) {
                let offset = generator.number(12...min(100, bytes.count - 1))
                bytes[offset] = generator.chance(40) ? chain.randomElement(using: &generator)! : generator.bytes(1)[0]
            }
            bytes = Array(bytes.prefix(generator.number(0...bytes.count)))
            let span = generator.chance(50) ? bytes.count : min(bytes.count, 128)
            let headers = parse(bytes, span, isExtended: false)
            expectSound(headers, spanLength: span, frameLength: bytes.count)
            expectUsable(headers, bytes, span)
        }
    }

    /// Hashing and verifying trust the parser's offsets: neither may trap.
    private func expectUsable(_ headers: PacketHeaders, _ bytes: [UInt8], _ span: Int) {
        var batch = FrameBatch()
        let memory = ScatteredMemory()
        var generator = SeededGenerator(9)
        batch.append(bytes, header: span, in: memory, &generator)
        let verification: ChecksumVerification = [.ip, .tcpAndUDP, .sctp, .ipv6]
        let report = verification.verify(FrameSummary(headers), frame: 0, of: batch)
        #expect(report.contains(.ipChecked) == headers.ip.isIPv4)
        let hash = RSS().hash(
            FrameSummary(headers), bytes.span.bytes.extracting(first: span),
            enabledTypes: RSS.EnabledTypes(rawValue: 0x01FF_0000))
        #expect((hash.type == .none) == (headers.ip.kind == .none))
    }
}
