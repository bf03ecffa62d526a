// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import SystemPackage
import Testing

@testable import Backends

/// Sockets of 127.0.0.1 and ::1 for the other side of an uplink.
enum InternetPeer {
    /// A port that nobody has, of any type of socket, a moment ago.
    static func freePort(_ host: String = "127.0.0.1", _ type: __socket_type = SOCK_STREAM) throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000..<32_000)
            let socket = kw_inet_bind(host, port, CInt(type.rawValue))
            if socket >= 0 {
                close(socket)
                return port
            }
        }
        throw Errno(rawValue: EADDRINUSE)
    }

    static func listening(_ host: String, _ port: UInt16) -> Peer {
        Peer(kw_inet_bind(host, port, CInt(SOCK_STREAM.rawValue)))
    }

    /// Connected, or about to be.
    static func connected(_ host: String, _ port: UInt16) -> Peer { Peer(kw_inet_connect(host, port)) }

    /// A UDP socket that sends to, and receives from, one port of its own host.
    static func datagrams(_ host: String, from local: UInt16, to remote: UInt16) throws -> Peer {
        let socket = kw_inet_bind(host, local, CInt(SOCK_DGRAM.rawValue))
        try #require(socket >= 0 && kw_inet_set_peer(socket, host, remote) == 0)
        return Peer(socket)
    }
}
