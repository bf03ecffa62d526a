import CKawela
import Glibc

/// An open file of this process, closed when the last reference goes.
public final class Descriptor {
    public let number: CInt
    private var closer: Closer?

    /// Takes ownership of `number`.
    /// - Parameter closer: closes it, in another thread. To be given for a file that others made or share.
    public init(_ number: CInt, closer: Closer? = nil) { (self.number, self.closer) = (number, closer) }

    deinit {
        if let closer { closer.close(number) } else { _ = Glibc.close(number) }
    }

    /// Has it closed in the thread that lets go of it: closing it is known to take no time.
    public func closeAtOnce() { closer = nil }

    /// Whether this is an eventfd. A client may pass anything; a write to a file on a network or FUSE file system could
    /// block for ever and not be interrupted.
    public var isEventDescriptor: Bool {
        let expected = "anon_inode:[eventfd]"
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: readlink writes at most the count it is given.
        let length = unsafe readlink("/proc/self/fd/\(number)", &name, name.count)
        return length == expected.utf8.count && zip(name, expected.utf8).allSatisfy { UInt8(bitPattern: $0) == $1 }
    }

    /// Whether this is a file in memory (a memfd, a file on tmpfs or hugetlbfs). Only those have seals, and to ask for
    /// them does not reach any file system's server, as fstat and fstatfs would.
    public var isMemory: Bool { kw_seals(number) >= 0 }

    /// Tells the other end of a socket that nothing more comes, either way, however long the close may take.
    public func hangUp() { shutdown(number, CInt(SHUT_RDWR)) }

    /// The flag belongs to the open file: who shares it can clear it again at any time.
    public func setNonBlocking() -> Bool { kw_set_nonblocking(number) == 0 }
}
