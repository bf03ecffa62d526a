// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// What a datagram backend sends and receives by: a UNIX socket bound to a path, or a UDP socket that has one peer.
enum DatagramSocket {
    case unix(BoundSocket, remote: String)
    case udp(Descriptor, remote: InternetAddress)

    var descriptor: CInt {
        switch self {
        case .unix(let socket, _): socket.descriptor
        case .udp(let socket, _): socket.number
        }
    }

    /// Where datagrams are to be sent; `nil` when the socket knows.
    var remotePath: String? {
        switch self {
        case .unix(_, let path): path
        case .udp: nil
        }
    }

    /// The other side, for people.
    var remote: String {
        switch self {
        case .unix(_, let path): path
        case .udp(_, let address): address.description
        }
    }

    func close() {
        switch self {
        case .unix(let socket, _): socket.close()
        case .udp(let socket, _): socket.close()
        }
    }
}
