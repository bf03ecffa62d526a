// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

@testable import HostSystem

@Suite("Events, timers and polls")
struct EventTests {
    private func isReadable(_ descriptor: CInt, within nanoseconds: Int64 = 0) throws -> Bool {
        try readiness(of: descriptor, readable: true, within: nanoseconds) == .readable
    }

    @Test("an event is readable from a signal until it is taken")
    func event() throws {
        let event = try Event()
        #expect(try !isReadable(event.descriptor) && !event.take())
        event.signal()
        event.signal()
        #expect(try isReadable(event.descriptor) && event.take() && !event.take())
    }

    @Test("a line for a pipe that nobody reads is lost, not waited for")
    func fullPipe() {
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        defer { for end in ends { close(end) } }
        let line = [UInt8](repeating: 0x61, count: 100)
        let start = ContinuousClock.now
        for _ in 0..<1000 { kw_write_if_room(ends[1], line, line.count) }
        #expect(ContinuousClock.now - start < .seconds(5))
        var bytes = [UInt8](repeating: 0, count: 100_000)
        #expect((4096..<100_000).contains(read(ends[0], &bytes, bytes.count)))
        kw_write_if_room(ends[1], line, line.count)
        #expect(read(ends[0], &bytes, bytes.count) == 100)
    }

    @Test("a flag is readable while it is up, however often it is raised")
    func flag() throws {
        var flag = try EventFlag()
        for isUp in [true, true, false, false, true] {
            flag.set(isUp)
            #expect(flag.isUp == isUp)
            #expect(try isReadable(flag.descriptor) == isUp)
        }
    }

    @Test("a timer is readable when its time has passed, once, and not when it was stopped")
    func timer() throws {
        let timer = try HostSystem.Timer()
        timer.start(milliseconds: 5)
        #expect(!timer.take())
        #expect(try isReadable(timer.descriptor, within: 2_000_000_000))
        #expect(timer.take() && !timer.take())
        timer.start(milliseconds: 5)
        timer.start(milliseconds: 0)
        #expect(try !isReadable(timer.descriptor, within: 20_000_000))
    }

    @Test("a set is readable while one of its descriptors is what was waited for")
    func set() throws {
        let (set, event) = (try EventSet(), try Event())
        try set.add(event.descriptor, writable: false)
        #expect(try !isReadable(set.descriptor))
        event.signal()
        #expect(try isReadable(set.descriptor))
    }

    @Test("a poll set says of each descriptor what it is, and of a closed one that it failed")
    func polls() throws {
        let (quiet, ready) = (try Event(), try Event())
        ready.signal()
        // Far above those that tests beside it open, which get the lowest that is free.
        let closed = fcntl(quiet.descriptor, F_DUPFD_CLOEXEC, 900)
        #expect(close(closed) == 0)
        var polls = PollSet()
        for descriptor in [quiet.descriptor, ready.descriptor, -1, closed] { polls.add(descriptor) }
        polls.add(quiet.descriptor, readable: false, writable: true)
        #expect(try polls.wait(nanoseconds: 0))
        #expect((0..<5).map { polls.readiness(at: $0) } == [[], .readable, [], .failed, .writable])
        polls.removeAll()
        polls.add(quiet.descriptor)
        #expect(try !polls.wait(nanoseconds: 1000))
    }
}
