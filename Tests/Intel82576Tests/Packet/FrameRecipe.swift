// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

/// A frame put together from what it shall contain, with the offsets a parser has to find.
struct FrameRecipe {
    enum Network: CaseIterable { case ipv4, ipv6 }
    enum Transport: UInt8, CaseIterable {
        case tcp = 6
        case udp = 17
        case sctp = 132
    }

    var tags: [(type: UInt16, tag: UInt16)] = []
    var hasSNAP = false
    var network = Network.ipv4
    /// Bytes of IPv4 options, a multiple of 4.
    var options: [UInt8] = []
    /// IPv6 extension headers: number and contents with a first byte to be filled in.
    var extensions: [(number: UInt8, bytes: [UInt8])] = []
    /// The 16 bits of IPv4 flags and fragment offset.
    var fragment: UInt16 = 0
    var transport = Transport.tcp
    var tcpOptions: [UInt8] = []
    var tcpFlags: UInt16 = 0x010
    var payload: [UInt8] = []
    /// Ethernet padding behind the IP datagram.
    var padding: [UInt8] = []
    var source: [UInt8] = [10, 0, 0, 1]
    var destination: [UInt8] = [10, 0, 0, 2]
    var hasUDPChecksum = true
    /// What the pseudo-header has instead of the header's source address.
    var homeAddress: [UInt8]?

    var linkLength: Int { 14 + 4 * tags.count + (hasSNAP ? 8 : 0) }
    var ipLength: Int { network == .ipv4 ? 20 + options.count : 40 + extensions.reduce(0) { $0 + $1.bytes.count } }
    var transportLength: Int {
        switch transport {
        case .tcp: 20 + tcpOptions.count
        case .udp: 8
        case .sctp: 12
        }
    }
    var transportOffset: Int { linkLength + ipLength }
    var datagramEnd: Int { transportOffset + transportLength + payload.count }

    /// With right checksums.
    var bytes: [UInt8] { link + ipHeader + segment + padding }

    private var link: [UInt8] {
        let type: UInt16 = network == .ipv4 ? 0x0800 : 0x86DD
        var bytes: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
        for tag in tags { bytes += networkBytes(tag.type) + networkBytes(tag.tag) }
        if hasSNAP {
            let length = 8 + ipLength + transportLength + payload.count
            bytes += networkBytes(UInt16(length)) + [0xAA, 0xAA, 3, 0, 0, 0]
        }
        return bytes + networkBytes(type)
    }

    private var ipHeader: [UInt8] {
        let upperLength = transportLength + payload.count
        guard network == .ipv6 else {
            var bytes: [UInt8] = [UInt8(0x45 + options.count / 4), 0] + networkBytes(UInt16(ipLength + upperLength))
            bytes += [0x12, 0x34] + networkBytes(fragment) + [64, transport.rawValue, 0, 0] + source + destination
            bytes += options
            let checksum = Slow.checksum(bytes)
            bytes.replaceSubrange(10..<12, with: networkBytes(checksum))
            return bytes
        }
        var bytes: [UInt8] = [0x60, 0, 0, 0] + networkBytes(UInt16(ipLength - 40 + upperLength))
        bytes += [extensions.first?.number ?? transport.rawValue, 64] + source + destination
        for (index, header) in extensions.enumerated() {
            let next = index + 1 < extensions.count ? extensions[index + 1].number : transport.rawValue
            bytes += [next] + header.bytes.dropFirst()
        }
        return bytes
    }

    private var segment: [UInt8] {
        switch transport {
        case .tcp:
            let word = UInt16(transportLength / 4) << 12 | tcpFlags
            let ports = networkBytes(UInt16(2794)) + networkBytes(UInt16(1766))
            let bytes = ports + networkBytes(UInt32(0xFFFF_FF00)) + [1, 2, 3, 4] + networkBytes(word)
            return summed(bytes + [0xFF, 0xFF, 0, 0, 0, 0] + tcpOptions + payload, at: 16)
        case .udp:
            let ports = networkBytes(UInt16(2794)) + networkBytes(UInt16(1766))
            let bytes = ports + networkBytes(UInt16(8 + payload.count)) + [0, 0] + payload
            return hasUDPChecksum ? summed(bytes, at: 6) : bytes
        case .sctp:
            var bytes: [UInt8] = networkBytes(UInt16(2794)) + networkBytes(UInt16(1766)) + [9, 8, 7, 6, 0, 0, 0, 0]
            bytes += payload
            let crc = Slow.crc(bytes, polynomial: 0x82F6_3B78)
            bytes.replaceSubrange(8..<12, with: networkBytes(crc.byteSwapped))
            return bytes
        }
    }

    /// The pseudo-header, with the length or without.
    func pseudoHeader(length: Int?) -> [UInt8] {
        (homeAddress ?? source) + destination + [0, transport.rawValue] + networkBytes(UInt32(length ?? 0))
    }

    private func summed(_ segment: [UInt8], at field: Int) -> [UInt8] {
        var checksum = Slow.checksum(pseudoHeader(length: segment.count) + segment)
        if checksum == 0 && transport == .udp { checksum = 0xFFFF }
        var segment = segment
        segment.replaceSubrange(field..<field + 2, with: networkBytes(checksum))
        return segment
    }
}

extension FrameRecipe {
    /// Something that a parser with the default tag type has to understand in full.
    static func random(_ generator: inout SeededGenerator) -> FrameRecipe {
        var recipe = FrameRecipe()
        if generator.chance(40) { recipe.tags = [(0x8100, UInt16(generator.number(0...0xFFFF)))] }
        recipe.transport = Transport.allCases.randomElement(using: &generator)!
        recipe.tcpOptions = generator.bytes(4 * generator.number(0...10))
        recipe.payload = generator.bytes(generator.number(0...1400))
        recipe.hasSNAP = recipe.payload.count < 1200 && generator.chance(15)
        recipe.padding = generator.bytes(generator.number(0...9))
        recipe.tcpFlags = UInt16(generator.number(0...0xFFF))
        if generator.chance(50) {
            recipe.source = generator.bytes(4)
            recipe.destination = generator.bytes(4)
            if generator.chance(30) { recipe.options = generator.bytes(4 * generator.number(1...10)) }
        } else {
            recipe.network = .ipv6
            recipe.source = generator.bytes(16)
            recipe.destination = generator.bytes(16)
            if generator.chance(30) { recipe.extensions = [(0, [0, 0, 1, 4, 0, 0, 0, 0])] }
        }
        return recipe
    }
}
