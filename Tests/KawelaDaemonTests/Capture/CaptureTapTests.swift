// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576
import Synchronization
import Testing

@testable import KawelaDaemon

@Suite("A live capture") struct CaptureTapTests {
    private final class Clock: Sendable {
        private let now = Mutex<UInt64>(1_000_000_000)
        func advance(_ nanoseconds: UInt64) { now.withLock { $0 += nanoseconds } }
        var time: UInt64 { now.withLock { $0 } }
    }

    private let clock = Clock()

    private func stream(_ change: (inout CaptureTap.Settings) -> Void = { _ in }) throws -> CaptureStream {
        var settings = CaptureTap.Settings()
        change(&settings)
        return CaptureStream(try CaptureTap(settings, clock: { [clock] in clock.time }))
    }

    private func isReadable(_ tap: CaptureTap) -> Bool {
        var poll = pollfd(fd: tap.descriptor, events: Int16(POLLIN), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1
    }

    private func capture(
        _ count: Int, _ stream: inout CaptureStream, _ place: FrameSighting.Place = .arrived, length: Int = 100
    ) {
        let batch = PcapngTests.batch(length)
        for _ in 0..<count { stream.add(FrameSighting(place), batch, 0) }
        stream.publish()
    }

    @Test("begins with its interfaces, and wakes its reader once for what it did not take")
    func wakes() throws {
        var stream = try stream { $0.virtualFunctions = 1 }
        let tap = stream.tap
        #expect(isReadable(tap))
        #expect(try blocks(of: tap.take()).map(\.type) == [0x0A0D_0D0A, 1, 1, 1])
        #expect(!isReadable(tap))
        capture(3, &stream)
        #expect(isReadable(tap))
        #expect(try blocks(of: tap.take()).map(\.type) == [6, 6, 6])
        #expect(!isReadable(tap) && tap.take().isEmpty)
    }

    @Test("keeps as much of each frame as it was asked to")
    func snapLength() throws {
        var stream = try stream { $0.snapLength = 40 }
        let tap = stream.tap
        capture(1, &stream)
        let block = try #require(try blocks(of: tap.take()).last)
        #expect(block.word(12) == 40 && block.word(16) == 100)
    }

    @Test("counts what a reader that does not take misses, is bounded, and goes on when it takes again")
    func slowReader() throws {
        var stream = try stream { $0.limit = 10_000 }
        let tap = stream.tap
        capture(1000, &stream, length: 1000)
        let first = tap.take()
        #expect(first.count > 10_000 && first.count < 12_000)
        let kept = try blocks(of: first).count { $0.type == 6 }
        capture(1, &stream)
        let next = try #require(try blocks(of: tap.take()).first)
        #expect(next.option(4, from: next.packetOptions).map { Array($0.prefix(2)) } == octets(1000 - kept))
        capture(1, &stream)
        let last = try #require(try blocks(of: tap.take()).first)
        #expect(last.option(4, from: last.packetOptions) == nil)
        stream.end()
        let statistics = try blocks(of: tap.take())[0]
        #expect(statistics.statistic(4) == 1002 && statistics.statistic(7) == 1000 - kept)
    }

    private func octets(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }

    @Test("has statistics of the interfaces with frames once a second, and of all at its end")
    func statistics() throws {
        var stream = try stream()
        let tap = stream.tap
        _ = tap.take()
        capture(1, &stream)
        capture(1, &stream, .dropped(.filtered))
        clock.advance(1_000_000_000)
        capture(1, &stream)
        let found = try blocks(of: tap.take())
        #expect(found.map(\.type) == [6, 6, 5, 6])
        #expect(found[2].statistic(4) == 3 && found[2].statistic(5) == 1 && found[2].statistic(7) == 0)
        stream.end()
        #expect(try blocks(of: tap.take()).map(\.type) == [5, 5])
    }

    @Test("shows its reader nothing before it is published, and everything then, however much")
    func publishes() throws {
        var stream = try stream()
        _ = stream.tap.take()
        let batch = PcapngTests.batch(1000)
        for _ in 0..<3 { stream.add(FrameSighting(.arrived), batch, 0) }
        #expect(!isReadable(stream.tap) && stream.tap.take().isEmpty)
        for _ in 0..<1000 { stream.add(FrameSighting(.arrived), batch, 0) }
        #expect(isReadable(stream.tap))
        stream.publish()
        #expect(try blocks(of: stream.tap.take()).count == 1003)
    }

    @Test("has the comment of each frame, in whatever order they come")
    func comments() throws {
        var stream = try stream { $0.virtualFunctions = 7 }
        _ = stream.tap.take()
        let batch = PcapngTests.batch(61)
        let sightings = (0..<400).map { number in
            var offloads = TransmitOffloads()
            (offloads.packetLength, offloads.segment) = (64_000, number * 7 % 45)
            return FrameSighting(.sent, queue: number % 16, pool: number % 8, function: number % 8, transmit: offloads)
        }
        for sighting in sightings { stream.add(sighting, batch, 0) }
        stream.publish()
        let found = try blocks(of: stream.tap.take())
        #expect(found.map(\.comment) == sightings.map { $0.comment(left: FrameBatch.Offload()) })
    }

    @Test("takes nothing more once it has ended")
    func ended() throws {
        var stream = try stream()
        let tap = stream.tap
        #expect(!tap.hasEnded)
        stream.end()
        #expect(tap.hasEnded && isReadable(tap))
        _ = tap.take()
        capture(1, &stream)
        stream.add(lost: FrameSighting(.dropped(.malformed), queue: 0, function: 0))
        stream.end()
        #expect(tap.take().isEmpty)
    }

    @Test("leaves out a frame of a function that it has no interface for")
    func unknownFunction() throws {
        var stream = try stream()
        let tap = stream.tap
        _ = tap.take()
        stream.add(FrameSighting(.received, queue: 3, pool: 3, function: 4), PcapngTests.batch(60), 0)
        stream.publish()
        #expect(tap.take().isEmpty)
    }
}

extension CaptureTap {
    /// What was published since the last call.
    func take() -> [UInt8] {
        var bytes: [UInt8] = []
        take(into: &bytes)
        return bytes
    }
}
