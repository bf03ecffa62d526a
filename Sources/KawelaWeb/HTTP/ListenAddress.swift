// SPDX-License-Identifier: Apache-2.0

import FlyingSocks
import Glibc

/// Where HTTP is served: a UNIX socket, or a TCP port of the loopback interface. Nothing that other machines reach.
package enum ListenAddress: Equatable, Sendable {
    case unix(path: String)
    case loopback(port: UInt16)
    case loopback6(port: UInt16)

    package static let forms = "unix:PATH, 127.0.0.1:PORT or [::1]:PORT"

    /// `nil` when `text` has none of the ``forms``. Port 0 has the system choose one.
    package init?(parsing text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard (1..<108).contains(path.utf8.count), !path.utf8.contains(0) else { return nil }
            self = .unix(path: path)
        } else if let port = Self.port(text, after: "127.0.0.1:") {
            self = .loopback(port: port)
        } else if let port = Self.port(text, after: "[::1]:") {
            self = .loopback6(port: port)
        } else {
            return nil
        }
    }

    private static func port(_ text: String, after host: String) -> UInt16? {
        text.hasPrefix(host) ? UInt16(text.dropFirst(host.count)) : nil
    }
}

extension ListenAddress {
    /// For FlyingFox.
    var socketAddress: any SocketAddress {
        get throws {
            switch self {
            case .unix(let path): sockaddr_un.unix(path: path)
            case .loopback(let port): try sockaddr_in.inet(ip4: "127.0.0.1", port: port)
            case .loopback6(let port): sockaddr_in6.loopback(port: port)
            }
        }
    }

    /// Where a client finds `path`, once the system chose `address`.
    static func location(_ address: Socket.Address, path: String) -> String {
        switch address {
        case .ip4(let host, let port): "http://\(host):\(port)\(path)"
        case .ip6(let host, let port): "http://[\(host)]:\(port)\(path)"
        case .unix(let file): "unix:\(file) (\(path))"
        }
    }
}
