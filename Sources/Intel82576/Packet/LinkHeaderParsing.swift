// SPDX-License-Identifier: Apache-2.0

extension PacketHeaders {
    /// Parses a frame of `frameLength` bytes whose first ones are `bytes`. Fewer than 14 of them give no headers at all.
    init(_ bytes: RawSpan, frameLength: Int, tagTypes: TagTypes) {
        byteCount = frameLength
        let available = min(bytes.byteCount, frameLength)
        guard available >= 14 else { return }
        destination = MACAddress(value: bytes.network64(at: 0) &>> 16)
        source = MACAddress(value: bytes.network64(at: 6) &>> 16)
        networkType = bytes.network16(at: 12)
        networkOffset = 14
        parseTags(bytes, available, tagTypes)
        parseSNAP(bytes, available)
        parseNetwork(bytes, frameLength)
    }

    private mutating func parseTags(_ bytes: RawSpan, _ available: Int, _ types: TagTypes) {
        if types.isExtended, networkType == types.outer, available >= 18 {
            isOuterTagged = true
            outerTag = passTag(bytes)
        }
        if networkType == types.inner, available >= networkOffset &+ 4 {
            isTagged = true
            tag = passTag(bytes)
        }
    }

    /// Moves past the tag whose type was just read.
    private mutating func passTag(_ bytes: RawSpan) -> UInt16 {
        let tag = bytes.network16(at: networkOffset)
        networkType = bytes.network16(at: networkOffset &+ 2)
        networkOffset &+= 4
        return tag
    }

    /// IEEE 802.2 with a SNAP header of organization 0: the EtherType follows (RFC 1042).
    private mutating func parseSNAP(_ bytes: RawSpan, _ available: Int) {
        guard networkType < 0x0600, available >= networkOffset &+ 8,
            bytes.network64(at: networkOffset) &>> 16 == 0xAAAA_0300_0000
        else { return }
        networkType = bytes.network16(at: networkOffset &+ 6)
        networkOffset &+= 8
    }

    private mutating func parseNetwork(_ bytes: RawSpan, _ frameLength: Int) {
        switch networkType {
        case 0x0800: ip = IPHeaders(ipv4: bytes, at: networkOffset, limit: frameLength)
        case 0x86DD: ip = IPHeaders(ipv6: bytes, at: networkOffset, limit: frameLength)
        default: return
        }
        let number = ip.protocolNumber
        if number == IPProtocol.ipv4 || number == IPProtocol.ipv6 { parseTunnel(bytes) }
    }

    private mutating func parseTunnel(_ bytes: RawSpan) {
        guard ip.end > 0, !ip.isFragment else { return }
        let start = ip.offset &+ ip.length
        inner =
            ip.protocolNumber == IPProtocol.ipv4
            ? IPHeaders(ipv4: bytes, at: start, limit: ip.end) : IPHeaders(ipv6: bytes, at: start, limit: ip.end)
    }
}
