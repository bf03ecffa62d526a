// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// An open file of this process, closed when the last reference goes or with ``close()``.
package final class Descriptor {
    /// -1 when it is closed, and for one that never was open.
    package private(set) var number: CInt
    private var closer: Closer?

    /// Takes ownership of `number`.
    /// - Parameter closer: closes it, in another thread. To be given for a file that others made or share.
    package init(_ number: CInt, closer: Closer? = nil) { (self.number, self.closer) = (number, closer) }

    /// Takes ownership of what a system call returned.
    /// - Throws: the call's error.
    package convenience init(result: CInt, closer: Closer? = nil) throws(Errno) {
        guard result >= 0 else { throw .last }
        self.init(result, closer: closer)
    }

    deinit { close() }

    package var isOpen: Bool { number >= 0 }

    package func close() {
        guard number >= 0 else { return }
        if let closer { closer.close(number) } else { _ = Glibc.close(number) }
        number = -1
    }

    /// Has it closed in the thread that lets go of it: closing it is known to take no time.
    package func closeAtOnce() { closer = nil }

    /// The flag belongs to the open file: who shares it can clear it again at any time.
    package func setNonBlocking() throws(Errno) {
        if kw_set_nonblocking(number) < 0 { throw .last }
    }

    /// Tells the other end of a socket that nothing more comes, either way, however long the close may take.
    package func hangUp() { shutdown(number, CInt(SHUT_RDWR)) }

    /// Whether this is an eventfd. A client may pass anything; a write to a file on a network or FUSE file system could
    /// block for ever and not be interrupted.
    package var isEventDescriptor: Bool {
        let expected = "anon_inode:[eventfd]"
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: readlink writes at most the count it is given.
        let length = unsafe readlink("/proc/self/fd/\(number)", &name, name.count)
        return length == expected.utf8.count && zip(name, expected.utf8).allSatisfy { UInt8(bitPattern: $0) == $1 }
    }

    /// Whether both are the same open file. False where the kernel does not tell (kcmp).
    package func isSameFile(as other: Descriptor) -> Bool { kw_same_file(number, other.number) }

    /// Whether this is a file in memory (a memfd, a file on tmpfs or hugetlbfs). Only those have seals, and to ask for
    /// them does not reach any file system's server, as fstat and fstatfs would.
    package var isMemory: Bool { kw_seals(number) >= 0 }
}

extension Errno {
    /// The error of the system call that failed last in this thread.
    package static var last: Errno { Errno(rawValue: errno) }
}
