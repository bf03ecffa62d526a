// SPDX-License-Identifier: Apache-2.0

import Intel82576
import KawelaTestSupport
import Testing

@testable import KawelaDaemon

@Suite("The captures of a port") struct CaptureHubTests {
    private let bench = VFBench()
    private var port: Port { bench.driver.port }
    private var hub: CaptureHub { bench.hub }

    private func tap(_ filter: CaptureFilter) throws -> CaptureTap {
        try CaptureTap(CaptureTap.Settings(filter: filter, virtualFunctions: 3))
    }

    private func comments(_ tap: CaptureTap) throws -> [String] {
        hub.publish()
        return try blocks(of: tap.take()).filter { $0.type == 6 }.compactMap(\.comment)
    }

    @Test("watch frames from the first to the last of them, and not otherwise")
    func installed() throws {
        let taps = try [tap(.everything), tap(.wire)]
        #expect(port.frameObserver == nil)
        for tap in taps { #expect(hub.add(tap) && port.frameObserver === hub) }
        hub.remove(taps[0])
        #expect(port.frameObserver === hub && taps[0].hasEnded && !taps[1].hasEnded)
        hub.remove(taps[1])
        #expect(port.frameObserver == nil)
    }

    @Test("have no frame looked at that none of them wants")
    func interest() throws {
        let taps = try [tap(.function(2)), tap(.queue(1, of: 1)), tap(.wire)]
        let expected = [
            FrameInterest(functions: 4), FrameInterest(functions: 6), FrameInterest(hasWire: true, functions: 6),
        ]
        for (tap, interest) in zip(taps, expected) { #expect(hub.add(tap) && hub.interest == interest) }
        hub.remove(taps[0])
        #expect(hub.interest == FrameInterest(hasWire: true, functions: 2))
        #expect(hub.removeAll() == 2 && hub.interest == FrameInterest())
    }

    @Test("are so many at most")
    func bounded() throws {
        for _ in 0..<CaptureHub.mostTaps { #expect(hub.add(try tap(.wire))) }
        #expect(!hub.add(try tap(.wire)))
    }

    @Test("have each what its filter wants")
    func several() throws {
        let (everything, wire, vf1) = try (tap(.everything), tap(.wire), tap(.function(2)))
        for tap in [everything, wire, vf1] { #expect(hub.add(tap)) }
        bench.send(from: 0, to: 1)
        bench.send(from: 0, to: 9)
        bench.send(from: 2, to: 1, as: 0)
        let spoofed = "dropped: source address or VLAN is not the pool's (switch_spoofed), vf2 queue 0, pool 2"
        let received = "received by vf1 queue 0, pool 1, from pool 0; queue by its pool"
        let left = "left, sent by vf0 queue 0, pool 0"
        #expect(
            try comments(everything) == [
                "sent by vf0 queue 0, pool 0", received, "sent by vf0 queue 0, pool 0", left, spoofed,
            ])
        #expect(try comments(wire) == [left, spoofed])
        #expect(try comments(vf1) == [received])
    }

    @Test("have a packet that cannot be sent, of which there are no bytes")
    func lost() throws {
        let pf = try tap(.queue(5, of: 0))
        #expect(hub.add(pf))
        var ring = bench.driver.makeTransmitRing(5)
        bench.driver[raw: VFTE.self] = 0xFF
        bench.driver.post(1 << 40, 3 << 20 | 1 << 29 | 1 << 24 | 1 << 25 | 1 << 27 | 64 | 64 << 46, to: &ring)
        bench.driver.ring(ring)
        hub.publish()
        let block = try #require(try blocks(of: pf.take()).last)
        #expect(block.word(12) == 0 && block.comment?.contains("(transmit_unreadable), pf queue 5, pool 5") == true)
    }
}
