// SPDX-License-Identifier: Apache-2.0

import HostSystem

@testable import Backends

/// A rendezvous that hands out the socket that was put into it.
final class Plug: Rendezvous {
    private var next: Descriptor?
    private let event: Event

    init() {
        do { event = try Event() } catch { violated("no event: \(error)") }
    }

    var descriptor: CInt { event.descriptor }
    var waiting: String { "waiting" }
    /// Nobody has asked for the socket yet.
    var isFull: Bool { next != nil }

    func put(_ socket: CInt) {
        next = Descriptor(socket)
        event.signal()
    }

    func attempt() -> Descriptor? {
        event.take()
        defer { next = nil }
        return next
    }

    func resume() {}
    func close() {}
}
