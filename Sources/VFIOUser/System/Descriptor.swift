import CKawela
import Glibc

/// An open file of this process, closed when the last reference goes.
final class Descriptor {
    let number: CInt

    /// Takes ownership of `number`.
    init(_ number: CInt) { self.number = number }

    deinit { _ = Glibc.close(number) }

    /// Whether this is an eventfd. A client may pass anything; a write to a file on a network or FUSE file system could
    /// block for ever and not be interrupted.
    var isEventDescriptor: Bool {
        let expected = "anon_inode:[eventfd]"
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: readlink writes at most the count it is given.
        let length = unsafe readlink("/proc/self/fd/\(number)", &name, name.count)
        return length == expected.utf8.count && zip(name, expected.utf8).allSatisfy { UInt8(bitPattern: $0) == $1 }
    }

    /// The flag belongs to the open file: who shares it can clear it again at any time.
    func setNonBlocking() -> Bool { kw_set_nonblocking(number) == 0 }
}
