// SPDX-License-Identifier: Apache-2.0

/// What the pipeline knows of every frame: addresses, tag, EtherType, and of the first IP header and the TCP, UDP or SCTP
/// header in it what they are and where.
///
/// Made once a frame. Length limits, address filters, pools, queues, RSS, checksums, write-back and counters all decide
/// over it. Most frames are recognised by a few comparisons (``init(recognizing:frameLength:tagTypes:)``); ``PacketHeaders``
/// parses the others, and what few stages ask beyond this (the inside of tunnels, addresses in extension headers) is parsed
/// on demand.
///
/// Five words, so that it is handed from stage to stage by reference. Offsets count from the destination address.
struct FrameSummary: BitwiseCopyable, Equatable, Sendable {
    /// Destination 47:0, tag 63:48.
    private var destinationWord: UInt64 = 0
    /// Source 47:0, EtherType 63:48.
    private var sourceWord: UInt64 = 0
    /// End of the transport's data 31:0, bytes of IP header 47:32, packet type 63:48.
    private var lengthWord: UInt64 = 0
    /// Where the network header is 15:0, where the transport header is 31:16, IP kind 39:32, transport 47:40, protocol 55:48,
    /// flags 63:56.
    private var layoutWord: UInt64 = 0
    /// Bytes of the frame, FCS excluded.
    private(set) var byteCount: Int = 0

    private enum Flag {
        static let tagged: UInt64 = 1 << 56
        static let outerTagged: UInt64 = 1 << 57
        static let fragment: UInt64 = 1 << 58
        static let sourceRouted: UInt64 = 1 << 59
        static let mobile: UInt64 = 1 << 60
    }

    /// Summarises a frame of `frameLength` bytes whose first ones are `bytes`. Fewer than 14 of them give no headers at
    /// all.
    @inline(__always)
    init(_ bytes: RawSpan, frameLength: Int, tagTypes: TagTypes) {
        if let recognized = FrameSummary(recognizing: bytes, frameLength: frameLength, tagTypes: tagTypes) {
            self = recognized
        } else {
            self = Self.parse(bytes, frameLength, tagTypes)
        }
    }

    @inline(never)
    private static func parse(_ bytes: RawSpan, _ frameLength: Int, _ tagTypes: TagTypes) -> FrameSummary {
        FrameSummary(PacketHeaders(bytes, frameLength: frameLength, tagTypes: tagTypes))
    }

    init(_ headers: PacketHeaders) {
        let ip = headers.ip
        destinationWord = headers.destination.value | UInt64(headers.tag) << 48
        sourceWord = headers.source.value | UInt64(headers.networkType) << 48
        lengthWord =
            UInt64(truncatingIfNeeded: ip.transportEnd) | UInt64(truncatingIfNeeded: ip.length) << 32
            | UInt64(headers.packetType) << 48
        byteCount = headers.byteCount
        layoutWord =
            UInt64(truncatingIfNeeded: headers.networkOffset) | UInt64(truncatingIfNeeded: ip.transportOffset) << 16
            | UInt64(ip.kind.rawValue) << 32 | UInt64(ip.transport.rawValue) << 40 | UInt64(ip.protocolNumber) << 48
            | (headers.isTagged ? Flag.tagged : 0) | (headers.isOuterTagged ? Flag.outerTagged : 0)
            | (ip.isFragment ? Flag.fragment : 0) | (ip.isSourceRouted ? Flag.sourceRouted : 0)
            | (ip.hasMobilityAddress ? Flag.mobile : 0)
    }
}

// MARK: Fields

extension FrameSummary {
    var destination: MACAddress { @inline(__always) get { MACAddress(value: destinationWord) } }
    var source: MACAddress { @inline(__always) get { MACAddress(value: sourceWord) } }
    /// The EtherType behind all tags and a SNAP header.
    var networkType: UInt16 { @inline(__always) get { UInt16(truncatingIfNeeded: sourceWord &>> 48) } }
    /// PRI, CFI and VID of the tag; 0 when there is none.
    var tag: UInt16 { @inline(__always) get { UInt16(truncatingIfNeeded: destinationWord &>> 48) } }
    /// The packet type of the advanced receive descriptor, bits 12:0 of what is written to its bits 16:4. An EtherType
    /// filter that matches replaces it (``packetType(etherTypeFilter:)``).
    var packetType: UInt16 { @inline(__always) get { UInt16(truncatingIfNeeded: lengthWord &>> 48) } }

    /// The frame carries the tag that is filtered and stripped: the only one, or the inner of two (CTRL_EXT.EXT_VLAN).
    var isTagged: Bool { @inline(__always) get { layoutWord & Flag.tagged != 0 } }
    /// The frame carries an outer tag. Only looked for with CTRL_EXT.EXT_VLAN.
    var isOuterTagged: Bool { @inline(__always) get { layoutWord & Flag.outerTagged != 0 } }
    /// VLAN tags in front of the payload.
    var tagCount: Int {
        @inline(__always) get { Int(truncatingIfNeeded: layoutWord &>> 56 & 1 &+ layoutWord &>> 57 & 1) }
    }
    /// Where the tag's type is, or would be inserted.
    var tagOffset: Int { @inline(__always) get { isOuterTagged ? 16 : 12 } }

    /// Where whatever ``networkType`` names begins.
    var networkOffset: Int { @inline(__always) get { Int(truncatingIfNeeded: layoutWord & 0xFFFF) } }
    var ipKind: IPHeaders.Kind {
        @inline(__always) get {
            IPHeaders.Kind(rawValue: UInt8(truncatingIfNeeded: layoutWord &>> 32)) ?? .none
        }
    }
    var isIP: Bool { @inline(__always) get { layoutWord &>> 32 & 0xFF != 0 } }
    var isIPv4: Bool { @inline(__always) get { layoutWord &>> 32 & 0b0001 != 0 } }
    var isIPv6: Bool { @inline(__always) get { layoutWord &>> 32 & 0b0100 != 0 } }
    /// Bytes of IP header with options or extension headers, a fragment header excluded.
    var ipLength: Int { @inline(__always) get { Int(truncatingIfNeeded: lengthWord &>> 32 & 0xFFFF) } }
    /// The protocol behind the IP header; behind the last extension header that was understood.
    var protocolNumber: UInt8 { @inline(__always) get { UInt8(truncatingIfNeeded: layoutWord &>> 48) } }
    /// Part of a datagram.
    var isFragment: Bool { @inline(__always) get { layoutWord & Flag.fragment != 0 } }
    /// A routing header says that the destination address is not the final one.
    var isSourceRouted: Bool { @inline(__always) get { layoutWord & Flag.sourceRouted != 0 } }
    /// A home address option or type 2 routing header has an address that counts in place of one in the IPv6 header.
    var hasMobilityAddress: Bool { @inline(__always) get { layoutWord & Flag.mobile != 0 } }

    /// Known for whole datagrams and first fragments.
    var transport: IPHeaders.Transport {
        @inline(__always) get {
            IPHeaders.Transport(rawValue: UInt8(truncatingIfNeeded: layoutWord &>> 40)) ?? .none
        }
    }
    var transportOffset: Int { @inline(__always) get { Int(truncatingIfNeeded: layoutWord &>> 16 & 0xFFFF) } }
    /// The end of the transport's data. UDP's own length decides when the datagram is whole.
    var transportEnd: Int { @inline(__always) get { Int(truncatingIfNeeded: lengthWord & 0xFFFF_FFFF) } }

    /// Where the addresses of a packet over IPv6 are that count for checksums and RSS: in a home address option (RFC 6275
    /// section 6.3) or a type 2 routing header (6.4), if there is one.
    /// - Parameter bytes: the first bytes of the frame, of which the summary was made.
    @inline(__always)
    func ipv6Addresses(_ bytes: RawSpan) -> (source: Int, destination: Int) {
        guard hasMobilityAddress else { return (networkOffset &+ 8, networkOffset &+ 24) }
        return Self.mobilityAddresses(bytes, networkOffset, byteCount)
    }

    @inline(never)
    private static func mobilityAddresses(
        _ bytes: RawSpan, _ offset: Int, _ frameLength: Int
    ) -> (source: Int, destination: Int) {
        let ip = IPHeaders(ipv6: bytes, at: offset, limit: frameLength)
        return (ip.sourceOffset, ip.destinationOffset)
    }

    /// Where the IP addresses are when the transport header follows them at once, so that a sum over both is one.
    @inline(__always)
    var addressesBeforeTransport: Int? {
        let (start, end) = isIPv4 ? (12, 20) : (8, 40)
        return networkOffset &+ end == transportOffset ? networkOffset &+ start : nil
    }

    /// A frame between link partners, which no switch forwards: to one of the addresses 01:80:C2:00:00:00 to :0F (BPDU,
    /// PAUSE, LACP, 802.1X, LLDP; IEEE 802.1Q table 8-1), or MAC control (EtherType 0x8808).
    var isLinkControl: Bool {
        @inline(__always) get { destination.value &>> 4 == 0x0180_C200_000 || networkType == 0x8808 }
    }

    /// The packet type of a frame that EtherType filter `index` (0 to 7) matched.
    static func packetType(etherTypeFilter index: Int) -> UInt16 {
        1 &<< 11 | UInt16(truncatingIfNeeded: index & 7)
    }

    /// Addresses, tag and EtherType are those of `other`.
    @inline(__always)
    func hasLinkHeader(of other: FrameSummary) -> Bool {
        destinationWord == other.destinationWord && sourceWord == other.sourceWord && isTagged == other.isTagged
    }

    /// Destination with the tag, and source: what the switch decides by, with ``isTagged`` and the sender.
    @inline(__always)
    var switchKey: (destination: UInt64, source: UInt64) {
        (destinationWord, sourceWord & 0xFFFF_FFFF_FFFF | (isTagged ? 1 &<< 48 : 0))
    }
}

// MARK: Frames as most are

extension FrameSummary {
    /// Recognises Ethernet II with at most one tag and in it a whole TCP or UDP datagram over IPv4 without options or IPv6
    /// without extension headers, or something that is not IP. `nil` for any other frame, and whatever contradicts itself.
    ///
    /// What it says of a frame is what ``PacketHeaders`` says; FrameSummaryTests holds the two together.
    @inline(__always)
    init?(recognizing bytes: RawSpan, frameLength: Int, tagTypes: TagTypes) {
        let available = min(bytes.byteCount, frameLength)
        guard available >= 18, !tagTypes.isExtended else { return nil }
        byteCount = frameLength
        destinationWord = bytes.network64(at: 0) &>> 16
        sourceWord = bytes.network64(at: 6) &>> 16
        var (type, network, flags) = (bytes.network16(at: 12), 14, UInt64(0))
        if type == tagTypes.inner {
            destinationWord |= UInt64(bytes.network16(at: 14)) &<< 48
            (type, network, flags) = (bytes.network16(at: 16), 18, Flag.tagged)
        }
        sourceWord |= UInt64(type) &<< 48
        layoutWord = UInt64(truncatingIfNeeded: network) | flags
        switch type {
        case 0x0800: guard recognizeIPv4(bytes, network, available, frameLength) else { return nil }
        case 0x86DD: guard recognizeIPv6(bytes, network, available, frameLength) else { return nil }
        // A length: there may be a SNAP header.
        case 0..<0x0600: return nil
        default: break
        }
    }

    @inline(__always)
    private mutating func recognizeIPv4(
        _ bytes: RawSpan, _ network: Int, _ available: Int, _ frameLength: Int
    ) -> Bool {
        guard available >= network &+ 28, bytes.byte(at: network) == 0x45 else { return false }
        let end = network &+ Int(bytes.network16(at: network &+ 2))
        // More fragments, and the fragment offset.
        guard end <= frameLength, bytes.network16(at: network &+ 6) & 0x3FFF == 0 else { return false }
        let room = min(available, end)
        return recognizeTransport(bytes.byte(at: network &+ 9), bytes, at: network, room, end: end, .ipv4)
    }

    @inline(__always)
    private mutating func recognizeIPv6(
        _ bytes: RawSpan, _ network: Int, _ available: Int, _ frameLength: Int
    ) -> Bool {
        guard available >= network &+ 48, bytes.byte(at: network) &>> 4 == 6 else { return false }
        let end = network &+ 40 &+ Int(bytes.network16(at: network &+ 4))
        guard end <= frameLength else { return false }
        let room = min(available, end)
        return recognizeTransport(bytes.byte(at: network &+ 6), bytes, at: network, room, end: end, .ipv6)
    }

    /// TCP or UDP right behind the IP header, of which at least 8 bytes are there.
    @inline(__always)
    private mutating func recognizeTransport(
        _ number: UInt8, _ bytes: RawSpan, at network: Int, _ room: Int, end: Int, _ kind: IPHeaders.Kind
    ) -> Bool {
        let ipLength = kind == .ipv4 ? 20 : 40
        let offset = network &+ ipLength
        let isTCP: Bool
        var transportEnd = end
        switch number {
        case IPProtocol.tcp:
            guard room >= offset &+ 20 else { return false }
            let length = Int(bytes.byte(at: offset &+ 12) &>> 4) &* 4
            guard length >= 20, length <= end &- offset else { return false }
            isTCP = true
        case IPProtocol.udp:
            let length = Int(bytes.network16(at: offset &+ 4))
            guard length >= 8, length <= end &- offset else { return false }
            isTCP = false
            transportEnd = offset &+ length
        default: return false
        }
        let headers = isTCP ? Self.headers(kind, .tcp, ipLength) : Self.headers(kind, .udp, ipLength)
        lengthWord = headers.length | UInt64(truncatingIfNeeded: transportEnd)
        layoutWord |= headers.layout | UInt64(truncatingIfNeeded: offset) &<< 16
        return true
    }

    /// What the two last words have of an IP header of `ipLength` bytes and its transport, wherever they are.
    @inline(__always)
    private static func headers(
        _ kind: IPHeaders.Kind, _ transport: IPHeaders.Transport, _ ipLength: Int
    ) -> (length: UInt64, layout: UInt64) {
        let number = transport == .tcp ? IPProtocol.tcp : IPProtocol.udp
        let packetType = UInt64(kind.rawValue) | 8 &<< UInt64(transport.rawValue)
        return (
            UInt64(truncatingIfNeeded: ipLength) &<< 32 | packetType &<< 48,
            UInt64(kind.rawValue) &<< 32 | UInt64(transport.rawValue) &<< 40 | UInt64(number) &<< 48
        )
    }
}
