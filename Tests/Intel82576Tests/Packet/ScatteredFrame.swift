// SPDX-License-Identifier: Apache-2.0

@testable import Intel82576

/// Memory for frames whose segments do not lie side by side, as guests hand them over.
final class ScatteredMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit { for block in blocks { block.deallocate() } }

    /// Copies `bytes` to an odd or even address of their own.
    func copy(_ bytes: ArraySlice<UInt8>, misalignment: Int) -> UnsafeRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 64, alignment: 64)
        blocks.append(block)
        let start = block + misalignment
        bytes.withUnsafeBytes { start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(block), byteCount: $0.count) }
        return UnsafeRawPointer(start)
    }
}

extension FrameBatch {
    /// Appends a frame with a header segment of `header` bytes and the rest in pieces of random, often odd, length.
    mutating func append(
        _ bytes: [UInt8], header: Int, pieces: ClosedRange<Int> = 1...700, in memory: ScatteredMemory,
        _ generator: inout SeededGenerator
    ) {
        precondition(beginFrame(segments: 1, headerBytes: header))
        var span = addHeader(min(header, bytes.count))
        for (index, byte) in bytes.prefix(header).enumerated() {
            span.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
        }
        var rest = bytes.dropFirst(header)
        while !rest.isEmpty {
            let piece = rest.prefix(generator.number(pieces))
            // Now and then a segment without bytes.
            if generator.chance(5) { addSegment(memory.copy([], misalignment: 0), count: 0) }
            addSegment(memory.copy(piece, misalignment: generator.number(0...9)), count: piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// All bytes of a frame.
    func bytes(of index: Int) -> [UInt8] {
        var sink = CollectingSink()
        var start = position(0, of: index)
        feed(Int.max, of: index, from: &start, to: &sink)
        return sink.bytes
    }
}

struct CollectingSink: ByteSink {
    var bytes: [UInt8] = []
    mutating func add(_ start: UnsafeRawPointer, count: Int) {
        bytes += UnsafeRawBufferPointer(start: start, count: count)
    }
}

extension PacketHeaders {
    init(_ bytes: [UInt8], tagTypes: TagTypes = TagTypes()) {
        self.init(bytes.span.bytes, frameLength: bytes.count, tagTypes: tagTypes)
    }
}
