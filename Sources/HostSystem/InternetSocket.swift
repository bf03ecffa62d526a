// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage

/// A host, in numbers, and a port. Names are not looked up: that can take as long as a server likes.
public struct InternetAddress: Sendable, Equatable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    /// `HOST:PORT`, with an IPv6 host in brackets: `192.0.2.1:5000`, `[::1]:5000`. `nil` when `text` is none.
    public init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        let inner = String(isBracketed ? host.dropFirst().dropLast() : host)
        // SAFETY: the string is a valid C string during the call.
        guard inner.contains(":") == isBracketed, !inner.utf8.contains(0), unsafe kw_inet_is_numeric(inner) else {
            return nil
        }
        (self.host, self.port) = (inner, port)
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Operations on TCP and UDP sockets; every descriptor is non-blocking and close-on-exec.
package enum InternetSocket {
    /// A TCP socket that connects: once it is writable, ``error(of:)`` tells how it went.
    package static func connect(to address: InternetAddress, _ closer: Closer?) throws(Errno) -> Descriptor {
        // SAFETY: the string is a valid C string during the call.
        try unsafe Descriptor(result: kw_inet_connect(address.host, address.port), closer: closer)
    }

    /// A TCP socket that listens.
    package static func listen(on address: InternetAddress) throws(Errno) -> Descriptor {
        // SAFETY: the string is a valid C string during the call.
        try unsafe Descriptor(result: kw_inet_bind(address.host, address.port, CInt(SOCK_STREAM.rawValue)))
    }

    /// A UDP socket that sends to, and receives from, `remote` only.
    package static func datagrams(
        from local: InternetAddress, to remote: InternetAddress
    ) throws(Errno) -> Descriptor {
        // SAFETY: both strings are valid C strings during the calls.
        let socket = try unsafe Descriptor(result: kw_inet_bind(local.host, local.port, CInt(SOCK_DGRAM.rawValue)))
        if unsafe kw_inet_set_peer(socket.number, remote.host, remote.port) < 0 { throw .last }
        return socket
    }

    /// The error that a socket has pending, which is taken.
    package static func error(of socket: Descriptor) -> Errno? {
        let code = kw_socket_error(socket.number)
        return code == 0 ? nil : Errno(rawValue: code)
    }
}
