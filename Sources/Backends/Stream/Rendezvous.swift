// SPDX-License-Identifier: Apache-2.0

import HostSystem
import SystemPackage

/// How a stream comes by its peer.
protocol Rendezvous: AnyObject {
    /// What to poll while there is no peer.
    var descriptor: CInt { get }
    /// One line for people.
    var waiting: String { get }
    /// The next peer, if one is there. Called when ``descriptor`` is readable, and at the start.
    func attempt() -> Descriptor?
    /// The peer is gone.
    func resume()
    func close()
}

/// Connects to a listening socket, about once a second while nobody listens.
final class Connector: Rendezvous {
    private static let retryMilliseconds = 1000

    private let path: String
    private let timer: Timer
    private var first: Descriptor?
    private let closer: Closer

    /// Tries at once.
    /// - Throws: an error that waiting does not mend.
    init(path: String, _ closer: Closer) throws(Errno) {
        (self.path, self.closer) = (path, closer)
        timer = try Timer()
        do throws(Errno) {
            first = try connect()
        } catch .noSuchFileOrDirectory, .connectionRefused, .resourceTemporarilyUnavailable {
            resume()
        }
    }

    var descriptor: CInt { timer.descriptor }
    var waiting: String { "waiting for somebody to listen on \(path)" }

    func attempt() -> Descriptor? {
        if let first {
            self.first = nil
            return first
        }
        guard timer.take() else { return nil }
        do throws(Errno) {
            return try connect()
        } catch {
            resume()
            return nil
        }
    }

    func resume() { timer.start(milliseconds: Self.retryMilliseconds) }

    func close() {
        first?.close()
        timer.close()
    }

    private func connect() throws(Errno) -> Descriptor {
        let socket = try UnixSocket.make(.stream, closer)
        UnixSocket.refuseFiles(socket)
        try UnixSocket.connect(socket, to: path)
        return socket
    }
}

/// Listens and takes one peer at a time; more of them wait in the socket's backlog.
final class Acceptor: Rendezvous {
    private let path: String
    private let socket: BoundSocket
    private let closer: Closer

    init(path: String, _ closer: Closer) throws(Errno) {
        (self.path, self.closer) = (path, closer)
        socket = try BoundSocket(path: path, kind: .stream, closer)
        socket.refuseFiles()
    }

    var descriptor: CInt { socket.descriptor }
    var waiting: String { "waiting for somebody to connect to \(path)" }
    func attempt() -> Descriptor? { try? UnixSocket.accept(socket.descriptor, closer) }
    func resume() {}
    func close() { socket.close() }
}
