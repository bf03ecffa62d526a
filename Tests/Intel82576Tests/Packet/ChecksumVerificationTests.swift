// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("Receive checksum verification")
struct ChecksumVerificationTests {
    /// Verifies `bytes` as a frame in scattered memory.
    private func verify(
        _ bytes: [UInt8],
        _ verification: ChecksumVerification = .init(RXCSUM(raw: 0xB00), RFCTL(raw: 0)), seed: UInt64 = 1
    ) -> ChecksumReport {
        var generator = SeededGenerator(seed)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        batch.append(bytes, header: 128, in: memory, &generator)
        let headers = PacketHeaders(batch.header(of: 0), frameLength: bytes.count, tagTypes: TagTypes())
        return verification.verify(FrameSummary(headers), frame: 0, of: batch)
    }

    private func goodReport(_ recipe: FrameRecipe) -> ChecksumReport {
        var report: ChecksumReport = recipe.network == .ipv4 ? [.ipChecked, .transportChecked] : .transportChecked
        if recipe.transport == .udp { report.insert(.udpChecked) }
        return report
    }

    /// A random frame whose transport header is in the header segment.
    private func recipe(_ generator: inout SeededGenerator) -> FrameRecipe {
        while true {
            let recipe = FrameRecipe.random(&generator)
            if recipe.transportOffset + 20 <= 128 { return recipe }
        }
    }

    @Test("right checksums are reported as right, whatever the padding", arguments: 0..<200 as Range<UInt64>)
    func right(seed: UInt64) {
        var generator = SeededGenerator(seed)
        let recipe = recipe(&generator)
        #expect(verify(recipe.bytes, seed: seed) == goodReport(recipe))
    }

    @Test("a wrong bit in the transport header or payload is an error", arguments: 0..<200 as Range<UInt64>)
    func wrongTransport(seed: UInt64) {
        var generator = SeededGenerator(seed)
        var recipe = recipe(&generator)
        recipe.payload += [0]
        var bytes = recipe.bytes
        // Behind the length and offset fields, before the padding.
        let first = recipe.transportOffset + (recipe.transport == .tcp ? 14 : recipe.transport == .sctp ? 0 : 8)
        bytes[generator.number(first...recipe.datagramEnd - 1)] ^= 1 << UInt8(generator.number(0...7))
        #expect(verify(bytes, seed: seed) == goodReport(recipe).union(.transportError))
    }

    @Test("a wrong bit in the IPv4 header is an error")
    func wrongHeader() {
        var recipe = FrameRecipe()
        recipe.options = [1, 1, 1, 0]
        for offset in [18, 22, 24, 34, 36] {
            var bytes = recipe.bytes
            bytes[offset] ^= 0x10
            #expect(verify(bytes) == [.ipChecked, .ipError, .transportChecked])
        }
        // Addresses count in both.
        var bytes = recipe.bytes
        bytes[26] ^= 1
        #expect(verify(bytes) == [.ipChecked, .ipError, .transportChecked, .transportError])
    }

    @Test("UDP without a checksum is not checked over IPv4 and wrong over IPv6")
    func noChecksum() {
        var recipe = FrameRecipe()
        recipe.transport = .udp
        recipe.hasUDPChecksum = false
        #expect(verify(recipe.bytes) == .ipChecked)
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        #expect(verify(recipe.bytes) == [.transportChecked, .udpChecked, .transportError])
    }

    @Test("a UDP checksum of 0xFFFF is right when the sum is zero")
    func allOnes() {
        var recipe = FrameRecipe()
        recipe.transport = .udp
        recipe.payload = [0, 0]
        let field = recipe.transportOffset + 6
        recipe.payload = networkBytes(network16(recipe.bytes, field))
        let bytes = recipe.bytes
        #expect(network16(bytes, field) == 0xFFFF)
        #expect(verify(bytes) == [.ipChecked, .transportChecked, .udpChecked])
    }

    @Test("fragments and source routed packets have no transport checked")
    func notChecked() {
        var recipe = FrameRecipe()
        recipe.fragment = 0x2000
        #expect(verify(recipe.bytes) == .ipChecked)
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        recipe.extensions = [(43, [0, 0, 0, 1, 0, 0, 0, 0])]
        #expect(verify(recipe.bytes) == [])
        recipe.extensions = [(44, [0, 0, 0, 1, 0, 0, 0, 0])]
        #expect(verify(recipe.bytes) == [])
    }

    @Test("a home address option replaces the source address in the pseudo-header")
    func homeAddress() {
        var recipe = FrameRecipe()
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        let home = [UInt8](repeating: 0x5B, count: 16)
        recipe.extensions = [(60, [0, 2, 1, 2, 0, 0, 0xC9, 16] + home)]
        #expect(verify(recipe.bytes) == [.transportChecked, .transportError])
        recipe.homeAddress = home
        #expect(verify(recipe.bytes) == .transportChecked)
    }

    @Test("RXCSUM and RFCTL switch each check")
    func switches() {
        var recipe = FrameRecipe()
        func report(_ rxcsum: UInt32, _ rfctl: UInt32 = 0) -> ChecksumReport {
            verify(recipe.bytes, ChecksumVerification(RXCSUM(raw: rxcsum), RFCTL(raw: rfctl)))
        }
        #expect(report(0) == [])
        #expect(report(0x100) == .ipChecked)
        #expect(report(0x200) == .transportChecked)
        recipe.transport = .sctp
        #expect(report(0x300) == .ipChecked)
        #expect(report(0x800) == .transportChecked)
        recipe.transport = .tcp
        recipe.network = .ipv6
        (recipe.source, recipe.destination) = ([UInt8](repeating: 1, count: 16), [UInt8](repeating: 2, count: 16))
        #expect(report(0x300) == .transportChecked)
        #expect(report(0x300, 1 << 11) == [])
    }

    @Test("a checksum the sender vouches for is not summed")
    func vouched() {
        var generator = SeededGenerator(1)
        let memory = ScatteredMemory()
        var batch = FrameBatch()
        var bytes = FrameRecipe().bytes
        bytes[50] ^= 0xFF
        batch.append(bytes, header: 128, in: memory, &generator)
        let headers = PacketHeaders(bytes)
        let (summary, verification) = (FrameSummary(headers), ChecksumVerification.tcpAndUDP)
        #expect(verification.verify(summary, frame: 0, of: batch) == [.transportChecked, .transportError])
        batch[0].offload.isChecksumValid = true
        #expect(verification.verify(summary, frame: 0, of: batch) == .transportChecked)
    }
}
