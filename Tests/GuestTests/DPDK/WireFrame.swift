// SPDX-License-Identifier: Apache-2.0

/// A TCP or UDP frame to the card, made byte by byte.
struct WireFrame {
    var destination: [UInt8] = [0x52, 0x54, 0, 0x82, 0x57, 0x06]
    var tag: UInt16?
    var isTCP = false
    /// TCP's flags: acknowledgement, or 2 for SYN.
    var flags: UInt8 = 0x10
    var isIPv6 = false
    /// Four bytes each; in IPv6 the last four of fd82:576::/64.
    var from: [UInt8] = [10, 82, 57, 1]
    var to: [UInt8] = [10, 82, 57, 2]
    var sourcePort: UInt16 = 1000
    var destinationPort: UInt16 = 2000
    var data = [UInt8](repeating: 0x78, count: 20)
    var hasWrongIPSum = false
    var hasWrongSum = false

    var bytes: [UInt8] {
        let l4 = transport
        let tagged = tag.map { bigEndian(0x8100) + bigEndian($0) } ?? []
        let link = destination + [0x02, 0, 0, 0, 0, 0x01] + tagged
        if isIPv6 {
            let header = [0x60, 0, 0, 0] + bigEndian(UInt16(l4.count)) + [proto, 64]
            return link + bigEndian(0x86DD) + header + address(from) + address(to) + l4
        }
        var header = [0x45, 0] + bigEndian(UInt16(20 + l4.count)) + [0, 1, 0, 0, 64, proto, 0, 0] + from + to
        header.replaceSubrange(10..<12, with: bigEndian(sum(header) ^ (hasWrongIPSum ? 0x1111 : 0)))
        return link + bigEndian(0x0800) + header + l4
    }

    private var proto: UInt8 { isTCP ? 6 : 17 }
    private func address(_ last: [UInt8]) -> [UInt8] {
        isIPv6 ? [0xFD, 0x82, 0x05, 0x76] + [UInt8](repeating: 0, count: 8) + last : last
    }

    private var transport: [UInt8] {
        let ports = bigEndian(sourcePort) + bigEndian(destinationPort)
        let field = isTCP ? 16 : 6
        let rest: [UInt8] =
            isTCP
            ? [0, 0, 0, 1, 0, 0, 0, 2, 0x50, flags, 3, 0xE8, 0, 0, 0, 0] : bigEndian(UInt16(8 + data.count)) + [0, 0]
        var all = ports + rest + data
        let pseudo = address(from) + address(to) + [0, proto] + bigEndian(UInt16(all.count))
        all.replaceSubrange(field..<field + 2, with: bigEndian(sum(pseudo + all) ^ (hasWrongSum ? 0x1234 : 0)))
        return all
    }
}

/// The internet checksum.
private func sum(_ bytes: [UInt8]) -> UInt16 {
    var total: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        total += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while total > 0xFFFF { total = (total & 0xFFFF) + total >> 16 }
    return ~UInt16(total)
}

private func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
