// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("Segmentation")
struct SegmentationTests {
    /// A random large frame, TCP or UDP, as a driver hands it over with TSE.
    struct Large {
        var recipe: FrameRecipe
        var segmentSize: Int

        init(_ generator: inout SeededGenerator, maximum: Int = 20000) {
            recipe = FrameRecipe.random(&generator)
            if recipe.transport == .sctp { recipe.transport = .tcp }
            recipe.padding = []
            recipe.hasSNAP = false
            recipe.payload = generator.bytes(generator.number(0...maximum))
            segmentSize = generator.number(1...1500)
        }

        var layout: Segmentation.Layout {
            Segmentation.Layout(
                macLength: recipe.linkLength, ipLength: recipe.ipLength, transportLength: recipe.transportLength,
                isIPv4: recipe.network == .ipv4, isTCP: recipe.transport == .tcp)
        }
        var checksumField: Int { recipe.transportOffset + layout.checksumOffset }

        /// Lengths zero, IPv4 checksum zero, the pseudo-header's sum without length in the checksum field.
        var bytes: [UInt8] {
            var frame = recipe
            frame.payload = []
            var bytes = frame.bytes + recipe.payload
            if recipe.network == .ipv4 {
                bytes.replaceSubrange(recipe.linkLength + 2..<recipe.linkLength + 4, with: [0, 0])
                bytes.replaceSubrange(recipe.linkLength + 10..<recipe.linkLength + 12, with: [0, 0])
            } else {
                bytes.replaceSubrange(recipe.linkLength + 4..<recipe.linkLength + 6, with: [0, 0])
            }
            let seed = Slow.sum(recipe.pseudoHeader(length: nil))
            bytes.replaceSubrange(checksumField..<checksumField + 2, with: networkBytes(seed))
            return bytes
        }

        /// What has to come out, from the recipe and RFC 9293, not from `bytes`.
        var segments: [[UInt8]] {
            let count = max(1, (recipe.payload.count + segmentSize - 1) / segmentSize)
            return (0..<count).map { segment($0, isFirst: $0 == 0, isLast: $0 == count - 1) }
        }

        private func segment(_ index: Int, isFirst: Bool, isLast: Bool) -> [UInt8] {
            var part = recipe
            let rest = recipe.payload.dropFirst(index * segmentSize)
            part.payload = Array(rest.prefix(segmentSize))
            if !isLast { part.tcpFlags &= ~0x009 }
            if !isFirst { part.tcpFlags &= ~0x080 }
            var bytes = part.bytes
            let start = recipe.transportOffset
            if recipe.network == .ipv4 {
                let ip = recipe.linkLength
                let identification = UInt16(truncatingIfNeeded: 0x1234 + index)
                bytes.replaceSubrange(ip + 4..<ip + 6, with: networkBytes(identification))
                bytes.replaceSubrange(ip + 10..<ip + 12, with: [0, 0])
                let checksum = Slow.checksum(bytes[ip..<start])
                bytes.replaceSubrange(ip + 10..<ip + 12, with: networkBytes(checksum))
            }
            if recipe.transport == .tcp {
                let sequence = UInt32(0xFFFF_FF00) &+ UInt32(index * segmentSize)
                bytes.replaceSubrange(start + 4..<start + 8, with: networkBytes(sequence))
                bytes.replaceSubrange(checksumField..<checksumField + 2, with: [0, 0])
                let pseudo = recipe.pseudoHeader(length: bytes.count - start)
                let checksum = Slow.checksum(pseudo + bytes[start...])
                bytes.replaceSubrange(checksumField..<checksumField + 2, with: networkBytes(checksum))
            }
            return bytes
        }
    }

    /// All frames that come of `segmentation`, and how often the output was emptied.
    private func collect(
        _ segmentation: Segmentation, _ source: borrowing FrameBatch
    ) -> (frames: [[UInt8]], rounds: Int, offloads: [FrameBatch.Offload], progress: Segmentation.Progress) {
        var segmentation = segmentation
        var output = FrameBatch()
        var frames: [[UInt8]] = []
        var offloads: [FrameBatch.Offload] = []
        var rounds = 0
        while true {
            let progress = segmentation.run(from: source, into: &output)
            for index in 0..<output.count {
                frames.append(output.bytes(of: index))
                offloads.append(output[index].offload)
            }
            output.removeAll()
            if progress != .outputFull { return (frames, rounds, offloads, progress) }
            rounds += 1
        }
    }

    @Test(
        "a random large frame is cut into exactly the frames a sender would build", arguments: 0..<120 as Range<UInt64>)
    func complete(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        let large = Large(&generator)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: generator.number(160...300), in: memory, &generator)
        let candidate = Segmentation(
            large.layout, segmentSize: large.segmentSize, payloadLength: large.recipe.payload.count, frame: 0,
            of: source)
        let segmentation = try #require(candidate)
        let result = collect(segmentation, source)
        #expect(result.progress == .finished)
        #expect(result.frames == large.segments)
        #expect(result.offloads.allSatisfy { $0 == FrameBatch.Offload() })
    }

    @Test("a sum left to the uplink completes to the same frames", arguments: 0..<40 as Range<UInt64>)
    func partial(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        let large = Large(&generator, maximum: 4000)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: 160, in: memory, &generator)
        let candidate = Segmentation(
            large.layout, segmentSize: max(large.segmentSize, 20), payloadLength: large.recipe.payload.count,
            frame: 0, of: source)
        var segmentation = try #require(candidate)
        segmentation.transportChecksum = .partial
        var output = FrameBatch()
        let progress = segmentation.run(from: source, into: &output)
        #expect(progress == .finished)
        var expected = large
        expected.segmentSize = max(large.segmentSize, 20)
        for index in 0..<output.count {
            #expect(output[index].offload.needsChecksum)
            let isComplete = output.completeChecksum(of: index)
            #expect(isComplete)
            #expect(output.bytes(of: index) == expected.segments[index])
        }
    }

    @Test("a frame of more segments than a batch holds resumes where it stopped")
    func resumes() throws {
        var generator = SeededGenerator(3)
        var large = Large(&generator)
        large.recipe.payload = generator.bytes(3000)
        large.segmentSize = 3
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: 200, in: memory, &generator)
        let candidate = Segmentation(large.layout, segmentSize: 3, payloadLength: 3000, frame: 0, of: source)
        let segmentation = try #require(candidate)
        #expect(segmentation.segmentCount == 1000)
        let result = collect(segmentation, source)
        #expect(result.rounds == 3)
        #expect(result.frames == large.segments)
    }

    @Test("the largest payload the descriptor can state comes out whole")
    func largest() throws {
        var generator = SeededGenerator(5)
        var large = Large(&generator)
        large.recipe.payload = generator.bytes(0x3FFFF)
        large.segmentSize = 1448
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: 200, pieces: 4096...16384, in: memory, &generator)
        let candidate = Segmentation(large.layout, segmentSize: 1448, payloadLength: 0x3FFFF, frame: 0, of: source)
        let segmentation = try #require(candidate)
        #expect(collect(segmentation, source).frames == large.segments)
    }

    @Test("the flag masks of DTXTCPFLGL and DTXTCPFLGH apply to first, middle and last segment")
    func flags() throws {
        var generator = SeededGenerator(3)
        var large = Large(&generator)
        large.recipe.transport = .tcp
        large.recipe.tcpFlags = 0xFFF
        large.recipe.payload = generator.bytes(300)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: 200, in: memory, &generator)
        for (size, expected) in [(100, [0x111, 0x222, 0x444]), (150, [0x111, 0x444]), (300, [0x555])] {
            let candidate = Segmentation(large.layout, segmentSize: size, payloadLength: 300, frame: 0, of: source)
            var segmentation = try #require(candidate)
            segmentation.flagMasks = Segmentation.FlagMasks(
                DTXTCPFLGL(raw: 0xF222_F111), DTXTCPFLGH(raw: 0xFFFF_F444))
            let flags = collect(segmentation, source).frames.map {
                Int(network16($0, large.recipe.transportOffset + 12) & 0xFFF)
            }
            #expect(flags == expected)
        }
    }

    @Test("without POPTS the checksums stay as they were")
    func untouched() throws {
        var generator = SeededGenerator(3)
        var large = Large(&generator)
        large.recipe.network = .ipv4
        (large.recipe.source, large.recipe.destination) = ([1, 2, 3, 4], [5, 6, 7, 8])
        large.recipe.payload = generator.bytes(300)
        let bytes = large.bytes
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(bytes, header: 200, in: memory, &generator)
        let candidate = Segmentation(large.layout, segmentSize: 100, payloadLength: 300, frame: 0, of: source)
        var segmentation = try #require(candidate)
        segmentation.insertsIPChecksum = false
        segmentation.transportChecksum = .untouched
        for frame in collect(segmentation, source).frames {
            #expect(network16(frame, large.recipe.linkLength + 10) == 0)
            #expect(network16(frame, large.checksumField) == network16(bytes, large.checksumField))
        }
    }

    @Test("pool and destination of the frame are those of its segments")
    func labels() throws {
        var generator = SeededGenerator(3)
        var large = Large(&generator)
        large.recipe.payload = generator.bytes(300)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(large.bytes, header: 200, in: memory, &generator)
        source[0].goesToUplink = false
        source[0].sourcePool = 5
        let candidate = Segmentation(large.layout, segmentSize: 100, payloadLength: 300, frame: 0, of: source)
        var segmentation = try #require(candidate)
        var output = FrameBatch()
        _ = segmentation.run(from: source, into: &output)
        #expect(output.count == 3)
        for index in 0..<output.count {
            let segment = output[index]
            #expect(!segment.goesToUplink)
            #expect(segment.sourcePool == 5)
        }
    }
}

@Suite("Segmentation of malformed frames")
struct MalformedSegmentationTests {
    /// Whether a plain TCP/IPv4 frame of `count` bytes, `header` of them in its header segment, is taken.
    private func isTaken(
        _ change: (inout Segmentation.Layout) -> Void = { _ in }, segmentSize: Int = 100, payloadLength: Int = 500,
        count: Int = 554, header: Int = 128
    ) -> Bool {
        var generator = SeededGenerator(3)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        source.append(generator.bytes(count), header: header, in: memory, &generator)
        var layout = Segmentation.Layout(macLength: 14, ipLength: 20, transportLength: 20, isIPv4: true, isTCP: true)
        change(&layout)
        return Segmentation(
            layout, segmentSize: segmentSize, payloadLength: payloadLength, frame: 0, of: source) != nil
    }

    @Test("lengths that do not add up, or cannot hold their fields, are refused")
    func refused() {
        #expect(isTaken())
        #expect(!isTaken(segmentSize: 0))
        #expect(!isTaken(payloadLength: 499))
        #expect(!isTaken(payloadLength: 501))
        #expect(!isTaken(header: 53))
        #expect(isTaken(header: 54))
        #expect(!isTaken({ $0.ipLength = 19 }, count: 553))
        #expect(!isTaken({ $0.transportLength = 19 }, count: 553))
        #expect(!isTaken({ $0.isIPv4 = false }))
        #expect(isTaken({ ($0.isTCP, $0.transportLength) = (false, 8) }, count: 542))
        #expect(!isTaken({ ($0.isTCP, $0.transportLength) = (false, 7) }, count: 541))
        #expect(!isTaken(segmentSize: 9675, payloadLength: 9675, count: 9729))
        #expect(isTaken(segmentSize: 9674, payloadLength: 9675, count: 9729))
    }

    @Test("a payload in more pieces than any batch takes ends instead of waiting for room")
    func tooFragmented() throws {
        var generator = SeededGenerator(3)
        let memory = ScatteredMemory()
        var source = FrameBatch()
        let bytes = generator.bytes(54 + 1 + 4094)
        // One byte of payload is left in the header segment.
        let hasRoom = source.beginFrame(segments: 1, headerBytes: 55)
        #expect(hasRoom)
        _ = source.addHeader(55)
        let start = memory.copy(bytes[...], misalignment: 0)
        for index in 0..<4094 { source.addSegment(start + index, count: 1) }
        let layout = Segmentation.Layout(macLength: 14, ipLength: 20, transportLength: 20, isIPv4: true, isTCP: true)
        let candidate = Segmentation(layout, segmentSize: 9000, payloadLength: 4095, frame: 0, of: source)
        var segmentation = try #require(candidate)
        var output = FrameBatch()
        let progress = segmentation.run(from: source, into: &output)
        #expect(progress == .tooFragmented)
        #expect(output.count == 0)
    }
}

@Suite("Segmentation of received frames")
struct ReceivedSegmentationTests {
    /// `large` as a host kernel hands it over: lengths right, the pseudo-header's sum with the length in place.
    private func received(_ large: SegmentationTests.Large) -> [UInt8] {
        var bytes = large.recipe.bytes
        let seed = Slow.sum(
            large.recipe.pseudoHeader(length: large.recipe.transportLength + large.recipe.payload.count))
        bytes.replaceSubrange(large.checksumField..<large.checksumField + 2, with: networkBytes(seed))
        return bytes
    }

    private func offload(_ large: SegmentationTests.Large) -> FrameBatch.Offload {
        var offload = FrameBatch.Offload()
        offload.needsChecksum = true
        offload.segmentation =
            large.recipe.transport == .udp ? .udp : large.recipe.network == .ipv4 ? .tcp4 : .tcp6
        offload.segmentSize = UInt16(large.segmentSize)
        return offload
    }

    @Test("lengths come from the headers, and the checksums are vouched for", arguments: 0..<60 as Range<UInt64>)
    func complete(seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        var large = SegmentationTests.Large(&generator)
        large.recipe.options = []
        large.segmentSize += 100
        let memory = ScatteredMemory()
        var source = FrameBatch()
        let bytes = received(large)
        source.append(bytes, header: bytes.count, in: memory, &generator)
        source[0].offload = offload(large)
        let headers = PacketHeaders(bytes)
        let candidate = Segmentation(received: headers, frame: 0, of: source)
        var segmentation = try #require(candidate)
        var output = FrameBatch()
        let progress = segmentation.run(from: source, into: &output)
        #expect(progress == .finished)
        let frames = (0..<output.count).map { output.bytes(of: $0) }
        let offloads = (0..<output.count).map { output[$0].offload }
        #expect(frames == large.segments)
        #expect(offloads.allSatisfy { $0.isChecksumValid && !$0.needsChecksum })
    }

    @Test("a frame that is not what its offload says is refused")
    func mismatch() {
        var generator = SeededGenerator(2)
        let memory = ScatteredMemory()
        for segmentation in [FrameBatch.Offload.Segmentation.none, .tcp6, .udp] {
            var source = FrameBatch()
            let bytes = FrameRecipe().bytes
            source.append(bytes, header: 128, in: memory, &generator)
            source[0].offload.segmentation = segmentation
            source[0].offload.segmentSize = 100
            let candidate = Segmentation(received: PacketHeaders(bytes), frame: 0, of: source)
            #expect(candidate == nil)
        }
    }
}
