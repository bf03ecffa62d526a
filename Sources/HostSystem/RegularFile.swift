// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A regular file that only one program uses at a time.
package enum RegularFile {
    /// Opens the file, or creates it, readable by its owner only, and locks it.
    /// - Parameter timeout: how long to wait for the lock of a program that is about to exit.
    /// - Throws: `Errno.invalidArgument` when it is no regular file, `resourceTemporarilyUnavailable` when another program
    ///   has it locked.
    package static func open(
        _ path: String, _ mode: FileDescriptor.AccessMode, timeout: Duration = .zero
    ) throws(Errno) -> (file: Descriptor, byteCount: Int) {
        let flags = mode.rawValue | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        // SAFETY: the string is a valid C string during the call.
        let file = try unsafe Descriptor(result: Glibc.open(path, flags, 0o600))
        guard try status(of: file).st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        try lock(file, until: .now + timeout)
        return (file, try status(of: file).st_size)
    }

    /// What is in the file, which others may read too.
    /// - Throws: `Errno.invalidArgument` when it is no regular file, `fileTooLarge` when it has more than `limit` bytes.
    package static func contents(of path: String, limit: Int) throws(Errno) -> [UInt8] {
        // SAFETY: the string is a valid C string during the call.
        let file = try unsafe Descriptor(result: Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY))
        guard try status(of: file).st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            // SAFETY: the buffer has room for the bytes asked for.
            let read = unsafe bytes.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(file.number, bytes.baseAddress?.advanced(by: count), bytes.count - count)
            }
            if read < 0, errno == EINTR { continue }
            if read < 0 { throw .last }
            if read == 0 { return Array(bytes[0..<count]) }
            count += read
        }
        throw .fileTooLarge
    }

    private static func status(of file: Descriptor) throws(Errno) -> stat {
        var status = stat()
        // SAFETY: `status` outlives the call.
        if unsafe fstat(file.number, &status) < 0 { throw .last }
        return status
    }

    private static func lock(_ file: Descriptor, until deadline: ContinuousClock.Instant) throws(Errno) {
        while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
            guard .now < deadline else { throw .last }
            usleep(10_000)
        }
    }
}
