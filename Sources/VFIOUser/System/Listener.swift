import CKawela
import Glibc
import HostSystem

/// A listening UNIX stream socket and its file.
final class Listener {
    let path: String
    private let socket: Descriptor
    private let closer: Closer
    private let identity: FileIdentity?
    /// Given up for a moment to accept and drop a client when the process has no descriptor left; it would be
    /// announced for ever otherwise.
    private var reserve: Descriptor?

    /// Replaces a socket file nobody listens on any more.
    /// - Parameter closer: closes what has to do with clients, who may have sent files before they are accepted.
    init(path: String, _ closer: Closer) throws(ServerError) {
        (self.path, self.closer) = (path, closer)
        socket = try Self.bind(path, closer)
        _ = socket.setNonBlocking()
        identity = FileIdentity(path: path)
        reserve = Self.makeReserve()
    }

    var descriptor: CInt { socket.number }

    enum Arrival {
        case client(Descriptor)
        /// Whoever was announced has gone again.
        case nobody
        /// A client was turned away because the process has no descriptor left.
        case turnedAway
        case failed(errno: CInt)
    }

    func accept() -> Arrival {
        let client = kw_accept(socket.number)
        if client >= 0 { return .client(Descriptor(client, closer: closer)) }
        switch Glibc.errno {
        case EAGAIN, EINTR, ECONNABORTED: return .nobody
        case EMFILE, ENFILE: return turnAway()
        case let errno: return .failed(errno: errno)
        }
    }

    private func turnAway() -> Arrival {
        reserve = nil
        let client = kw_accept(socket.number)
        if client >= 0 { Descriptor(client, closer: closer).hangUp() }
        reserve = Self.makeReserve()
        return .turnedAway
    }

    /// Removes the socket file, unless another server's has taken its place.
    func removeFile() {
        guard let identity, FileIdentity(path: path) == identity else { return }
        // SAFETY: unlink reads the path, which the compiler lends as a C string.
        _ = unsafe unlink(path)
    }

    private static func makeReserve() -> Descriptor? {
        let number = eventfd(0, CInt(EFD_CLOEXEC))
        return number < 0 ? nil : Descriptor(number)
    }
}

// MARK: Binding

extension Listener {
    private static func bind(_ path: String, _ closer: Closer) throws(ServerError) -> Descriptor {
        if let socket = try bindOnce(path, closer) { return socket }
        try removeStaleFile(path)
        if let socket = try bindOnce(path, closer) { return socket }
        throw .inUse(path: path)
    }

    /// Nil when the path exists.
    private static func bindOnce(_ path: String, _ closer: Closer) throws(ServerError) -> Descriptor? {
        // SAFETY: the compiler lends the path as a C string.
        let number = unsafe kw_unix_bind(path, CInt(SOCK_STREAM.rawValue))
        if number >= 0 { return Descriptor(number, closer: closer) }
        switch Glibc.errno {
        case EADDRINUSE: return nil
        case ENAMETOOLONG: throw .pathTooLong(path: path)
        case let errno: throw .unavailable(path: path, errno: errno)
        }
    }

    /// A socket file that refuses connections belongs to a server that has ended. One whose queue is full (EAGAIN)
    /// belongs to one that lives.
    private static func removeStaleFile(_ path: String) throws(ServerError) {
        guard FileIdentity(path: path)?.isSocket != false else { throw .notASocket(path: path) }
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let number = Glibc.socket(AF_UNIX, CInt(type), 0)
        guard number >= 0 else { throw .unavailable(path: path, errno: Glibc.errno) }
        let probe = Descriptor(number)
        // SAFETY: the compiler lends the path as a C string.
        if unsafe kw_unix_connect(probe.number, path) >= 0 { throw .inUse(path: path) }
        switch Glibc.errno {
        case ECONNREFUSED: _ = unsafe unlink(path)  // SAFETY: as above.
        case ENOENT: break
        case EAGAIN: throw .inUse(path: path)
        case let errno: throw .unavailable(path: path, errno: errno)
        }
    }
}

/// Which file a path names.
struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64
    let isSocket: Bool

    /// Does not follow a symbolic link. Nil when there is no such file.
    init?(path: String) {
        var status = stat()
        // SAFETY: lstat fills one structure, a local.
        guard unsafe lstat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        isSocket = status.st_mode & S_IFMT == S_IFSOCK
    }
}
