// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("Sums over memory")
struct ChecksumTests {
    @Test("the example of RFC 1071 has the sum it states")
    func example() {
        var sum = ChecksumAccumulator()
        let bytes: [UInt8] = [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]
        sum.add(bytes.span.bytes)
        #expect(sum.folded == 0xDDF2)
        #expect(sum.checksum == 0x220D)
    }

    @Test("nothing sums to zero, and an empty span adds nothing")
    func empty() {
        var sum = ChecksumAccumulator()
        sum.add(RawSpan())
        #expect(sum.folded == 0)
        #expect(sum.checksum == 0xFFFF)
    }

    @Test("every length up to 300 at every alignment sums as it does byte by byte")
    func lengths() {
        var generator = SeededGenerator(1)
        let bytes = generator.bytes(320)
        bytes.withUnsafeBytes { buffer in
            for count in 1...300 {
                let start = count % 17
                var sum = ChecksumAccumulator()
                sum.add(buffer.baseAddress! + start, count: count)
                #expect(sum.folded == Slow.sum(bytes[start..<start + count]))
            }
        }
    }

    @Test("no carry is lost in a long run of ones")
    func carries() {
        for count in [63, 64, 65, 65534, 65535, 262_143] {
            let bytes = [UInt8](repeating: 0xFF, count: count)
            var sum = ChecksumAccumulator()
            sum.add(bytes.span.bytes)
            #expect(sum.folded == Slow.sum(bytes))
        }
    }

    @Test("pieces of any length give the sum of the whole", arguments: 0..<40 as Range<UInt64>)
    func pieces(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let bytes = generator.bytes(generator.number(1...3000))
        var sum = ChecksumAccumulator()
        var crc = CRC32(.castagnoli)
        var fcs = CRC32(.ethernet)
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = min(generator.number(1...131), buffer.count - offset)
                sum.add(buffer.baseAddress! + offset, count: count)
                crc.add(buffer.baseAddress! + offset, count: count)
                fcs.add(buffer.baseAddress! + offset, count: count)
                offset += count
            }
        }
        #expect(sum.folded == Slow.sum(bytes))
        #expect(crc.value == Slow.crc(bytes, polynomial: 0x82F6_3B78))
        #expect(fcs.value == Slow.crc(bytes, polynomial: 0xEDB8_8320))
    }

    @Test("sums and words join at odd offsets")
    func joins() {
        var generator = SeededGenerator(7)
        let first = generator.bytes(13)
        let second = generator.bytes(31)
        var (left, right) = (ChecksumAccumulator(), ChecksumAccumulator())
        left.add(first.span.bytes)
        right.add(second.span.bytes)
        left.add(right)
        #expect(left.folded == Slow.sum(first + second))
        left.add(UInt16(0xABCD))
        #expect(left.folded == Slow.sum(first + second + [0xAB, 0xCD]))
        left.add(first.span.bytes)
        left.add(UInt16(0x1234))
        #expect(left.folded == Slow.sum(first + second + [0xAB, 0xCD] + first + [0x12, 0x34]))
        left.add(UInt64(0x0102_0304_0506_07FF))
        #expect(
            left.folded == Slow.sum(first + second + [0xAB, 0xCD] + first + [0x12, 0x34, 1, 2, 3, 4, 5, 6, 7, 0xFF]))
    }

    @Test("the CRCs of the usual check string are the published ones")
    func checkStrings() {
        let text = Array("123456789".utf8)
        var (crc, fcs) = (CRC32(.castagnoli), CRC32(.ethernet))
        text.withUnsafeBytes {
            crc.add($0.baseAddress!, count: 9)
            fcs.add($0.baseAddress!, count: 9)
        }
        #expect(crc.value == 0xE306_9283)
        #expect(fcs.value == 0xCBF4_3926)
    }
}

@Suite("Sums over frames")
struct FrameSumTests {
    @Test("packet checksum and FCS of a scattered frame are those of its bytes", arguments: 0..<20 as Range<UInt64>)
    func scattered(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        let bytes = generator.bytes(generator.number(60...2000))
        batch.append(bytes, header: 128, pieces: 1...90, in: memory, &generator)
        let start = generator.number(0...200)
        #expect(batch.packetChecksum(of: 0, from: start) == Slow.sum(bytes.dropFirst(start)))
        #expect(batch.frameCheckSequence(of: 0) == Slow.crc(bytes, polynomial: 0xEDB8_8320))
        #expect(batch.bytes(of: 0) == bytes)
    }

    @Test("a start behind the frame's end gives the packet checksum 0")
    func beyond() {
        var generator = SeededGenerator(1)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        batch.append(generator.bytes(60), header: 128, in: memory, &generator)
        #expect(batch.packetChecksum(of: 0, from: 61) == 0)
        #expect(batch.packetChecksum(of: 0, from: 60) == 0)
        #expect(batch.packetChecksum(of: 0, from: 59) != 0)
    }
}
