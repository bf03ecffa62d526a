// SPDX-License-Identifier: Apache-2.0

import CKawela
import Foundation

/// A UNIX stream socket to which QEMU or `kawela` connects.
public final class SocketListener: Sendable {
    public let path: String
    private let descriptor: CInt

    public init(path: String) throws {
        self.path = path
        descriptor = kw_unix_bind(path, CInt(SOCK_STREAM.rawValue))
        guard descriptor >= 0 else { throw GuestError("cannot listen at \(path): \(String(cString: strerror(errno)))") }
        // The folder keeps others out; programs of a test may run as another user.
        chmod(path, 0o666)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    public func accept(seconds: Double) throws -> SocketStream {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Deadline(seconds: seconds).milliseconds) == 1 else {
            throw GuestError("nobody connected to \(path) within \(seconds) s")
        }
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw GuestError("cannot accept at \(path)") }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return SocketStream(descriptor: accepted, name: path)
    }
}
