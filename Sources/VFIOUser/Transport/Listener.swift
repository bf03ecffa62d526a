// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// A listening UNIX stream socket and its file.
final class Listener {
    private let socket: BoundSocket
    private let closer: Closer
    /// Given up for a moment to accept and drop a client when the process has no descriptor left; it would be
    /// announced for ever otherwise.
    private var reserve: Event?

    /// Replaces a socket file nobody listens on any more.
    /// - Parameter closer: closes what has to do with clients, who may have sent files before they are accepted.
    init(path: String, access: SocketAccess, _ closer: Closer) throws(ServerError) {
        self.closer = closer
        do throws(Errno) {
            socket = try BoundSocket(path: path, kind: .stream, mode: access.mode, closer)
        } catch {
            throw ServerError(error, path: path)
        }
        do throws(Errno) { try socket.grant(access) } catch { throw .accessRefused(path: path, error) }
        reserve = try? Event()
    }

    var descriptor: CInt { socket.descriptor }

    enum Arrival {
        case client(Descriptor)
        /// Whoever was announced has gone again.
        case nobody
        /// A client was turned away because the process has no descriptor left.
        case turnedAway
        case failed(Errno)
    }

    func accept() -> Arrival {
        do throws(Errno) {
            return .client(try UnixSocket.accept(socket.descriptor, closer))
        } catch .resourceTemporarilyUnavailable, .interrupted, .connectionAbort {
            return .nobody
        } catch .tooManyOpenFiles, .tooManyOpenFilesInSystem {
            return turnAway()
        } catch {
            return .failed(error)
        }
    }

    private func turnAway() -> Arrival {
        reserve = nil
        (try? UnixSocket.accept(socket.descriptor, closer))?.hangUp()
        reserve = try? Event()
        return .turnedAway
    }

    /// Removes the socket file, unless another server's has taken its place.
    func removeFile() { socket.removeFile() }
}

extension ServerError {
    fileprivate init(_ error: Errno, path: String) {
        switch error {
        case .addressInUse where FileIdentity(path: path)?.isSocket == false: self = .notASocket(path: path)
        case .addressInUse: self = .inUse(path: path)
        case .fileNameTooLong: self = .pathTooLong(path: path)
        default: self = .unavailable(path: path, error)
        }
    }
}
