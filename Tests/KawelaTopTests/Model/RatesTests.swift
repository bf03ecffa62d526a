// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KawelaTop

@Suite struct RatesTests {
    @Test(arguments: [(0, 100, 100), (100, 100, 0), (100, 350, 250), (100, 30, 30)] as [(UInt64, UInt64, Double)])
    func aCounterThatFellStartedAnew(_ old: UInt64, _ new: UInt64, _ rate: Double) {
        #expect(perSecond(from: old, to: new, seconds: 1) == rate)
        #expect(perSecond(from: old, to: new, seconds: 4) == rate / 4)
        #expect(perSecond(from: old, to: new, seconds: 0) == 0)
    }

    @Test func areOfWhatBothSnapshotsHave() {
        var (old, new) = (Answers.snapshot(after: 1).ports[0], Answers.snapshot(after: 3).ports[0])
        old.functions.removeFirst()
        old.reasons["receive_no_descriptors"] = nil
        old.matrix = nil
        new.queues.removeLast(14)
        let rates = PortRates(from: old, to: new, seconds: 2)
        #expect(rates.functions["pf"] == nil && rates.functions["vf0"]?[.transmitFrames] == 500)
        #expect(rates.functions["vf0"]?[.transmitBits] == 6_000_000)
        #expect(rates.queues.keys.sorted() == [0, 1] && rates.queues[1]?[.receiveFrames] == 4000)
        #expect(rates.reasons["receive_no_descriptors"] == nil && rates.reasons["transmit_malformed"] == 1)
        #expect(rates.lost == 1)
        #expect(rates.matrix?[0][1] == 0, "nobody counted before")
    }

    @Test func aPortsAreThoseOfItsFunctionsTogether() {
        let ports = [0, 1].map { Answers.snapshot(after: $0).ports[0] }
        let rates = PortRates(from: ports[0], to: ports[1], seconds: 1)
        #expect(rates.total[.transmitFrames] == 12_500 && rates.total[.interrupts] == 28_540)
        #expect(rates.lost == 251 && rates.matrix?[0][1] == 81_274)
    }
}
