// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// Connects to a TCP port, about once a second while nobody listens there.
final class TCPConnector: Rendezvous {
    private static let retryMilliseconds = 1000

    private let address: InternetAddress
    private let closer: Closer
    private let timer: Timer
    /// The timer (readable) and the socket that connects (writable).
    private let both: EventSet
    private var connecting: Descriptor?

    /// Tries at once.
    init(_ address: InternetAddress, _ closer: Closer) throws(Errno) {
        (self.address, self.closer) = (address, closer)
        (timer, both) = (try Timer(), try EventSet())
        try both.add(timer.descriptor, writable: false)
        begin()
    }

    var descriptor: CInt { both.descriptor }
    var waiting: String { "waiting for somebody to listen on \(address)" }

    func attempt() -> Descriptor? {
        if connecting == nil, timer.take() { begin() }
        guard let socket = connecting,
            let state = try? readiness(of: socket.number, writable: true), !state.isEmpty
        else { return nil }
        both.remove(socket.number)
        connecting = nil
        if InternetSocket.error(of: socket) == nil { return socket }
        resume()
        return nil
    }

    func resume() { timer.start(milliseconds: Self.retryMilliseconds) }

    func close() {
        connecting?.close()
        both.close()
        timer.close()
    }

    private func begin() {
        do throws(Errno) {
            let socket = try InternetSocket.connect(to: address, closer)
            try both.add(socket.number, writable: true)
            connecting = socket
        } catch {
            resume()
        }
    }
}

/// Listens on a TCP port and takes one peer at a time; more of them wait in the socket's backlog.
final class TCPAcceptor: Rendezvous {
    private let address: InternetAddress
    private let socket: Descriptor
    private let closer: Closer

    init(_ address: InternetAddress, _ closer: Closer) throws(Errno) {
        (self.address, self.closer) = (address, closer)
        socket = try InternetSocket.listen(on: address)
    }

    var descriptor: CInt { socket.number }
    var waiting: String { "waiting for somebody to connect to \(address)" }
    func attempt() -> Descriptor? { try? UnixSocket.accept(socket.number, closer) }
    func resume() {}
    func close() { socket.close() }
}
