// SPDX-License-Identifier: Apache-2.0

extension IPHeaders {
    /// Parses the IPv4 header at `offset` of `bytes`, which are the first ones of a frame or datagram that ends at `limit`.
    @inline(__always)
    init(ipv4 bytes: RawSpan, at offset: Int, limit: Int) {
        guard min(bytes.byteCount, limit) &- offset >= 20 else { return }
        let version = bytes.byte(at: offset)
        let length = Int(version & 0xF) &* 4
        guard version &>> 4 == 4, length >= 20, length <= limit &- offset else { return }
        kind = length == 20 ? .ipv4 : .ipv4Options
        (self.offset, self.length) = (offset, length)
        (sourceOffset, destinationOffset) = (offset &+ 12, offset &+ 16)
        protocolNumber = bytes.byte(at: offset &+ 9)
        // More fragments, and the fragment offset.
        let fragment = bytes.network16(at: offset &+ 6)
        isFragment = fragment & 0x3FFF != 0
        isFirstFragment = fragment & 0x3FFF == 0x2000

        let total = Int(bytes.network16(at: offset &+ 2))
        guard total >= length, total <= limit &- offset else { return }
        end = offset &+ total
        parseTransport(bytes, at: offset &+ length)
    }

    /// Parses the IPv6 header at `offset` of `bytes`, which are the first ones of a frame or datagram that ends at `limit`.
    @inline(__always)
    init(ipv6 bytes: RawSpan, at offset: Int, limit: Int) {
        guard min(bytes.byteCount, limit) &- offset >= 40, bytes.byte(at: offset) &>> 4 == 6 else { return }
        kind = .ipv6
        self.offset = offset
        length = 40
        (sourceOffset, destinationOffset) = (offset &+ 8, offset &+ 24)
        protocolNumber = bytes.byte(at: offset &+ 6)

        // A jumbogram has length 0 here and is longer than any frame.
        let payload = Int(bytes.network16(at: offset &+ 4))
        guard payload > 0, payload <= limit &- offset &- 40 else { return }
        end = offset &+ 40 &+ payload
        if Self.isTransport(protocolNumber) {
            parseTransport(bytes, at: offset &+ 40)
        } else {
            parseExtensions(bytes)
        }
    }

    @inline(__always)
    private static func isTransport(_ number: UInt8) -> Bool { number == IPProtocol.tcp || number == IPProtocol.udp }

    @inline(__always)
    private mutating func parseTransport(_ bytes: RawSpan, at offset: Int) {
        guard !isFragment || isFirstFragment else { return }
        // Bytes of this transport header that can be read.
        let left = min(bytes.byteCount, end) &- offset
        switch protocolNumber {
        case IPProtocol.tcp:
            guard left >= 20 else { return }
            let length = Int(bytes.byte(at: offset &+ 12) &>> 4) &* 4
            guard length >= 20, length <= end &- offset else { return }
            setTransport(.tcp, at: offset, length: length)
        case IPProtocol.udp:
            guard left >= 8 else { return }
            setTransport(.udp, at: offset, length: 8)
            if !isFragment { trimToUDPLength(Int(bytes.network16(at: offset &+ 4))) }
        case IPProtocol.sctp:
            guard left >= 12 else { return }
            setTransport(.sctp, at: offset, length: 12)
        default: return
        }
    }

    @inline(__always)
    private mutating func setTransport(_ transport: Transport, at offset: Int, length: Int) {
        self.transport = transport
        (transportOffset, transportLength, transportEnd) = (offset, length, end)
    }

    @inline(__always)
    private mutating func trimToUDPLength(_ count: Int) {
        guard count >= 8, count <= end &- transportOffset else {
            transport = .none
            (transportOffset, transportLength, transportEnd) = (0, 0, 0)
            return
        }
        transportEnd = transportOffset &+ count
    }
}

// MARK: IPv6 extension headers

extension IPHeaders {
    /// Eight headers and eight options are looked at; a longer chain leaves the transport unknown.
    private static var chainLimit: Int { 8 }

    private mutating func parseExtensions(_ bytes: RawSpan) {
        for _ in 0..<Self.chainLimit {
            let at = offset &+ length
            let left = min(bytes.byteCount, end) &- at
            switch protocolNumber {
            case IPProtocol.hopByHop, IPProtocol.destinationOptions, IPProtocol.routing:
                guard left >= 8, passExtension(bytes, at: at) else { return }
            case IPProtocol.fragment:
                guard left >= 8 else { return }
                parseFragment(bytes, at: at)
                return
            default:
                parseTransport(bytes, at: at)
                return
            }
        }
    }

    /// Takes in one extension header. False when its length leaves the datagram.
    private mutating func passExtension(_ bytes: RawSpan, at offset: Int) -> Bool {
        let count = 8 &+ 8 &* Int(bytes.byte(at: offset &+ 1))
        guard count <= end &- offset else { return false }
        kind = .ipv6Extensions
        switch protocolNumber {
        case IPProtocol.routing: parseRouting(bytes, at: offset, count)
        case IPProtocol.destinationOptions: parseOptions(bytes, at: offset, count)
        default: break
        }
        protocolNumber = bytes.byte(at: offset)
        length &+= count
        return true
    }

    /// A fragment header ends what counts as IP header. A further extension header behind it is not followed.
    private mutating func parseFragment(_ bytes: RawSpan, at offset: Int) {
        kind = .ipv6Extensions
        isFragment = true
        isFirstFragment = bytes.network16(at: offset &+ 2) & 0xFFF8 == 0
        protocolNumber = bytes.byte(at: offset)
        parseTransport(bytes, at: offset &+ 8)
    }

    private mutating func parseRouting(_ bytes: RawSpan, at offset: Int, _ count: Int) {
        let segmentsLeft = bytes.byte(at: offset &+ 3)
        isSourceRouted = isSourceRouted || segmentsLeft != 0
        // Type 2 carries one address behind eight bytes.
        if bytes.byte(at: offset &+ 2) == 2, count == 24, bytes.byteCount >= offset &+ 24 {
            destinationOffset = offset &+ 8
        }
    }

    /// Looks for a home address option.
    private mutating func parseOptions(_ bytes: RawSpan, at offset: Int, _ count: Int) {
        let limit = min(bytes.byteCount, offset &+ count)
        var at = offset &+ 2
        for _ in 0..<Self.chainLimit where limit &- at >= 2 {
            let type = bytes.byte(at: at)
            let size = bytes.byte(at: at &+ 1)
            if type == 0xC9, size == 16, limit &- at >= 18 {
                sourceOffset = at &+ 2
                return
            }
            // Pad1 is a single byte without a length.
            at &+= type == 0 ? 1 : 2 &+ Int(size)
        }
    }
}
