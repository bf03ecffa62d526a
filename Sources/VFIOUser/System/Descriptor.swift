import CKawela
import Glibc

/// An open file of this process, closed when the last reference goes.
final class Descriptor {
    let number: CInt

    /// Takes ownership of `number`.
    init(_ number: CInt) { self.number = number }

    deinit { _ = Glibc.close(number) }

    /// Whether this is an eventfd. A client may pass anything; a write to a file on a network or FUSE file system could
    /// block for ever, one to an eventfd cannot.
    var isEventDescriptor: Bool {
        let expected = "anon_inode:[eventfd]"
        var name = [CChar](repeating: 0, count: 64)
        // SAFETY: readlink writes at most the count it is given.
        let length = unsafe readlink("/proc/self/fd/\(number)", &name, name.count)
        return length == expected.utf8.count && zip(name, expected.utf8).allSatisfy { UInt8(bitPattern: $0) == $1 }
    }

    /// The flag belongs to the open file, which the client shares.
    func setNonBlocking() -> Bool { kw_set_nonblocking(number) == 0 }

    /// Adds 1 to an eventfd. A counter that is full means that the client has not taken the last signal yet; another
    /// would tell it nothing new.
    func signal() {
        var one: UInt64 = 1
        // SAFETY: write reads the 8 bytes of a local.
        _ = unsafe write(number, &one, 8)
    }

    /// Takes an eventfd's count. False when it was 0.
    func drain() -> Bool {
        var value: UInt64 = 0
        // SAFETY: read writes at most the 8 bytes of a local.
        return unsafe read(number, &value, 8) == 8
    }
}
