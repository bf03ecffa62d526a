// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Intel82576

@Suite("A sequence of faults") struct FaultSequenceTests {
    private func hits(_ faults: Faults, _ kind: FaultKind = .loss, events: Int = 1000) -> [Bool] {
        var sequence = faults.sequence(kind, direction: .fromWire)
        return (0..<events).map { _ in sequence.strikes() }
    }

    private func some(seed: UInt64, _ kind: FaultKind = .loss) -> Faults {
        Faults(seed: seed, [kind: FaultRule(.chance(millionths: 100_000))])
    }

    @Test("is the same for the same seed, and another for another seed, kind or direction")
    func deterministic() {
        let first = hits(some(seed: 7))
        #expect(first == hits(some(seed: 7)))
        #expect(first != hits(some(seed: 8)))
        #expect(first != hits(some(seed: 7, .delay), .delay))
        var other = some(seed: 7).sequence(.loss, direction: .toWire)
        #expect(first != (0..<1000).map { _ in other.strikes() })
    }

    @Test("does not depend on the events of another kind")
    func independent() {
        var faults = some(seed: 7)
        faults.rules[.delay] = FaultRule(.chance(millionths: 500_000))
        var (loss, delay) = (
            faults.sequence(.loss, direction: .fromWire), faults.sequence(.delay, direction: .fromWire)
        )
        let mixed = (0..<1000).map { number in
            if number % 3 == 0 { _ = delay.strikes() }
            return loss.strikes()
        }
        #expect(mixed == hits(some(seed: 7)))
    }

    @Test("has the numbers that SplitMix64 has for the seed 1234567")
    func numbers() {
        var numbers = FaultNumbers(seed: 1_234_567)
        #expect(
            (0..<5).map { _ in numbers.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("strikes about as often as its chance says", arguments: [1000, 100_000, 900_000] as [UInt64])
    func chance(millionths: UInt64) {
        let faults = Faults(seed: 3, [.loss: FaultRule(.chance(millionths: millionths))])
        let share = Double(hits(faults, events: 100_000).count { $0 }) / 100_000
        #expect(abs(share - Double(millionths) / 1_000_000) < 0.005)
    }

    @Test("strikes at each Nth event, and no more than its limit")
    func every() {
        var rule = FaultRule(.every(10))
        #expect(hits(Faults([.loss: rule]), events: 30).indices(of: true).ranges.map(\.lowerBound) == [9, 19, 29])
        rule.limit = 2
        #expect(hits(Faults([.loss: rule]), events: 100).count { $0 } == 2)
    }

    @Test("is not there for another direction or function than its rule's")
    func elsewhere() {
        var rule = FaultRule(.every(1))
        rule.direction = .toWire
        #expect(Faults([.loss: rule]).sequence(.loss, direction: .fromWire) == nil)
        rule.function = .vf(2)
        #expect(Faults([.lostInterrupt: rule]).sequence(.lostInterrupt, function: .pf) == nil)
        #expect(Faults([.lostInterrupt: rule]).sequence(.lostInterrupt, function: .vf(2)) != nil)
    }
}

@Suite("A schedule of faults") struct FaultScheduleTests {
    private func schedule(period: UInt64, duration: UInt64 = 0, limit: UInt64? = nil) throws -> FaultSchedule {
        var rule = FaultRule(.period(period))
        (rule.duration, rule.limit) = (duration, limit)
        return try #require(FaultSchedule(rule, now: 1000))
    }

    @Test("begins after each period, and ends after its duration")
    func beginsAndEnds() throws {
        var schedule = try schedule(period: 100, duration: 30)
        var changes: [String] = []
        for now in UInt64(1000)...1350 {
            if let change = schedule.advance(to: now) { changes.append("\(change) \(now)") }
        }
        #expect(
            changes == ["began 1100", "ended 1130", "began 1200", "ended 1230", "began 1300", "ended 1330"])
        #expect(schedule.count == 3)
    }

    @Test("without a duration has no end to wait for")
    func instants() throws {
        var schedule = try schedule(period: 100, limit: 2)
        #expect(schedule.advance(to: 1100) == .began)
        #expect(!schedule.isActive && schedule.nextChange == 1200)
        #expect(schedule.advance(to: 1200) == .began)
        #expect(schedule.nextChange == nil && schedule.advance(to: 9999) == nil)
    }

    @Test("leaves out what it missed by more than a period, and keeps its beat")
    func late() throws {
        var schedule = try schedule(period: 100)
        #expect(schedule.advance(to: 1450) == .began)
        #expect(schedule.advance(to: 1450) == nil)
        #expect(schedule.nextChange == 1500)
    }
}
