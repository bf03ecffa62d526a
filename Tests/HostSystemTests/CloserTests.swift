// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostTestSupport
import SystemPackage
import Testing

@testable import HostSystem

@Suite("Closing in another thread")
struct CloserTests {
    /// The end of a pipe to write to. Whether it was closed is asked of the other end: its number may be another file's by
    /// then.
    private final class OpenFile {
        let number: CInt
        private let other: CInt

        init() throws {
            var ends: [CInt] = [0, 0]
            try #require(pipe(&ends) == 0)
            (other, number) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        deinit { close(other) }

        var isClosed: Bool { (try? readiness(of: other, readable: true))?.contains(.failed) == true }
    }

    @Test("a descriptor that lingers keeps neither its owner waiting nor the next thread that closes")
    func lingering() throws {
        let (slow, closer, other) = (LingeringSocket(), try Closer(), try Closer())
        let copy = fcntl(slow.number, F_DUPFD_CLOEXEC, 0)
        slow.letGo()
        let time = ContinuousClock().measure { closer.close(copy) }
        #expect(time < LingeringSocket.promptly)
        let file = try OpenFile()
        other.close(file.number)
        #expect(becomesTrue { file.isClosed })
    }

    @Test("it is behind while more than the limit wait, and says when it has caught up")
    func behind() throws {
        let (slow, closer) = (LingeringSocket(), try Closer())
        let copy = fcntl(slow.number, F_DUPFD_CLOEXEC, 0)
        slow.letGo()
        closer.close(copy)
        for _ in 0..<Closer.limit { closer.close(try OpenFile().number) }
        #expect(closer.isBehind)
        #expect(try readiness(of: closer.caughtUp, readable: true).isEmpty)
        slow.stopLingering()
        #expect(try readiness(of: closer.caughtUp, readable: true, within: 5_000_000_000) == .readable)
        #expect(!closer.isBehind)
        closer.acknowledge()
        #expect(try readiness(of: closer.caughtUp, readable: true).isEmpty)
    }

    @Test("what comes later, while the thread waits for more and when it has ended, is closed too")
    func again() throws {
        let closer = try Closer()
        for pause in [0, 0, 20_000, 20_000, 1_200_000] as [useconds_t] {
            usleep(pause)
            let file = try OpenFile()
            closer.close(file.number)
            #expect(becomesTrue { file.isClosed }, "after \(pause) us")
        }
    }

    @Test("a descriptor that is known not to linger is closed at once")
    func atOnce() throws {
        let file = try OpenFile()
        do {
            let descriptor = Descriptor(file.number, closer: try Closer())
            descriptor.closeAtOnce()
        }
        #expect(file.isClosed)
    }
}
