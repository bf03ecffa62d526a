import CKawela
import Glibc
import HostSystem
import SystemPackage

/// Operations on UNIX sockets; every descriptor is non-blocking and close-on-exec, and takes no files where the kernel can
/// keep them away. Elsewhere a peer can send some: they, and sockets in which they may wait, are left to a closer.
enum UnixSocket {
    enum Kind {
        case stream, datagram

        fileprivate var type: CInt { CInt((self == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue) }
    }

    static func make(_ kind: Kind, _ closer: Closer? = nil) throws(Errno) -> Descriptor {
        let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let made = Descriptor(socket(AF_UNIX, kind.type | flags, 0), closer: closer)
        if !made.isOpen { throw Errno(rawValue: errno) }
        _ = kw_refuse_descriptors(made.raw)
        return made
    }

    static func connect(_ descriptor: CInt, to path: String) throws(Errno) {
        // SAFETY: the string is lent as a C string for the call.
        if unsafe kw_unix_connect(descriptor, path) < 0 { throw Errno(rawValue: errno) }
    }

    /// The next client of a listening socket, if one waits.
    static func accept(_ listener: CInt, _ closer: Closer) -> Descriptor {
        Descriptor(kw_accept(listener), closer: closer)
    }

    /// Tells the peer that nothing more comes, either way. The descriptor stays open.
    static func end(_ descriptor: CInt) { shutdown(descriptor, CInt(SHUT_RDWR)) }
}

/// A socket bound to a path, and the file it made there. The file goes when the value dies.
struct BoundSocket: ~Copyable {
    private var socket: Descriptor
    private let path: String
    private let file: FileIdentity?

    /// Binds (and for a stream listens). A socket file nobody answers at is replaced.
    /// - Throws: `Errno.addressInUse` when somebody does, or the file is no socket.
    init(path: String, kind: UnixSocket.Kind, _ closer: Closer) throws(Errno) {
        var bound = Self.bind(path, kind, closer)
        if !bound.isOpen, errno == EADDRINUSE {
            try Self.removeStaleFile(path, kind)
            bound = Self.bind(path, kind, closer)
        }
        guard bound.isOpen, kw_set_nonblocking(bound.raw) == 0 else { throw Errno(rawValue: errno) }
        _ = kw_refuse_descriptors(bound.raw)
        socket = bound
        self.path = path
        file = FileIdentity(ofFileAt: path)
    }

    deinit { removeFile() }

    var descriptor: CInt { socket.raw }

    mutating func close() {
        if socket.isOpen { removeFile() }
        socket.close()
    }

    /// Removes the file unless somebody put another in its place.
    private func removeFile() {
        guard socket.isOpen, let file, FileIdentity(ofFileAt: path) == file else { return }
        // SAFETY: the string is lent as a C string for the call.
        unsafe unlink(path)
    }

    private static func bind(_ path: String, _ kind: UnixSocket.Kind, _ closer: Closer) -> Descriptor {
        // SAFETY: the string is lent as a C string for the call.
        unsafe Descriptor(kw_unix_bind(path, kind.type), closer: closer)
    }

    private static func removeStaleFile(_ path: String, _ kind: UnixSocket.Kind) throws(Errno) {
        guard let file = FileIdentity(ofFileAt: path) else { return }
        guard file.isSocket, try !answers(path, kind) else { throw .addressInUse }
        // SAFETY: the string is lent as a C string for the call.
        unsafe unlink(path)
    }

    private static func answers(_ path: String, _ kind: UnixSocket.Kind) throws(Errno) -> Bool {
        let probe = try UnixSocket.make(kind)
        do throws(Errno) {
            try UnixSocket.connect(probe.raw, to: path)
            return true
        } catch {
            return error != .connectionRefused && error != .noSuchFileOrDirectory
        }
    }
}

/// Which file a path names, to see whether it still is the same one.
struct FileIdentity: Equatable {
    let device: UInt
    let inode: UInt
    let isSocket: Bool

    init?(ofFileAt path: String) {
        var status = stat()
        // SAFETY: the string is lent as a C string for the call, `status` outlives it.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
