/// What the pipeline knows of every frame: addresses, tag, and the outer IP header with the TCP, UDP or SCTP header in it.
///
/// Made once a frame. Length limits, address filters, pools, queues, RSS, checksums, write-back and counters all decide
/// over it. Most frames are recognised by a few comparisons (``init(recognizing:frameLength:tagTypes:)``); ``PacketHeaders``
/// parses the others, and what few stages ask beyond this (the inside of tunnels) is looked up there on demand.
///
/// Offsets count from the destination address.
struct FrameSummary: BitwiseCopyable, Sendable {
    var destination = MACAddress(value: 0)
    var source = MACAddress(value: 0)
    /// The 16 bits behind the addresses: a tag's type when there is a tag, a length in IEEE 802.3 format.
    var etherType: UInt16 = 0
    /// The EtherType behind all tags and a SNAP header.
    var networkType: UInt16 = 0
    /// PRI, CFI and VID of the tag; 0 when there is none.
    var tag: UInt16 = 0
    /// The packet type of the advanced receive descriptor, bits 12:0 of what is written to its bits 16:4. An EtherType
    /// filter that matches replaces it (``packetType(etherTypeFilter:)``).
    var packetType: UInt16 = 0
    /// The frame carries the tag that is filtered and stripped: the only one, or the inner of two (CTRL_EXT.EXT_VLAN).
    var isTagged = false
    /// The frame carries an outer tag. Only looked for with CTRL_EXT.EXT_VLAN.
    var isOuterTagged = false
    /// Where whatever ``networkType`` names begins.
    @Narrow var networkOffset = 0
    /// The first IP header. Checksums, RSS and filters look at no other.
    var ip = IPHeaders()

    init() {}

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
        PacketHeaders(bytes, frameLength: frameLength, tagTypes: tagTypes).frame
    }

    /// Where the tag's type is, or would be inserted.
    var tagOffset: Int { isOuterTagged ? 16 : 12 }

    /// VLAN tags in front of the payload.
    var tagCount: Int { (isTagged ? 1 : 0) &+ (isOuterTagged ? 1 : 0) }

    /// A frame between link partners, which no switch forwards: to one of the addresses 01:80:C2:00:00:00 to :0F (BPDU,
    /// PAUSE, LACP, 802.1X, LLDP; IEEE 802.1Q table 8-1), or MAC control (EtherType 0x8808).
    var isLinkControl: Bool { destination.value &>> 4 == 0x0180_C200_000 || networkType == 0x8808 }

    /// The packet type of a frame that EtherType filter `index` (0 to 7) matched.
    static func packetType(etherTypeFilter index: Int) -> UInt16 {
        1 &<< 11 | UInt16(truncatingIfNeeded: index & 7)
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
        destination = MACAddress(value: bytes.network64(at: 0) &>> 16)
        source = MACAddress(value: bytes.network64(at: 6) &>> 16)
        etherType = bytes.network16(at: 12)
        networkType = etherType
        networkOffset = 14
        if etherType == tagTypes.inner {
            (tag, networkType) = (bytes.network16(at: 14), bytes.network16(at: 16))
            (isTagged, networkOffset) = (true, 18)
        }
        switch networkType {
        case 0x0800: guard recognizeIPv4(bytes, available, frameLength) else { return nil }
        case 0x86DD: guard recognizeIPv6(bytes, available, frameLength) else { return nil }
        // A length: there may be a SNAP header.
        case 0..<0x0600: return nil
        default: return
        }
        packetType = ip.packetType
    }

    @inline(__always)
    private mutating func recognizeIPv4(_ bytes: RawSpan, _ available: Int, _ frameLength: Int) -> Bool {
        let network = networkOffset
        guard available >= network &+ 28, bytes.byte(at: network) == 0x45 else { return false }
        let end = network &+ Int(bytes.network16(at: network &+ 2))
        // More fragments, and the fragment offset.
        guard end <= frameLength, bytes.network16(at: network &+ 6) & 0x3FFF == 0 else { return false }
        ip.kind = .ipv4
        (ip.offset, ip.length, ip.end) = (network, 20, end)
        (ip.sourceOffset, ip.destinationOffset) = (network &+ 12, network &+ 16)
        return recognizeTransport(bytes.byte(at: network &+ 9), bytes, available)
    }

    @inline(__always)
    private mutating func recognizeIPv6(_ bytes: RawSpan, _ available: Int, _ frameLength: Int) -> Bool {
        let network = networkOffset
        guard available >= network &+ 48, bytes.byte(at: network) &>> 4 == 6 else { return false }
        let end = network &+ 40 &+ Int(bytes.network16(at: network &+ 4))
        guard end <= frameLength else { return false }
        ip.kind = .ipv6
        (ip.offset, ip.length, ip.end) = (network, 40, end)
        (ip.sourceOffset, ip.destinationOffset) = (network &+ 8, network &+ 24)
        return recognizeTransport(bytes.byte(at: network &+ 6), bytes, available)
    }

    /// TCP or UDP right behind the IP header, of which at least 8 bytes are there.
    @inline(__always)
    private mutating func recognizeTransport(_ number: UInt8, _ bytes: RawSpan, _ available: Int) -> Bool {
        let (offset, end) = (ip.offset &+ ip.length, ip.end)
        ip.protocolNumber = number
        ip.transportOffset = offset
        switch number {
        case IPProtocol.tcp:
            guard min(available, end) >= offset &+ 20 else { return false }
            let length = Int(bytes.byte(at: offset &+ 12) &>> 4) &* 4
            guard length >= 20, length <= end &- offset else { return false }
            ip.transport = .tcp
            (ip.transportLength, ip.transportEnd) = (length, end)
        case IPProtocol.udp:
            let length = Int(bytes.network16(at: offset &+ 4))
            guard length >= 8, length <= end &- offset else { return false }
            ip.transport = .udp
            (ip.transportLength, ip.transportEnd) = (8, offset &+ length)
        default: return false
        }
        return true
    }
}
