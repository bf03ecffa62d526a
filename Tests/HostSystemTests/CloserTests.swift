import Glibc
import HostTestSupport
import SystemPackage
import Testing

@testable import HostSystem

@Suite("Closing in another thread")
struct CloserTests {
    private func openFile() -> CInt { open("/dev/null", O_RDONLY | O_CLOEXEC) }
    private func isOpen(_ number: CInt) -> Bool { fcntl(number, F_GETFD) >= 0 }

    @Test("a descriptor that lingers keeps neither its owner waiting nor the next thread that closes")
    func lingering() throws {
        let (slow, closer, other) = (LingeringSocket(), try Closer(), try Closer())
        let copy = fcntl(slow.number, F_DUPFD_CLOEXEC, 0)
        slow.letGo()
        let time = ContinuousClock().measure { closer.close(copy) }
        #expect(time < LingeringSocket.promptly)
        let file = openFile()
        other.close(file)
        #expect(becomesTrue { !isOpen(file) })
    }

    @Test("it is behind while more than the limit wait, and says when it has caught up")
    func behind() throws {
        let (slow, closer) = (LingeringSocket(), try Closer())
        let copy = fcntl(slow.number, F_DUPFD_CLOEXEC, 0)
        slow.letGo()
        closer.close(copy)
        for _ in 0..<Closer.limit { closer.close(openFile()) }
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
            let file = openFile()
            closer.close(file)
            #expect(becomesTrue { !isOpen(file) }, "after \(pause) us")
        }
    }

    @Test("a descriptor that is known not to linger is closed at once")
    func atOnce() throws {
        let file = openFile()
        do {
            let descriptor = Descriptor(file, closer: try Closer())
            descriptor.closeAtOnce()
        }
        #expect(!isOpen(file))
    }
}
