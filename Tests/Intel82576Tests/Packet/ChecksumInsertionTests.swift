// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("Transmit checksum insertion")
struct ChecksumInsertionTests {
    /// `recipe` as a driver leaves it to the device: checksums missing, the pseudo-header's sum in place.
    private func unfinished(_ recipe: FrameRecipe) -> [UInt8] {
        var bytes = recipe.bytes
        let start = recipe.transportOffset
        if recipe.network == .ipv4 {
            bytes.replaceSubrange(recipe.linkLength + 10..<recipe.linkLength + 12, with: [0, 0])
        }
        let seed = networkBytes(Slow.sum(recipe.pseudoHeader(length: recipe.transportLength + recipe.payload.count)))
        switch recipe.transport {
        case .tcp: bytes.replaceSubrange(start + 16..<start + 18, with: seed)
        case .udp: bytes.replaceSubrange(start + 6..<start + 8, with: seed)
        case .sctp: bytes.replaceSubrange(start + 8..<start + 12, with: [0, 0, 0, 0])
        }
        return bytes
    }

    private func insertion(_ recipe: FrameRecipe) -> ChecksumInsertion {
        ChecksumInsertion(
            macLength: recipe.linkLength, ipLength: recipe.ipLength, insertsIPChecksum: recipe.network == .ipv4,
            transport: recipe.transport == .tcp ? .tcp : recipe.transport == .udp ? .udp : .sctp)
    }

    private func randomRecipe(_ seed: UInt64) -> FrameRecipe {
        var generator = SeededGenerator(seed)
        var recipe = FrameRecipe.random(&generator)
        // Padding is not in a driver's buffers; options would push fields out of the header segment.
        recipe.padding = []
        recipe.options = Array(recipe.options.prefix(8))
        return recipe
    }

    @Test("a random frame leaves with the checksums of its bytes", arguments: 0..<200 as Range<UInt64>)
    func complete(seed: UInt64) {
        let recipe = randomRecipe(seed)
        var generator = SeededGenerator(seed)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        batch.append(unfinished(recipe), header: 128, pieces: 1...99, in: memory, &generator)
        let isDone = insertion(recipe).apply(to: 0, of: &batch, leavesSum: false)
        #expect(isDone)
        #expect(batch.bytes(of: 0) == recipe.bytes)
        #expect(batch[0].offload == FrameBatch.Offload())
    }

    @Test("a sum left to the uplink is described, and completes to the same frame", arguments: 0..<60 as Range<UInt64>)
    func partial(seed: UInt64) {
        let recipe = randomRecipe(seed)
        var generator = SeededGenerator(seed)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        batch.append(unfinished(recipe), header: 128, in: memory, &generator)
        let isDone = insertion(recipe).apply(to: 0, of: &batch, leavesSum: true)
        #expect(isDone)
        let offload = batch[0].offload
        #expect(offload.needsChecksum == (recipe.transport != .sctp))
        guard offload.needsChecksum else { return }
        #expect(Int(offload.checksumStart) == recipe.transportOffset)
        #expect(Int(offload.checksumOffset) == (recipe.transport == .tcp ? 16 : 6))
        let isComplete = batch.completeChecksum(of: 0)
        #expect(isComplete)
        #expect(batch.bytes(of: 0) == recipe.bytes)
        #expect(!batch[0].offload.needsChecksum && batch[0].offload.isChecksumValid)
    }

    @Test("a UDP checksum of zero is sent as 0xFFFF, a TCP one as it is")
    func zero() {
        var recipe = FrameRecipe()
        recipe.payload = [0, 0]
        let cases: [(FrameRecipe.Transport, UInt16)] = [(.udp, 0xFFFF), (.tcp, 0)]
        for (transport, expected) in cases {
            recipe.transport = transport
            recipe.payload = [0, 0]
            let field = recipe.transportOffset + (transport == .tcp ? 16 : 6)
            recipe.payload = networkBytes(network16(recipe.bytes, field))
            var generator = SeededGenerator(1)
            let memory = ScatteredMemory()
            var batch = FrameBatch()
            batch.append(unfinished(recipe), header: 128, in: memory, &generator)
            let isDone = insertion(recipe).apply(to: 0, of: &batch, leavesSum: false)
            #expect(isDone)
            #expect(network16(batch.bytes(of: 0), field) == expected)
        }
    }

    @Test("lengths that point outside the frame or its header segment leave it unchanged and say so")
    func outside() {
        // Its checksums are not zero: clearing one would show.
        let bytes = FrameRecipe().bytes
        let places = [
            (0, 0, true), (14, 300, false), (127, 511, false), (14, 21, false), (127, 20, true), (50, 4, true),
            (14, 41, true),
        ]
        for (mac, ip, onlyIP) in places {
            var generator = SeededGenerator(1)
            let memory = ScatteredMemory()
            var batch = FrameBatch()
            batch.append(bytes, header: 50, in: memory, &generator)
            let insertion = ChecksumInsertion(
                macLength: mac, ipLength: ip, insertsIPChecksum: true, transport: onlyIP ? nil : .tcp)
            let isDone = insertion.apply(to: 0, of: &batch, leavesSum: false)
            #expect(!isDone)
            // IXSM may still have been possible.
            if onlyIP { #expect(batch.bytes(of: 0) == bytes) }
        }
    }

    @Test("SCTP on a packet too short for its header is left alone", arguments: 0..<60)
    func shortSCTP(_ count: Int) {
        var generator = SeededGenerator(1)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        let bytes = generator.bytes(count)
        batch.append(bytes, header: 128, in: memory, &generator)
        let insertion = ChecksumInsertion(macLength: 14, ipLength: 20, insertsIPChecksum: false, transport: .sctp)
        let isDone = insertion.apply(to: 0, of: &batch, leavesSum: false)
        #expect(isDone == (count >= 46))
        if count < 46 { #expect(batch.bytes(of: 0) == bytes) }
    }

    @Test("the legacy descriptor's places work anywhere in the header segment")
    func legacy() {
        var generator = SeededGenerator(8)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        let bytes = generator.bytes(333)
        batch.append(bytes, header: 128, in: memory, &generator)
        let isDone = batch.insertChecksum(of: 0, from: 31, at: 17, zeroIsAllOnes: false)
        #expect(isDone)
        var expected = bytes
        expected.replaceSubrange(17..<19, with: networkBytes(Slow.checksum(bytes.dropFirst(31))))
        #expect(batch.bytes(of: 0) == expected)
        let pastHeader = batch.insertChecksum(of: 0, from: 31, at: 127, zeroIsAllOnes: false)
        let pastEnd = batch.insertChecksum(of: 0, from: 333, at: 17, zeroIsAllOnes: false)
        #expect(!pastHeader && !pastEnd)
        #expect(batch.bytes(of: 0) == expected)
    }

    @Test("nothing is completed where nothing is asked for")
    func nothingToComplete() {
        var generator = SeededGenerator(8)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        let bytes = FrameRecipe().bytes
        batch.append(bytes, header: 128, in: memory, &generator)
        let unasked = batch.completeChecksum(of: 0)
        #expect(!unasked)
        batch[0].offload.needsChecksum = true
        batch[0].offload.checksumStart = .max
        batch[0].offload.checksumOffset = .max
        let outside = batch.completeChecksum(of: 0)
        #expect(!outside)
        #expect(batch.bytes(of: 0) == bytes)
    }
}
