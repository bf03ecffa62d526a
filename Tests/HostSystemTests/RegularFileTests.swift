// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage
import Testing

@testable import HostSystem

@Suite("Files of one program at a time")
struct RegularFileTests {
    private let path = "/tmp/kawela-file-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    @Test("a file is made for its owner only, and its size is known")
    func made() throws {
        defer { unlink(path) }
        let first = try RegularFile.open(path, .readWrite)
        #expect(first.byteCount == 0)
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(write(first.file.number, "abc", 3) == 3)
        first.file.close()
        #expect(try RegularFile.open(path, .readWrite).byteCount == 3)
    }

    @Test("a second program is refused, at once or after its timeout")
    func locked() throws {
        defer { unlink(path) }
        let first = try RegularFile.open(path, .writeOnly)
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try RegularFile.open(path, .writeOnly) }
        let time = ContinuousClock().measure {
            #expect(throws: Errno.resourceTemporarilyUnavailable) {
                try RegularFile.open(path, .writeOnly, timeout: .milliseconds(50))
            }
        }
        #expect(time >= .milliseconds(50))
        first.file.close()
        #expect(throws: Never.self) { try RegularFile.open(path, .writeOnly) }
    }

    @Test("what is no regular file is refused", arguments: ["/dev/null", "/tmp"])
    func other(path: String) {
        #expect(throws: Errno.self) { try RegularFile.open(path, .readWrite) }
    }
}
