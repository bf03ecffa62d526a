// SPDX-License-Identifier: Apache-2.0

/// All that the parser finds in a frame's first bytes: VLAN tags, IP and TCP, UDP or SCTP headers, and an IP header inside
/// the first one.
///
/// A header that does not fit the bytes at hand, or contradicts itself, counts as absent: nothing is ever read outside
/// of them. Offsets count from the destination address.
///
/// Not recognised: NFS (packet type bit 7), MACsec, headers behind an IPsec header, more than one level of tunnel.
struct PacketHeaders: BitwiseCopyable, Sendable {
    /// Bytes of the frame, FCS excluded.
    @Narrow var byteCount = 0
    var destination = MACAddress(value: 0)
    var source = MACAddress(value: 0)
    /// The EtherType behind all tags and a SNAP header.
    var networkType: UInt16 = 0

    /// The frame carries the tag that is filtered and stripped: the only one, or the inner of two (CTRL_EXT.EXT_VLAN).
    var isTagged = false
    /// The frame carries an outer tag. Only looked for with CTRL_EXT.EXT_VLAN.
    var isOuterTagged = false
    /// PRI, CFI and VID of the tag; 0 when there is none.
    var tag: UInt16 = 0
    /// PRI, CFI and VID of the outer tag; 0 when there is none.
    var outerTag: UInt16 = 0

    /// Where whatever ``networkType`` names begins.
    @Narrow var networkOffset = 0
    /// The first IP header. Checksums, RSS and filters look at no other.
    var ip = IPHeaders()
    /// The IP header directly inside the first one (protocol 4 or 41) and what it carries.
    var inner = IPHeaders()

    /// The packet type of the advanced receive descriptor, bits 12:0 of what is written to its bits 16:4.
    var packetType: UInt16 { ip.packetType | inner.packetType }
}

/// An IPv4 or IPv6 header with its options or extension headers, and the transport header behind it.
struct IPHeaders: BitwiseCopyable, Sendable {
    /// The raw value is the packet type: a longer header sets the bit of the plain one too.
    enum Kind: UInt8, BitwiseCopyable, Sendable {
        case none = 0
        case ipv4 = 0b0001
        case ipv4Options = 0b0011
        case ipv6 = 0b0100
        case ipv6Extensions = 0b1100
    }

    enum Transport: UInt8, BitwiseCopyable, Sendable {
        case none, tcp, udp, sctp
    }

    var kind = Kind.none
    /// The protocol behind the IP header; behind the last extension header that was understood.
    var protocolNumber: UInt8 = 0
    @Narrow var offset = 0
    /// Bytes of IP header with options or extension headers. An IPv6 fragment header does not count: headers are
    /// split before it.
    @Narrow var length = 0
    /// The end of the IP datagram, from its length field: Ethernet padding lies behind. 0 when that is not in the frame.
    @Narrow var end = 0
    /// Part of a datagram. An IPv6 fragment header counts even if it describes a whole one.
    var isFragment = false
    /// A fragment with offset 0.
    var isFirstFragment = false
    /// A routing header says that the destination address is not the final one.
    var isSourceRouted = false
    /// Where the source address is; in a home address option (RFC 6275 section 6.3) if there is one.
    @Narrow var sourceOffset = 0
    /// Where the destination address is; in a type 2 routing header (RFC 6275 section 6.4) if there is one.
    @Narrow var destinationOffset = 0

    /// Known for whole datagrams and first fragments.
    var transport = Transport.none
    @Narrow var transportOffset = 0
    /// 20 to 60 for TCP, 8 for UDP, 12 for SCTP.
    @Narrow var transportLength = 0
    /// The end of the transport's data. UDP's own length decides when the datagram is whole.
    @Narrow var transportEnd = 0

    var isIPv4: Bool { kind.rawValue & 0b0001 != 0 }
    var isIPv6: Bool { kind.rawValue & 0b0100 != 0 }
    /// Where TCP's, UDP's or SCTP's payload begins.
    var payloadOffset: Int { transportOffset &+ transportLength }
    /// Home address option or type 2 routing header present.
    var hasMobilityAddress: Bool { isIPv6 && (sourceOffset != offset &+ 8 || destinationOffset != offset &+ 24) }

    /// The bits that this header and its transport set in the packet type of the advanced receive descriptor.
    var packetType: UInt16 {
        let layer4 = transport == .none ? 0 : UInt16(8) &<< UInt16(transport.rawValue)
        let security: UInt16 =
            switch protocolNumber {
            case IPProtocol.encapsulatingSecurity: 1 &<< 8
            case IPProtocol.authentication: 1 &<< 9
            default: 0
            }
        return UInt16(kind.rawValue) | layer4 | security
    }
}

/// An offset in a frame, kept in 32 bits: headers are handed from stage to stage by value.
@propertyWrapper
struct Narrow: BitwiseCopyable, Sendable {
    private var value: Int32

    @inline(__always)
    init(wrappedValue: Int) { value = Int32(truncatingIfNeeded: wrappedValue) }

    var wrappedValue: Int {
        @inline(__always) get { Int(value) }
        @inline(__always) set { value = Int32(truncatingIfNeeded: newValue) }
    }
}

/// Numbers of the IANA protocol registry, which IPv6 also uses for its extension headers.
enum IPProtocol {
    static let hopByHop: UInt8 = 0
    static let ipv4: UInt8 = 4
    static let tcp: UInt8 = 6
    static let udp: UInt8 = 17
    static let ipv6: UInt8 = 41
    static let routing: UInt8 = 43
    static let fragment: UInt8 = 44
    static let encapsulatingSecurity: UInt8 = 50
    static let authentication: UInt8 = 51
    static let destinationOptions: UInt8 = 60
    static let sctp: UInt8 = 132
}

/// The EtherTypes that mark a VLAN tag.
struct TagTypes: BitwiseCopyable, Sendable {
    /// VET bits 15:0: the type of the only tag, or of the inner one.
    var inner: UInt16 = 0x8100
    /// VET bits 31:16: the type of the outer tag when ``isExtended``.
    var outer: UInt16 = 0x8100
    /// CTRL_EXT.EXT_VLAN: frames carry an outer tag.
    var isExtended = false

    init() {}

    init(_ vet: VET, _ control: CTRL_EXT) {
        (inner, outer, isExtended) = (vet.inner, vet.outer, control.usesOuterVLAN)
    }
}
