// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc

/// A TCP connection whose close takes long: it has data that nobody reads, and lingers.
package final class LingeringSocket {
    package static let seconds = 20
    /// Is over long before the socket has ceased to linger.
    package static let promptly = Duration.seconds(5)

    package private(set) var number: CInt
    private var reader: CInt

    package init() {
        let listener = Self.make()
        number = Self.make()
        let connector = number
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(listener, address, length) == 0 && listen(listener, 1) == 0)
                precondition(getsockname(listener, address, &length) == 0)
                // A timer of this thread may still ring, see SharedEvents.c.
                while connect(connector, address, length) != 0 { precondition(errno == EINTR) }
            }
        }
        reader = accept(listener, nil, nil)
        close(listener)
        fill()
        var setting = linger(l_onoff: 1, l_linger: CInt(Self.seconds))
        setsockopt(number, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }

    deinit {
        letGo()
        stopLingering()
    }

    /// Whoever waits in close goes on.
    package func stopLingering() {
        if reader >= 0 { close(reader) }
        reader = -1
    }

    /// Closes this side's descriptor: whoever got it has the last one, and lingers when that is closed.
    package func letGo() {
        if number >= 0 { close(number) }
        number = -1
    }

    private static func make() -> CInt { socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) }

    private func fill() {
        let piece = [UInt8](repeating: 0, count: 1 << 16)
        while send(number, piece, piece.count, CInt(MSG_DONTWAIT)) > 0 {}
    }
}
