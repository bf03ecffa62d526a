// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import SystemPackage

/// A file that only grows, by whole records.
final class GrowingFile {
    private let file: Descriptor
    /// Bytes of the file, which ends with a whole record.
    private var length = 0

    /// Creates the file, readable by its owner only, or empties it.
    /// - Throws: `Errno.invalidArgument` when it is no regular file, `resourceTemporarilyUnavailable` when another program
    ///   writes it.
    init(path: String) throws(Errno) {
        file = try RegularFile.open(path, .writeOnly).file
        guard ftruncate(file.number, 0) == 0 else { throw .last }
    }

    var isOpen: Bool { file.isOpen }

    func close() { file.close() }

    /// Appends records, and waits until the system has them. On an error the file is cut back to what it had before, and
    /// closed.
    func append(_ records: [UInt8]) throws(Errno) {
        guard file.isOpen else { return }
        var written = 0
        while written < records.count {
            // SAFETY: the pointer is valid for the bytes from `written` on during the call.
            let count = unsafe records.withUnsafeBytes { bytes in
                unsafe Glibc.write(file.number, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            let error = Errno.last
            if count < 0, error == .interrupted { continue }
            guard count > 0 else {
                _ = ftruncate(file.number, length)
                file.close()
                throw count < 0 ? error : .ioError
            }
            written += count
        }
        length += written
    }
}
