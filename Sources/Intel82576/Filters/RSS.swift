// SPDX-License-Identifier: Apache-2.0

/// Receive-side scaling: the Toeplitz hash over a packet's addresses and ports.
///
/// The key is turned into one table per four bits of input when it is set (a few microseconds), so a hash is 24 loads
/// for TCP over IPv4 and 72 over IPv6. The tables are 4.6 KB and stay in the first-level cache, which byte tables would
/// not. Neither type nor queue of what matches no enabled type is decided here: see MRQC and RETA.
package struct RSS: ~Copyable {
    /// Bits 31:16 of MRQC, at their places in the register: what a hash may cover.
    typealias EnabledTypes = MRQC.HashTypes
    typealias ExtensionControl = RFCTL.ExtensionControl

    /// The RSS type field of the advanced receive descriptor.
    package enum HashType: UInt8, BitwiseCopyable, Sendable {
        case none = 0
        case tcpIPv4 = 1
        case ipv4 = 2
        case tcpIPv6 = 3
        case ipv6Extended = 4
        case ipv6 = 5
        case tcpIPv6Extended = 6
        case udpIPv4 = 7
        case udpIPv6 = 8
        case udpIPv6Extended = 9
    }

    /// Bytes of input a key of 40 bytes serves: two IPv6 addresses and two ports.
    private static let inputLength = 36

    /// At `16 * p + v`: what the value `v` of the input's four bits `4 * p` and on contributes.
    private var contributions = LookupTable<1152>()
    /// What they are of.
    private var key = InlineArray<10, UInt32>(repeating: 0)

    /// Hashes everything to 0 until a key is set, as with a key of zeros.
    init() {}

    /// Takes the key from RSSRK[0] to RSSRK[9]; the lowest byte of each is the first on its place in the key.
    mutating func setKey(_ words: InlineArray<10, UInt32>) {
        // Each reset sets zeros.
        if key.indices.allSatisfy({ key[$0] == words[$0] }) { return }
        key = words
        for position in 0..<Self.inputLength * 2 {
            // An entry is that of its value without the highest bit, and that bit's.
            for value in 1..<16 {
                let highest = value.bitWidth - 1 - value.leadingZeroBitCount
                let rest = contributions[position * 16 + (value ^ 1 << highest)]
                contributions[position * 16 + value] = rest ^ Self.window(words, position * 4 + 3 - highest)
            }
        }
    }

    /// The 32 bits of the key from bit `first` on; bit 0 is the most significant one of the first byte.
    private static func window(_ words: InlineArray<10, UInt32>, _ first: Int) -> UInt32 {
        let high = UInt64(words[first / 32].byteSwapped)
        let low = UInt64(words[min(first / 32 + 1, 9)].byteSwapped)
        return UInt32(truncatingIfNeeded: (high << 32 | low) >> UInt64(32 - first % 32))
    }

    /// The hash of a packet and the type that says what it covers; 0 and `none` when no enabled type applies.
    /// - Parameter bytes: the first bytes of the frame, of which `summary` was made.
    @inline(__always)
    borrowing func hash(
        _ summary: FrameSummary, _ bytes: RawSpan, enabledTypes: EnabledTypes,
        extensions: ExtensionControl = []
    ) -> (hash: UInt32, type: HashType) {
        if summary.isIPv4 { return hashIPv4(summary, bytes, Self.ipv4Type(summary, enabledTypes)) }
        guard summary.isIPv6 else { return (0, .none) }
        return hashIPv6(summary, bytes, Self.ipv6Type(summary, enabledTypes, extensions))
    }
}

// MARK: What is hashed

extension RSS {
    /// The most specific enabled type wins. A fragment's ports do not count.
    @inline(__always)
    private static func ipv4Type(_ ip: FrameSummary, _ enabled: EnabledTypes) -> HashType {
        switch ip.transport {
        case .tcp where !ip.isFragment && enabled.contains(.tcpIPv4): .tcpIPv4
        case .udp where !ip.isFragment && enabled.contains(.udpIPv4): .udpIPv4
        default: enabled.contains(.ipv4) ? .ipv4 : .none
        }
    }

    @inline(__always)
    private static func ipv6Type(_ ip: FrameSummary, _ enabled: EnabledTypes, _ control: ExtensionControl) -> HashType {
        let hasExtensions = ip.ipKind == .ipv6Extensions
        if hasExtensions && control.contains(.ignoresExtensions) { return enabled.contains(.ipv6) ? .ipv6 : .none }
        let extended = ip.hasMobilityAddress && control.contains(.ignoresMobility) ? [] : enabled
        if !ip.isFragment {
            let type = transportType(ip.transport, plain: enabled, extended: extended, prefersExtended: hasExtensions)
            if type != .none { return type }
        }
        return choose(
            enabled.contains(.ipv6) ? .ipv6 : .none, extended.contains(.ipv6Extended) ? .ipv6Extended : .none,
            prefersSecond: hasExtensions)
    }

    @inline(__always)
    private static func transportType(
        _ transport: IPHeaders.Transport, plain: EnabledTypes, extended: EnabledTypes, prefersExtended: Bool
    ) -> HashType {
        switch transport {
        case .tcp:
            choose(
                plain.contains(.tcpIPv6) ? .tcpIPv6 : .none,
                extended.contains(.tcpIPv6Extended) ? .tcpIPv6Extended : .none, prefersSecond: prefersExtended)
        case .udp:
            choose(
                plain.contains(.udpIPv6) ? .udpIPv6 : .none,
                extended.contains(.udpIPv6Extended) ? .udpIPv6Extended : .none, prefersSecond: prefersExtended)
        default: .none
        }
    }

    @inline(__always)
    private static func choose(_ first: HashType, _ second: HashType, prefersSecond: Bool) -> HashType {
        prefersSecond ? (second != .none ? second : first) : (first != .none ? first : second)
    }
}

// MARK: Hashing

extension RSS {
    @inline(__always)
    private borrowing func hashIPv4(
        _ summary: FrameSummary, _ bytes: RawSpan, _ type: HashType
    ) -> (UInt32, HashType) {
        guard type != .none else { return (0, .none) }
        var hash = toeplitz(bytes.network64(at: summary.networkOffset &+ 12), at: 0)
        if type != .ipv4 { hash ^= toeplitz(bytes.network32(at: summary.transportOffset), at: 8) }
        return (hash, type)
    }

    @inline(__always)
    private borrowing func hashIPv6(
        _ summary: FrameSummary, _ bytes: RawSpan, _ type: HashType
    ) -> (UInt32, HashType) {
        guard type != .none else { return (0, .none) }
        let isExtended = type == .ipv6Extended || type == .tcpIPv6Extended || type == .udpIPv6Extended
        var (source, destination) = (summary.networkOffset &+ 8, summary.networkOffset &+ 24)
        if isExtended { (source, destination) = summary.ipv6Addresses(bytes) }
        var hash = toeplitz(bytes.network64(at: source), at: 0)
        hash ^= toeplitz(bytes.network64(at: source &+ 8), at: 8)
        hash ^= toeplitz(bytes.network64(at: destination), at: 16)
        hash ^= toeplitz(bytes.network64(at: destination &+ 8), at: 24)
        if type != .ipv6 && type != .ipv6Extended {
            hash ^= toeplitz(bytes.network32(at: summary.transportOffset), at: 32)
        }
        return (hash, type)
    }

    /// What the input bytes in `word` contribute, the first of them being byte `position` of the input.
    @inline(__always)
    private borrowing func toeplitz(_ word: UInt64, at position: Int) -> UInt32 {
        toeplitz(UInt32(truncatingIfNeeded: word &>> 32), at: position)
            ^ toeplitz(UInt32(truncatingIfNeeded: word), at: position &+ 4)
    }

    @inline(__always)
    private borrowing func toeplitz(_ word: UInt32, at position: Int) -> UInt32 {
        var hash: UInt32 = 0
        for nibble in 0..<8 {
            let value = Int(word &>> UInt32(truncatingIfNeeded: 28 &- 4 &* nibble) & 0xF)
            hash ^= contributions[(position &* 2 &+ nibble) &* 16 &+ value]
        }
        return hash
    }
}
