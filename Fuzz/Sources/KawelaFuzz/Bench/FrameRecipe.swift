// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A frame as an input describes it: headers that mostly fit together, and what a driver would say of them in descriptors.
struct FrameRecipe {
    enum Transport: UInt8 {
        case other, tcp, udp, sctp

        var headerLength: Int {
            switch self {
            case .other: 0
            case .tcp: 20
            case .udp: 8
            case .sctp: 12
            }
        }
        var number: UInt8 {
            switch self {
            case .other: 1
            case .tcp: 6
            case .udp: 17
            case .sctp: 132
            }
        }
    }

    private(set) var header: [UInt8] = []
    private(set) var macLength = 14
    private(set) var ipLength = 0
    private(set) var transportLength = 0
    private(set) var isIPv4 = false
    private(set) var transport = Transport.other
    let payloadLength: Int

    var headerLength: Int { header.count }

    /// The whole frame, its payload of bytes below 128.
    var bytes: [UInt8] { header + Self.payload.prefix(payloadLength) }

    private static let payload = (0..<0x10000).map { UInt8(truncatingIfNeeded: $0 &* 7) & 0x7F }

    /// - Parameter longest: of the payload, in bytes.
    init(_ input: inout Input, longest: Int) {
        let (layers, ends) = (input.byte(), input.byte())
        payloadLength = Self.length(&input, longest)
        header = Self.address(ends & 15) + Self.address(ends >> 4)
        appendTags(layers >> 6, &input)
        switch layers & 7 {
        case 0: appendOther(input.pick(Self.etherTypes), &input)
        case 1, 2, 3: appendIPv4(layers >> 3 & 7, &input)
        case 4, 5: appendIPv6(layers >> 3 & 7, &input)
        case 6: appendTunnel(layers >> 3 & 7, &input)
        default: append16(UInt16(truncatingIfNeeded: payloadLength))
        }
        spoil(&input)
    }

    private static let etherTypes: [UInt16] = [0x88B5, 0x0806, 0x88F7, 0x8808, 0x88CC, 0x8906, 0x0800, 0x86DD, 0x0003]

    private static func length(_ input: inout Input, _ longest: Int) -> Int {
        let code = Int(input.byte())
        switch code {
        case 0..<128: return min(code, longest)
        case 128..<192: return min((code - 127) * 32, longest)
        case 192..<224: return min(1440 + code - 192, longest)
        case 224..<240: return min((code - 223) * 1024, longest)
        default: return min(Int(input.value16()), longest)
        }
    }

    /// Stations of the functions, groups, and strangers.
    private static func address(_ code: UInt8) -> [UInt8] {
        switch code {
        case 0..<4: Bench.address(of: Int(code)).octets
        case 4, 5: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        case 6: [1, 0, 0x5E, 0, 0, 1]
        case 7: [0x33, 0x33, 0, 0, 0, 1]
        case 8: [1, 0x80, 0xC2, 0, 0, 1]
        case 9: [1, 0x1B, 0x19, 0, 0, 0]
        case 10: [0, 0, 0, 0, 0, 0]
        default: [2, 0, 0, 0, 1, code]
        }
    }

    // MARK: Layers

    private mutating func append16(_ value: UInt16) { header += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

    private mutating func appendTags(_ code: UInt8, _ input: inout Input) {
        if code == 3 {
            append16(0x88A8)
            append16(UInt16(input.byte() & 3))
        }
        if code >= 2 {
            append16(0x8100)
            append16(UInt16(input.byte() & 7) | UInt16(input.byte() & 7) << 13)
        }
    }

    /// What is neither IP nor a length; with the beginning of a PAUSE frame or of a PTP message, where it is one.
    private mutating func appendOther(_ etherType: UInt16, _ input: inout Input) {
        append16(etherType)
        switch etherType {
        case 0x8808: header += [0, input.byte() & 3, 0, input.byte() & 0x7F]
        case 0x88F7: header += [input.byte() & 15, 2] + [UInt8](repeating: 0, count: 30) + [input.byte() & 7, 0]
        default: break
        }
    }

    private mutating func appendIPv4(_ code: UInt8, _ input: inout Input) {
        append16(0x0800)
        macLength = header.count
        (isIPv4, transport) = (true, Transport(rawValue: code & 3) ?? .other)
        let options = code & 4 != 0 ? Int(input.byte() & 3) * 4 : 0
        let fragment: UInt16 = code & 4 != 0 ? input.pick([0, 0x4000, 0x2000, 0x2001, 0x0100]) : 0
        ipLength = 20 + options
        header += [0x40 | UInt8(ipLength / 4), 0]
        append16(UInt16(truncatingIfNeeded: ipLength + transport.headerLength + payloadLength))
        append16(0x1234)
        append16(fragment)
        header += [64, transport.number, 0, 0, 10, 0, 0, input.byte() & 3, 10, 0, 0, input.byte() & 3]
        header += [UInt8](repeating: 1, count: options)
        appendTransport(&input)
    }

    private mutating func appendIPv6(_ code: UInt8, _ input: inout Input) {
        append16(0x86DD)
        macLength = header.count
        transport = Transport(rawValue: code & 3) ?? .other
        let extensions = code & 4 != 0 ? (0..<Int(input.byte() & 3)).map { _ in input.pick(Extension.allCases) } : []
        ipLength = 40 + extensions.reduce(0) { $0 + $1.content.count }
        header += [0x60, 0, 0, 0]
        append16(UInt16(truncatingIfNeeded: ipLength - 40 + transport.headerLength + payloadLength))
        header += [extensions.first?.number ?? transport.number, 64]
        for _ in 0..<2 { header += [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [input.byte() & 3] }
        for (index, one) in extensions.enumerated() {
            let next = index + 1 < extensions.count ? extensions[index + 1].number : transport.number
            header += [next] + one.content.dropFirst()
        }
        appendTransport(&input)
    }

    /// Headers between that of IPv6 and the transport's.
    private enum Extension: CaseIterable {
        case hopByHop, routing, fragment, options, mobileRouting, homeAddress

        var number: UInt8 {
            switch self {
            case .hopByHop: 0
            case .routing, .mobileRouting: 43
            case .fragment: 44
            case .options, .homeAddress: 60
            }
        }

        /// All of it, with zero for the next header's number.
        var content: [UInt8] {
            let address = [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [5]
            return switch self {
            case .hopByHop, .routing, .fragment, .options: [UInt8](repeating: 0, count: 8)
            // Type 2, with one address.
            case .mobileRouting: [0, 2, 2, 1, 0, 0, 0, 0] + address
            // An option with an address, and padding.
            case .homeAddress: [0, 2, 0xC9, 16] + address + [1, 2, 0, 0]
            }
        }
    }

    /// IPv6 or IPv4 in IPv4, whose outer header belongs to what a driver calls MACLEN.
    private mutating func appendTunnel(_ code: UInt8, _ input: inout Input) {
        append16(0x0800)
        header += [0x45, 0, 0, 0, 0, 0, 0, 0, 64, code & 4 != 0 ? 4 : 41, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
        let start = header.count
        if code & 4 != 0 { appendIPv4(code & 3, &input) } else { appendIPv6(code & 3, &input) }
        // The inner EtherType is not there in a tunnel.
        header.removeSubrange(start..<start + 2)
        macLength -= 2
    }

    private mutating func appendTransport(_ input: inout Input) {
        let ports: [UInt16] = [80, 319, 320, 5000, 4789]
        transportLength = transport.headerLength
        guard transport != .other else { return }
        append16(input.pick(ports))
        append16(input.pick(ports))
        switch transport {
        case .tcp:
            header += [0, 0, 0, 1, 0, 0, 0, 2, 0x50, input.byte(), 0x20, 0, 0, 0, 0, 0]
        case .udp:
            append16(UInt16(truncatingIfNeeded: 8 + payloadLength))
            header += [0, 0]
        default: header += [0, 0, 0, 1, 0, 0, 0, 0]
        }
    }

    /// Other bytes in the header, for inputs that ask for it.
    private mutating func spoil(_ input: inout Input) {
        for _ in 0..<Int(input.byte() >> 6) where !header.isEmpty {
            header[Int(input.byte()) % header.count] = input.byte() & 0x7F
        }
    }
}

extension MACAddress {
    fileprivate var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> UInt64(40 - 8 * $0)) } }
}
