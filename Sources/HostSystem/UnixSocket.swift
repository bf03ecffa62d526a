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

    /// A socket bound to `path`; a stream socket also listens.
    fileprivate static func bind(_ kind: Kind, to path: String, _ closer: Closer?) throws(Errno) -> Descriptor {
        // SAFETY: the string is a valid C string during the call.
        let socket = try unsafe Descriptor(result: kw_unix_bind(path, kind.type), closer: closer)
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

/// A socket bound to a path, and the file it made there. The file goes with ``close()``, or when the value goes.
package final class BoundSocket {
    package let path: String
    private let socket: Descriptor
    private let file: FileIdentity?

    /// Binds, and for a stream listens. A socket file nobody answers at is replaced.
    /// - Throws: `Errno.addressInUse` when somebody does, or the file is no socket.
    package init(path: String, kind: UnixSocket.Kind, _ closer: Closer? = nil) throws(Errno) {
        self.path = path
        socket = try Self.bind(path, kind, closer)
        file = FileIdentity(path: path)
    }

    deinit { close() }

    package var descriptor: CInt { socket.number }

    package func close() {
        removeFile()
        socket.close()
    }

    /// Has the kernel keep files away that a peer would send.
    package func refuseFiles() { UnixSocket.refuseFiles(socket) }

    /// Removes the file unless somebody put another in its place.
    package func removeFile() {
        guard socket.isOpen, let file, FileIdentity(path: path) == file else { return }
        // SAFETY: the string is a valid C string during the call.
        _ = unsafe unlink(path)
    }

    private static func bind(_ path: String, _ kind: UnixSocket.Kind, _ closer: Closer?) throws(Errno) -> Descriptor {
        do throws(Errno) {
            return try UnixSocket.bind(kind, to: path, closer)
        } catch .addressInUse {
            try removeStaleFile(path, kind)
            return try UnixSocket.bind(kind, to: path, closer)
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
