// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Why a server could not be set up.
package enum ServerError: Error, Equatable, CustomStringConvertible {
    /// Another server listens there.
    case inUse(path: String)
    /// A file that is no socket is in the way.
    case notASocket(path: String)
    /// A UNIX socket's path has room for 107 bytes.
    case pathTooLong(path: String)
    case unavailable(path: String, Errno)
    /// The socket's file cannot have the owner or mode it is to have.
    case accessRefused(path: String, Errno)

    package var description: String {
        switch self {
        case .inUse(let path): "\(path) is in use by another server"
        case .notASocket(let path): "\(path) exists and is not a socket"
        case .pathTooLong(let path): "\(path) is too long for a UNIX socket (at most 107 bytes)"
        case .unavailable(let path, let error): "cannot listen on \(path): \(error)"
        case .accessRefused(let path, let error): "cannot set owner and mode of \(path): \(error)"
        }
    }
}
