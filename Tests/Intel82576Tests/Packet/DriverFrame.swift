// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

extension FrameRecipe {
    /// The frame as a driver posts it with IXSM and TXSM: IPv4's checksum 0, the pseudo-header's sum in TCP's or UDP's
    /// field, SCTP's 0.
    var unfinished: [UInt8] {
        var bytes = self.bytes
        if network == .ipv4 { bytes.replaceSubrange(linkLength + 10..<linkLength + 12, with: [0, 0]) }
        switch transport {
        case .tcp: bytes.replaceSubrange(transportOffset + 16..<transportOffset + 18, with: networkBytes(seed))
        case .udp: bytes.replaceSubrange(transportOffset + 6..<transportOffset + 8, with: networkBytes(seed))
        case .sctp: bytes.replaceSubrange(transportOffset + 8..<transportOffset + 12, with: [0, 0, 0, 0])
        }
        return bytes
    }

    /// The sum of the pseudo-header with its length.
    var seed: UInt16 { Slow.sum(pseudoHeader(length: transportLength + payload.count)) }

    /// L4T.
    var type: UInt64 {
        switch transport {
        case .udp: 0
        case .tcp: 1
        case .sctp: 2
        }
    }
}

/// As the wire has it at least: 60 bytes.
func padded(_ frame: [UInt8]) -> [UInt8] { frame + Array(repeating: 0, count: max(0, 60 - frame.count)) }

/// `frame` with a tag behind its addresses.
func tagged(_ frame: [UInt8], _ tag: UInt16, type: UInt16 = 0x8100) -> [UInt8] {
    frame[..<12] + networkBytes(type) + networkBytes(tag) + frame[12...]
}
