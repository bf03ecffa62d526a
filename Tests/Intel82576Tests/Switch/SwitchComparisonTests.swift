// SPDX-License-Identifier: Apache-2.0

import KawelaTestSupport
import Testing

@testable import Intel82576

/// The device against the specification in ``SwitchModel``, on random configurations and traffic.
@Suite("The switch and its specification")
struct SwitchComparisonTests {
    @Test("agree on who gets a frame, in which queue, with which bytes, and on the counters", arguments: 0..<120)
    func random(seed: Int) {
        var random = RandomSwitch(seed: UInt64(seed))
        let bench = SwitchBench(random.model())
        // RXCSUM.PCSD: plain packets go the short way.
        if seed % 2 == 0 { bench.driver[raw: RXCSUM.self] |= 1 << 13 }
        var counters = SwitchCounters()
        var tooLong = 0
        for _ in 0..<40 {
            let pool = random.generator.number(0...11)
            let origin: SwitchModel.Origin = pool < 8 ? .pool(pool) : .wire
            let second = random.generator.chance(25)
            let burst = random.burst(from: origin, in: bench.model)
            let outcome = bench.send(burst, from: origin, secondQueue: second)
            let expected = bench.expected(burst, from: origin)
            #expect(outcome == expected, "\(difference(outcome, expected, burst, origin, bench.model))")
            for item in burst {
                let fate = bench.model.fate(of: item.frame, from: origin, inserting: item.tag)
                counters.count(fate, from: origin, queue: pool + (second ? 8 : 0))
                if fate.isTooLong { tooLong += 1 }
            }
        }
        compare(bench.counters, counters)
        #expect(Int(bench.driver[raw: ROC.self]) == tooLong, "ROC")
    }

    private func compare(_ counters: SwitchCounters, _ expected: SwitchCounters) {
        for pool in 0..<SwitchModel.poolCount {
            #expect(counters.pools[pool] == expected.pools[pool], "counters of pool \(pool)")
        }
        #expect(counters.sent == expected.sent)
        #expect(counters.violations == expected.violations)
        #expect(counters.violatingQueues == expected.violatingQueues)
    }

    /// The difference without the bytes.
    private func difference(
        _ outcome: SwitchBench.Outcome, _ expected: SwitchBench.Outcome, _ burst: [SwitchBench.Transmission],
        _ origin: SwitchModel.Origin, _ model: SwitchModel
    ) -> String {
        func text(_ outcome: SwitchBench.Outcome) -> String {
            let queues = outcome.deliveries.sorted { $0.key < $1.key }.map { queue, list in
                "\(queue): " + list.map { "\($0.bytes.count)/\($0.tag ?? 0)/\($0.isLoopback)" }.joined(separator: " ")
            }
            return "[\(queues.joined(separator: ", ")); wire \(outcome.sent.map(\.count))]"
        }
        let frames = burst.map {
            "\($0.frame.source)>\($0.frame.destination) \($0.frame.tags) +\($0.tag ?? 0) \($0.frame.length)"
        }
        return "\(origin) \(frames) port \(text(outcome)) model \(text(expected))"
    }
}
