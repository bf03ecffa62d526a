// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KawelaDaemon

/// A pcapng block, by type.
struct CapturedBlock {
    var type: UInt32
    var body: [UInt8]

    func word(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(body[offset + $1]) << UInt32(8 * $1) } }

    /// The value of option `code`, the options being at `offset`.
    func option(_ code: UInt16, from offset: Int) -> [UInt8]? {
        var offset = offset
        while offset + 4 <= body.count {
            let header = word(offset)
            let (found, length) = (UInt16(truncatingIfNeeded: header), Int(header >> 16))
            if found == code { return Array(body[(offset + 4)..<(offset + 4 + length)]) }
            if found == 0 { return nil }
            offset += 4 + (length + 3) / 4 * 4
        }
        return nil
    }

    /// Of an Enhanced Packet Block, where its options are.
    var packetOptions: Int { 20 + (Int(word(12)) + 3) / 4 * 4 }
    var comment: String? { option(1, from: packetOptions).map { String(decoding: $0, as: UTF8.self) } }

    /// Of an Interface Statistics Block, a number.
    func statistic(_ code: UInt16) -> Int? {
        option(code, from: 12).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
    }
}

/// Cuts a capture into blocks. Each has to end with the length it begins with.
func blocks(of capture: [UInt8]) throws -> [CapturedBlock] {
    var (blocks, rest) = ([CapturedBlock](), capture[...])
    while !rest.isEmpty {
        let header = CapturedBlock(type: 0, body: Array(rest.prefix(8)))
        let length = Int(header.word(4))
        try #require(length >= 12 && length % 4 == 0 && length <= rest.count)
        let block = Array(rest.prefix(length))
        try #require(CapturedBlock(type: 0, body: Array(block.suffix(4))).word(0) == header.word(4))
        blocks.append(CapturedBlock(type: header.word(0), body: Array(block[8..<(length - 4)])))
        rest = rest.dropFirst(length)
    }
    return blocks
}
