// SPDX-License-Identifier: Apache-2.0

import Intel82576
import Testing

@testable import Backends

/// A loopback plug behind faults, and a clock that the test moves.
private final class FaultyLoop {
    final class Clock { var now: UInt64 = 1_000_000_000 }

    let clock = Clock()
    let backend: FaultBackend
    let harness: Harness

    init(_ rules: [FaultKind: FaultRule] = [:], seed: UInt64 = 1) throws {
        backend = FaultBackend(around: try LoopbackBackend()) { [clock] in clock.now }
        harness = Harness(backend)
        backend.apply(Faults(seed: seed, rules))
    }

    /// Sends `frames` one after the other, and returns what came back.
    func echo(_ frames: [[UInt8]]) -> [[UInt8]] {
        for frame in frames {
            harness.send([frame])
            harness.step()
        }
        return harness.takeReceived()
    }

    /// What comes once `milliseconds` have passed.
    func frames(after milliseconds: UInt64) -> [[UInt8]] {
        clock.now += milliseconds * 1_000_000
        backend.run()
        harness.step()
        if backend.hasFrames { harness.receive() }
        return harness.takeReceived()
    }
}

private func every(
    _ number: UInt64, _ direction: FaultRule.Direction? = nil, delay milliseconds: UInt64 = 0
) -> FaultRule {
    var rule = FaultRule(.every(number))
    (rule.direction, rule.delay) = (direction, milliseconds * 1_000_000)
    return rule
}

extension BackendTests {
    @Suite("Faults of the wire") struct FaultsOfTheWire {
        private let frames = (0..<6).map { testFrame($0, count: 60 + $0 * 300) }

        @Test("without any rule frames pass as they are")
        func none() throws {
            let loop = try FaultyLoop()
            #expect(loop.echo(frames) == frames)
            #expect(loop.backend.nextDeadline == nil && loop.backend.isLinkUp)
        }

        @Test("frames are lost in the direction that the rule names", arguments: FaultRule.Direction.allCases)
        func loss(direction: FaultRule.Direction) throws {
            let loop = try FaultyLoop([.loss: every(3, direction)])
            #expect(loop.echo(frames) == [0, 1, 3, 4].map { frames[$0] })
            #expect(loop.backend.count(.loss) == 2)
            #expect(loop.harness.counter("received_frames") == (direction == .toWire ? 4 : 6))
        }

        @Test("the same seed loses the same frames, and another one others")
        func seeds() throws {
            let many = (0..<500).map { testFrame($0) }
            let rules = [FaultKind.loss: FaultRule(.chance(millionths: 200_000))]
            let first = try FaultyLoop(rules, seed: 7).echo(many)
            #expect(first.count < 450)
            #expect(try FaultyLoop(rules, seed: 7).echo(many) == first)
            #expect(try FaultyLoop(rules, seed: 8).echo(many) != first)
        }

        @Test("frames come twice")
        func duplicate() throws {
            let loop = try FaultyLoop([.duplicate: every(3, .fromWire)])
            #expect(loop.echo(frames) == [0, 1, 2, 2, 3, 4, 5, 5].map { frames[$0] })
        }

        @Test("a frame changes places with the one behind it, and goes alone when none comes")
        func reorder() throws {
            let loop = try FaultyLoop([.reorder: every(3, .toWire)])
            #expect(loop.echo(frames) == [0, 1, 3, 2, 4].map { frames[$0] })
            #expect(loop.frames(after: 5).isEmpty)
            #expect(loop.frames(after: 6) == [frames[5]])
            #expect(loop.backend.nextDeadline == nil)
        }

        @Test("frames come late by the time the rule says", arguments: FaultRule.Direction.allCases)
        func delay(direction: FaultRule.Direction) throws {
            let loop = try FaultyLoop([.delay: every(3, direction, delay: 20)])
            #expect(loop.echo(frames) == [0, 1, 3, 4].map { frames[$0] })
            #expect(loop.backend.nextDeadline == loop.clock.now + 20_000_000)
            #expect(loop.frames(after: 19).isEmpty)
            #expect(loop.frames(after: 1) == [2, 5].map { frames[$0] })
        }

        @Test("more frames than fit are dropped and counted, while others pass")
        func bounded() throws {
            let loop = try FaultyLoop([.delay: every(1, .toWire, delay: 1000)])
            let count = QueuedFrames.limit + 100
            for tag in 0..<count { loop.harness.send([testFrame(tag)]) }
            #expect(loop.harness.counter("faults_dropped_store_full") == 100)
            loop.backend.apply(Faults())
            #expect(loop.echo([frames[0]]) == [frames[0]])
        }

        @Test("one bit behind the Ethernet header is wrong")
        func corrupt() throws {
            let loop = try FaultyLoop([.corrupt: every(2, .fromWire)])
            let received = loop.echo(frames)
            #expect(received.count == frames.count)
            for (index, frame) in received.enumerated() {
                let changes = zip(frame, frames[index]).map { ($0 ^ $1).nonzeroBitCount }
                #expect(changes.reduce(0, +) == index % 2 && changes.prefix(14).reduce(0, +) == 0)
            }
        }

        @Test("a checksum that its sender left open is completed before a bit goes wrong, so that it shows")
        func corruptChecksum() throws {
            let loop = try FaultyLoop([.corrupt: every(1, .toWire)])
            var frame = segmentable(100)
            frame.offload.segmentation = .none
            loop.harness.send([frame])
            loop.harness.step()
            let received = try #require(loop.harness.received.first)
            #expect(!received.offload.needsChecksum && !received.offload.isChecksumValid)
            #expect(received.bytes[50...51] != frame.bytes[50...51])
        }

        @Test("frames that were damaged from the wire are marked, and those to it do not arrive")
        func damaged() throws {
            let loop = try FaultyLoop([.crcError: every(2, .fromWire)])
            loop.harness.send(frames)
            loop.harness.step()
            #expect(loop.harness.received.map(\.offload.isDamaged) == [false, true, false, true, false, true])
            #expect(loop.harness.takeReceived()[1] != frames[1])
            loop.backend.apply(Faults([.crcError: every(2, .toWire)]))
            #expect(loop.echo(frames) == [0, 2, 4].map { frames[$0] })
        }

        @Test("the carrier goes and comes back by the clock")
        func carrier() throws {
            var rule = FaultRule(.period(100_000_000))
            rule.duration = 30_000_000
            let loop = try FaultyLoop([.linkDown: rule])
            var states: [Bool] = []
            for _ in 0..<7 {
                _ = loop.frames(after: 20)
                states.append(loop.backend.isLinkUp)
            }
            #expect(states == [true, true, true, true, false, false, true])
            #expect(loop.backend.count(.linkDown) == 1)
        }
    }
}
