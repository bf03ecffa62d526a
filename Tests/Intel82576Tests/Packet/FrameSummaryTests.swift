// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// Frames are recognised by a few comparisons where these do, and parsed where they do not.
@Suite("Frame summaries")
struct FrameSummaryTests {
    /// A random frame, sometimes with a bit of its headers flipped.
    private func frame(_ generator: inout SeededGenerator) -> [UInt8] {
        let recipe = FrameRecipe.random(&generator)
        var bytes = recipe.bytes
        if generator.chance(40) {
            let last = min(bytes.count - 1, generator.chance(70) ? 60 : bytes.count - 1)
            bytes[generator.number(12...last)] ^= 1 << UInt8(generator.number(0...7))
        }
        return bytes
    }

    private func types(_ generator: inout SeededGenerator) -> TagTypes {
        let inner: UInt32 = generator.chance(80) ? 0x8100 : generator.chance(50) ? 0x0800 : 0x86DD
        let control = CTRL_EXT(raw: generator.chance(20) ? 1 << 26 : 0)
        return TagTypes(VET(raw: 0x88A8_0000 | inner), control)
    }

    @Test("what is recognised is what the parser says", arguments: 0..<300 as Range<UInt64>)
    func recognition(seed: UInt64) {
        var generator = SeededGenerator(seed)
        for _ in 0..<20 {
            let (bytes, types) = (frame(&generator), types(&generator))
            let count = min(bytes.count, generator.chance(80) ? 128 : generator.number(14...128))
            let header = Array(bytes.prefix(count))
            let headers = PacketHeaders(header.span.bytes, frameLength: bytes.count, tagTypes: types)
            let parsed = FrameSummary(headers)
            if let recognized = FrameSummary(
                recognizing: header.span.bytes, frameLength: bytes.count, tagTypes: types)
            {
                #expect(recognized == parsed, "\(bytes)")
            }
            let summary = FrameSummary(header.span.bytes, frameLength: bytes.count, tagTypes: types)
            #expect(summary == parsed)
        }
    }

    @Test(
        "IPv4 and IPv6 with TCP or UDP, tagged or not, and frames without IP are recognised",
        arguments: [FrameRecipe.Network.ipv4, .ipv6], [[], [0x8100]] as [[UInt16]])
    func common(network: FrameRecipe.Network, tags: [UInt16]) {
        var recipe = FrameRecipe()
        recipe.network = network
        if network == .ipv6 {
            recipe.source = [UInt8](repeating: 1, count: 16)
            recipe.destination = [UInt8](repeating: 2, count: 16)
        }
        recipe.tags = tags.map { ($0, 0x2005) }
        for transport in [FrameRecipe.Transport.tcp, .udp] {
            recipe.transport = transport
            let bytes = recipe.bytes
            #expect(FrameSummary(recognizing: bytes.span.bytes, frameLength: bytes.count, tagTypes: TagTypes()) != nil)
        }
        let arp = Array(recipe.bytes.prefix(12)) + [0x08, 0x06] + [UInt8](repeating: 0, count: 46)
        #expect(FrameSummary(recognizing: arp.span.bytes, frameLength: arp.count, tagTypes: TagTypes()) != nil)
    }
}
