// SPDX-License-Identifier: Apache-2.0

import HostSystem

/// Who may be the client of a server.
package struct ClientAccess: Equatable, Sendable {
    /// Who may connect to its socket.
    package var socket: SocketAccess
    /// Numbers of the users whose processes may be clients; `nil`: all that can connect.
    package var users: Set<UInt32>?

    package init(socket: SocketAccess = SocketAccess(), users: Set<UInt32>? = nil) {
        (self.socket, self.users) = (socket, users)
    }

    /// Whether `peer` may be a client; with ``users``, one that the system does not tell may not.
    func admits(_ peer: SocketPeer?) -> Bool {
        guard let users else { return true }
        return peer.map { users.contains($0.user) } ?? false
    }
}
