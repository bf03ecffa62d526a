// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Blocks of a pcapng section, as bytes: little-endian, with Ethernet frames without FCS and times in nanoseconds since 1970.
///
/// - Specification: IETF draft-ietf-opsawg-pcapng, sections 4.1 to 4.3 and 4.6
struct Pcapng {
    /// Bytes of the longest frame that readers take (Wireshark's `WTAP_MAX_PACKET_SIZE_STANDARD`).
    static let longestFrame = 262_144

    var bytes = GrowingBytes()
}

// MARK: Blocks

extension Pcapng {
    /// Section Header Block: the section has no stated length.
    mutating func addSection(hardware: String, application: String) {
        let start = begin(0x0A0D_0D0A)
        add(0x1A2B_3C4D)
        add(1)  // version 1.0
        add(.max)
        add(.max)
        addOption(2, hardware)
        addOption(4, application)
        endOptions()
        end(start)
    }

    /// Interface Description Block. Interfaces are numbered from 0 in the order they are added.
    mutating func addInterface(name: String, description: String, snapLength: Int) {
        let start = begin(1)
        add(1)  // LINKTYPE_ETHERNET
        add(UInt32(clamping: snapLength))
        addOption(2, name)
        addOption(3, description)
        beginOption(9, length: 1)
        add(9)  // if_tsresol: 10^-9 s
        endOptions()
        end(start)
    }

    /// What an Enhanced Packet Block says of a frame besides its bytes and its comment.
    struct Packet {
        var interface: Int
        var time: UInt64
        /// Towards the driver of a function.
        var isInbound: Bool
        /// The FCS of the frame is wrong.
        var isDamaged = false
        /// Frames of the interface since its last block that are not in the capture.
        var lost: UInt64 = 0
    }

    /// The option of a block that is a comment, cut off behind `longest` bytes.
    static func comment(_ text: String, longest: Int = longestText) -> [UInt32] {
        let bytes = Array(text.utf8.prefix(min(longest, longestText)))
        let words = stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start...].prefix(4).enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * $1.offset) }
        }
        return [1 | UInt32(bytes.count) << 16] + words
    }

    /// Enhanced Packet Block of the first `limit` bytes of frame `index` of `batch`.
    /// - Parameters:
    ///   - words: options, of which those in `range` are the packet's comment.
    mutating func add(
        _ packet: Packet, _ batch: borrowing FrameBatch, _ index: Int, limit: Int, comment words: [UInt32],
        _ range: Range<Int>
    ) {
        let length = Int(batch[index].byteCount)
        let captured = min(length, limit)
        let size = packet.size(captured, comment: range.count)
        let start = bytes.grow(by: size)
        bytes.write { bytes in
            packet.writeStart(captured, of: length, size: UInt32(clamping: size), to: &bytes, at: start)
            batch.copy(captured, of: index, to: &bytes, at: start + Packet.start)
            let end = start + Packet.start + padded(captured)
            packet.writeEnd(words, range, size: UInt32(clamping: size), to: &bytes, at: end)
        }
    }

    /// Enhanced Packet Block of a packet without bytes.
    mutating func add(_ packet: Packet, comment words: [UInt32], _ range: Range<Int>) {
        let size = packet.size(0, comment: range.count)
        let start = bytes.grow(by: size)
        bytes.write { bytes in
            packet.writeStart(0, of: 0, size: UInt32(clamping: size), to: &bytes, at: start)
            packet.writeEnd(words, range, size: UInt32(clamping: size), to: &bytes, at: start + Packet.start)
        }
    }

    /// What an Interface Statistics Block says.
    struct Statistics {
        var interface: Int
        var start: UInt64
        var time: UInt64
        /// Frames seen, captured or not.
        var received: UInt64 = 0
        /// Those of them that the port dropped.
        var dropped: UInt64 = 0
        /// Those of them that are not in the capture, since nobody read it in time.
        var lost: UInt64 = 0
    }

    /// Interface Statistics Block.
    mutating func add(_ statistics: Statistics) {
        let start = begin(5)
        add(UInt32(clamping: statistics.interface))
        addTime(statistics.time)
        for (code, time) in [(2, statistics.start), (3, statistics.time)] as [(UInt16, UInt64)] {
            beginOption(code, length: 8)
            addTime(time)
        }
        addOption(4, statistics.received)
        addOption(5, statistics.dropped)
        addOption(7, statistics.lost)
        endOptions()
        end(start)
    }
}

// MARK: Parts of blocks

extension Pcapng {
    /// Bytes that the value of an option may have.
    private static let longestText = 0xFFFC

    /// - Returns: where the block starts, for ``end(_:)``.
    private mutating func begin(_ type: UInt32) -> Int {
        let start = bytes.count
        add(type)
        add(0)
        return start
    }

    /// Writes the block's length to its end and its start.
    private mutating func end(_ start: Int) {
        let length = UInt32(clamping: bytes.count - start + 4)
        add(length)
        bytes.write { $0.put(length, at: start + 4) }
    }

    private mutating func beginOption(_ code: UInt16, length: Int) {
        add(UInt32(code) | UInt32(UInt16(clamping: length)) << 16)
    }

    private mutating func addOption(_ code: UInt16, _ value: UInt64) {
        beginOption(code, length: 8)
        add(UInt32(truncatingIfNeeded: value))
        add(UInt32(truncatingIfNeeded: value >> 32))
    }

    private mutating func addOption(_ code: UInt16, _ text: String) {
        let words = Self.comment(text)
        beginOption(code, length: Int(words[0] >> 16))
        for word in words.dropFirst() { add(word) }
    }

    private mutating func endOptions() { add(0) }

    /// The upper half comes first.
    private mutating func addTime(_ time: UInt64) {
        add(UInt32(truncatingIfNeeded: time >> 32))
        add(UInt32(truncatingIfNeeded: time))
    }

    private mutating func add(_ word: UInt32) {
        let place = bytes.grow(by: 4)
        bytes.write { $0.put(word, at: place) }
    }
}

// MARK: Packets

extension Pcapng.Packet {
    /// Bytes of its block before its own.
    fileprivate static let start = 28

    /// Bytes of its block, of which `captured` are its own.
    /// - Parameter comment: words of the comment.
    fileprivate func size(_ captured: Int, comment: Int) -> Int {
        // Flags, those missing, the end of the options and the block's length.
        Self.start + padded(captured) + 8 + (lost > 0 ? 12 : 0) + 4 * comment + 8
    }

    /// Writes what comes before its bytes, and what fills their last word, over which they go.
    @inline(__always)
    fileprivate func writeStart(
        _ captured: Int, of length: Int, size: UInt32, to bytes: inout MutableRawSpan, at start: Int
    ) {
        bytes.put(6, at: start)
        bytes.put(size, at: start + 4)
        bytes.put(UInt32(clamping: interface), at: start + 8)
        bytes.put(UInt32(truncatingIfNeeded: time >> 32), at: start + 12)
        bytes.put(UInt32(truncatingIfNeeded: time), at: start + 16)
        bytes.put(UInt32(clamping: captured), at: start + 20)
        bytes.put(UInt32(clamping: length), at: start + 24)
        if captured & 3 != 0 { bytes.put(0, at: start + Self.start + captured & ~3) }
    }

    /// Writes what comes behind its bytes.
    @inline(__always)
    fileprivate func writeEnd(
        _ words: [UInt32], _ range: Range<Int>, size: UInt32, to bytes: inout MutableRawSpan, at start: Int
    ) {
        var place = start
        bytes.put(2 | 4 << 16, at: place)  // epb_flags
        bytes.put((isInbound ? 1 : 2) | (isDamaged ? 1 << 24 : 0), at: place + 4)
        place += 8
        if lost > 0 {
            bytes.put(4 | 8 << 16, at: place)  // epb_dropcount
            bytes.put(UInt32(truncatingIfNeeded: lost), at: place + 4)
            bytes.put(UInt32(truncatingIfNeeded: lost >> 32), at: place + 8)
            place += 12
        }
        for index in range {
            bytes.put(words[index], at: place)
            place += 4
        }
        bytes.put(0, at: place)
        bytes.put(size, at: place + 4)
    }
}

/// `byteCount` up to a multiple of 32 bits: all parts of blocks are one.
private func padded(_ byteCount: Int) -> Int { (byteCount + 3) & ~3 }

extension MutableRawSpan {
    @inline(__always)
    fileprivate mutating func put(_ word: UInt32, at offset: Int) {
        storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt32.self)
    }
}
