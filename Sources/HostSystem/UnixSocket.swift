// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// Operations on UNIX sockets; every descriptor is non-blocking and close-on-exec.
package enum UnixSocket {
    package enum Kind: Sendable {
        case stream, datagram

        fileprivate var type: CInt { CInt((self == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue) }
    }

    package static func make(_ kind: Kind, _ closer: Closer? = nil) throws(Errno) -> Descriptor {
        let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        return try Descriptor(result: socket(AF_UNIX, kind.type | flags, 0), closer: closer)
    }

    package static func connect(_ socket: Descriptor, to path: String) throws(Errno) {
        // SAFETY: the string is a valid C string during the call.
        if unsafe kw_unix_connect(socket.number, path) < 0 { throw .last }
    }

    /// A socket bound to `path`; a stream socket also listens. Its file never has more than `mode`, if one is given.
    fileprivate static func bind(
        _ kind: Kind, to path: String, mode: UInt32?, _ closer: Closer?
    ) throws(Errno) -> Descriptor {
        let mode = mode.map { CInt(truncatingIfNeeded: $0) } ?? -1
        // SAFETY: the string is a valid C string during the call.
        let socket = try unsafe Descriptor(result: kw_unix_bind_with_mode(path, kind.type, mode), closer: closer)
        try socket.setNonBlocking()
        return socket
    }

    /// The next client of a listening socket.
    /// - Throws: `Errno.resourceTemporarilyUnavailable` when none waits.
    package static func accept(_ listener: CInt, _ closer: Closer? = nil) throws(Errno) -> Descriptor {
        try Descriptor(result: kw_accept(listener), closer: closer)
    }

    /// Has the kernel keep files away that a peer would send, where it can (Linux 6.16); for a listening socket, also from
    /// those accepted. Elsewhere they, and sockets in which they may wait, are to be left to a closer.
    package static func refuseFiles(_ socket: Descriptor) { _ = kw_refuse_descriptors(socket.number) }
}

/// Who may connect to a UNIX socket: mode and owners of its file.
package struct SocketAccess: Equatable, Sendable {
    /// Permission bits, 0 to 0o777. Connecting takes the right to write.
    package var mode: UInt32
    /// Number of the owner; `nil`: the user of this process.
    package var user: UInt32?
    /// Number of the owning group; `nil`: that of this process, or of the directory.
    package var group: UInt32?

    package init(mode: UInt32 = 0o600, user: UInt32? = nil, group: UInt32? = nil) {
        (self.mode, self.user, self.group) = (mode, user, group)
    }
}

/// The process at the other end of a connected UNIX socket, as it was when it connected.
package struct SocketPeer: Equatable, Sendable, CustomStringConvertible {
    package let process: Int32
    package let user: UInt32

    /// `nil` when the system does not tell.
    package init?(of socket: Descriptor) {
        var (process, user): (CInt, CUnsignedInt) = (0, 0)
        // SAFETY: both results are locals.
        guard unsafe kw_unix_peer(socket.number, &process, &user) == 0 else { return nil }
        (self.process, self.user) = (process, user)
    }

    package var description: String { "pid \(process), uid \(user)" }
}

/// A socket bound to a path, and the file it made there. The file goes with ``close()``, or when the value goes.
package final class BoundSocket {
    package let path: String
    private let socket: Descriptor
    private let file: FileIdentity?

    /// Binds, and for a stream listens. A socket file nobody answers at is replaced.
    /// - Parameter mode: the most that the file's mode may be from the moment it is there; `nil` leaves it to the umask.
    /// - Throws: `Errno.addressInUse` when somebody does, or the file is no socket.
    package init(
        path: String, kind: UnixSocket.Kind, mode: UInt32? = nil, _ closer: Closer? = nil
    ) throws(Errno) {
        self.path = path
        socket = try Self.bind(path, kind, mode, closer)
        file = FileIdentity(path: path)
    }

    deinit { close() }

    package var descriptor: CInt { socket.number }

    package func close() {
        removeFile()
        socket.close()
    }

    /// Gives the file its owners, then exactly the mode: until then it never has more than both the mode it was bound with
    /// and the umask allow.
    package func grant(_ access: SocketAccess) throws(Errno) {
        let mode = CInt(truncatingIfNeeded: access.mode)
        // SAFETY: the string is a valid C string during the call.
        if unsafe kw_unix_set_access(path, mode, access.user ?? .max, access.group ?? .max) < 0 { throw .last }
    }

    /// Has the kernel keep files away that a peer would send.
    package func refuseFiles() { UnixSocket.refuseFiles(socket) }

    /// Removes the file unless somebody put another in its place.
    package func removeFile() {
        guard socket.isOpen, let file, FileIdentity(path: path) == file else { return }
        // SAFETY: the string is a valid C string during the call.
        _ = unsafe unlink(path)
    }

    private static func bind(
        _ path: String, _ kind: UnixSocket.Kind, _ mode: UInt32?, _ closer: Closer?
    ) throws(Errno) -> Descriptor {
        do throws(Errno) {
            return try UnixSocket.bind(kind, to: path, mode: mode, closer)
        } catch .addressInUse {
            try removeStaleFile(path, kind)
            return try UnixSocket.bind(kind, to: path, mode: mode, closer)
        }
    }

    /// A socket file that refuses connections belongs to a program that has ended. One whose queue is full, or that is of
    /// another kind, belongs to one that lives.
    private static func removeStaleFile(_ path: String, _ kind: UnixSocket.Kind) throws(Errno) {
        guard FileIdentity(path: path)?.isSocket != false else { throw .addressInUse }
        do throws(Errno) {
            try UnixSocket.connect(try UnixSocket.make(kind), to: path)
        } catch .connectionRefused {
            // SAFETY: the string is a valid C string during the call.
            _ = unsafe unlink(path)
            return
        } catch .noSuchFileOrDirectory {
            return
        } catch .resourceTemporarilyUnavailable, .protocolWrongTypeForSocket {
            throw .addressInUse
        }
        throw .addressInUse
    }
}

/// Which file a path names.
package struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    package let isSocket: Bool

    /// Does not follow a symbolic link. Nil when there is no such file.
    package init?(path: String) {
        var status = stat()
        // SAFETY: the string is a valid C string during the call, `status` outlives it.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
