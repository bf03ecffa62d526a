// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import KawelaDaemon

@Suite("Blocks of pcapng") struct PcapngTests {
    private var blocks = Pcapng()

    private var bytes: [UInt8] {
        var bytes: [UInt8] = []
        blocks.bytes.append(to: &bytes)
        return bytes
    }

    /// A frame of `count` bytes: 1, 2, 3 and so on.
    static func batch(_ count: Int) -> FrameBatch {
        var batch = FrameBatch()
        guard batch.beginFrame(headerBytes: count) else { return batch }
        var header = batch.addHeader(count)
        for offset in 0..<count {
            header.storeBytes(of: UInt8(truncatingIfNeeded: offset + 1), toByteOffset: offset, as: UInt8.self)
        }
        return batch
    }

    /// Text of a multiple of four bytes.
    private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("a section says its byte order, version, hardware and program")
    mutating func section() {
        blocks.addSection(hardware: "NIC", application: "kawela")
        let expected: [UInt8] =
            [0x0A, 0x0D, 0x0D, 0x0A, 52, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0]
            + [UInt8](repeating: 0xFF, count: 8) + [2, 0, 3, 0] + text("NIC\0") + [4, 0, 6, 0] + text("kawela\0\0")
            + [0, 0, 0, 0, 52, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test("an interface says its name, what it is, how much of a frame is kept, and that times are nanoseconds")
    mutating func interface() {
        blocks.addInterface(name: "vf0", description: "VF 0", snapLength: 0x1234)
        let expected: [UInt8] =
            [1, 0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0, 0x34, 0x12, 0, 0, 2, 0, 3, 0] + text("vf0\0") + [3, 0, 4, 0]
            + text("VF 0") + [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test(
        "a frame has its interface, time, lengths, bytes, direction, the number of those missing before it and a comment"
    )
    mutating func frame() {
        let comment = Pcapng.comment("seen")
        blocks.add(
            Pcapng.Packet(interface: 2, time: 0x0102_0304_0506_0708, isInbound: true, lost: 3), Self.batch(14), 0,
            limit: 6, comment: [7] + comment, 1..<1 + comment.count)
        let expected: [UInt8] =
            [6, 0, 0, 0, 72, 0, 0, 0, 2, 0, 0, 0, 4, 3, 2, 1, 8, 7, 6, 5, 6, 0, 0, 0, 14, 0, 0, 0]
            + [1, 2, 3, 4, 5, 6, 0, 0] + [2, 0, 4, 0, 1, 0, 0, 0] + [4, 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0]
            + [1, 0, 4, 0] + text("seen") + [0, 0, 0, 0, 72, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test("a packet without bytes is a frame of none; a damaged one has the CRC error")
    mutating func lost() {
        let comment = Pcapng.comment("gone, and more", longest: 4)
        blocks.add(
            Pcapng.Packet(interface: 0, time: 0, isInbound: false, isDamaged: true), comment: comment, comment.indices)
        let expected: [UInt8] =
            [6, 0, 0, 0, 52, 0, 0, 0] + [UInt8](repeating: 0, count: 20) + [2, 0, 4, 0, 2, 0, 0, 1]
            + [1, 0, 4, 0] + text("gone") + [0, 0, 0, 0, 52, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test("statistics say since when, and how many frames were seen, dropped and not captured")
    mutating func statistics() {
        blocks.add(Pcapng.Statistics(interface: 1, start: 1 << 32, time: 2, received: 5, dropped: 4, lost: 3))
        let expected: [UInt8] =
            [5, 0, 0, 0, 88, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
            + [2, 0, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0] + [3, 0, 8, 0, 0, 0, 0, 0, 2, 0, 0, 0]
            + [4, 0, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0] + [5, 0, 8, 0, 4, 0, 0, 0, 0, 0, 0, 0]
            + [7, 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 88, 0, 0, 0]
        #expect(bytes == expected)
    }

    @Test("memory that is used again has nothing of what was there")
    mutating func usedAgain() {
        let packet = Pcapng.Packet(interface: 0, time: 0, isInbound: true)
        blocks.add(packet, Self.batch(60), 0, limit: 60, comment: [], 0..<0)
        blocks.bytes.removeAll()
        blocks.add(packet, Self.batch(13), 0, limit: 60, comment: [], 0..<0)
        #expect(bytes.count == 28 + 16 + 16 && Array(bytes[40..<44]) == [13, 0, 0, 0])
    }

    @Test("blocks are added to others, and go behind what a reader has")
    mutating func append() {
        var others = Pcapng()
        others.addSection(hardware: "NIC", application: "kawela")
        blocks.addInterface(name: "vf0", description: "VF 0", snapLength: 0x1234)
        let first = bytes
        blocks.bytes.append(others.bytes)
        var taken: [UInt8] = [1]
        blocks.bytes.append(to: &taken)
        #expect(taken.count == 1 + first.count + 52 && taken.starts(with: [1] + first))
    }
}
