// SPDX-License-Identifier: Apache-2.0

/// An Ethernet address as a number: the first byte on the wire is bits 47:40.
public struct MACAddress: Hashable, Sendable, BitwiseCopyable {
    public var value: UInt64

    public init(value: UInt64) { self.value = value & 0xFFFF_FFFF_FFFF }

    public var isMulticast: Bool { value & 0x0100_0000_0000 != 0 }
    public var isBroadcast: Bool { value == 0xFFFF_FFFF_FFFF }
}

extension MACAddress: LosslessStringConvertible {
    /// Six hexadecimal bytes with colons between them, and nothing else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var value: UInt64 = 0
        for part in parts {
            guard part.utf8.count == 2, !part.hasPrefix("+"), let byte = UInt8(part, radix: 16) else { return nil }
            value = value << 8 | UInt64(byte)
        }
        self.init(value: value)
    }

    public var description: String {
        stride(from: 40, through: 0, by: -8).map { shift in
            let byte = UInt8(truncatingIfNeeded: value >> UInt64(shift))
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined(separator: ":")
    }
}

extension FrameBatch {
    /// The destination address of frame `index`; zero in a frame too short to have one.
    @inline(__always)
    func destination(of index: Int) -> MACAddress {
        let header = header(of: index)
        if header.byteCount >= 8 { return MACAddress(value: header.network64(at: 0) &>> 16) }
        guard header.byteCount >= 6 else { return MACAddress(value: 0) }
        return MACAddress(value: UInt64(header.network16(at: 0)) &<< 32 | UInt64(header.network32(at: 2)))
    }
}
