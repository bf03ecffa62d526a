// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem

/// The state of a network interface, and a descriptor that is readable when it may have changed (`rtnetlink`).
///
/// It belongs to the network namespace of the thread that made it. Interfaces are known by name: one that is deleted and
/// made again is the same, with another index.
struct LinkWatch {
    struct State: Equatable {
        var index: CInt
        /// Administratively up (`IFF_UP`).
        var isUp: Bool
        /// Up and with a carrier (`IFF_RUNNING`).
        var isRunning: Bool
    }

    private let name: String
    private let socket: Descriptor

    /// Watches the interface `name`. Where there is no rtnetlink, ``descriptor`` is -1 and ``state`` is `nil`.
    init(_ name: String) {
        self.name = name
        socket = Descriptor(kw_link_watch())
    }

    var descriptor: CInt { socket.number }

    func close() { socket.close() }

    /// Takes the notices that came; the state is to be asked for afterwards.
    func consume() { kw_link_consume(socket.number) }

    /// `nil` when there is no such interface, or none can be seen.
    var state: State? {
        var index: CInt = 0
        // SAFETY: the string is a valid C string during the call, `index` outlives it.
        let flags = unsafe kw_link_flags(socket.number, name, &index)
        guard flags >= 0 else { return nil }
        let (up, running) = (flags & CInt(IFF_UP) != 0, flags & CInt(IFF_RUNNING) != 0)
        return State(index: index, isUp: up, isRunning: up && running)
    }
}
