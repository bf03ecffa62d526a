// SPDX-License-Identifier: Apache-2.0

import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Glibc
import HostSystem
import Synchronization
import SystemPackage

/// An HTTP server for this machine.
package struct LocalService: Sendable {
    /// Why nothing is served.
    package struct Failure: Error, Equatable {
        package let message: String
    }

    private let address: ListenAddress
    /// What to tell people to open.
    private let path: String
    private let handler: LocalHandler

    init(address: ListenAddress, path: String, answer: @escaping LocalHandler.Answer) {
        (self.address, self.path) = (address, path)
        handler = LocalHandler(answer: answer)
    }

    /// Serves until the process ends, or the calling task is cancelled.
    /// - Parameter announce: told once where clients connect.
    func serve(announce: @escaping @Sendable (String) -> Void) async throws(Failure) {
        do {
            try makeWay()
            let server = HTTPServer(
                config: .init(address: try address.socketAddress, logger: .disabled), handler: handler)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask {
                    try await server.waitUntilListening(timeout: 60)
                    try guardFile()
                    if let bound = await server.listeningAddress { announce(ListenAddress.location(bound, path: path)) }
                }
                // The first that fails ends the other.
                while try await group.next() != nil {}
            }
        } catch let error as SocketError {
            throw Failure(message: "cannot serve at \(address): \(error.localizedDescription)")
        } catch {
            throw Failure(message: "cannot serve at \(address): \(error)")
        }
    }

    /// Serves in place of a command's main thread. Files that the process makes from then on are this user's alone.
    package func run(announce: @escaping @Sendable (String) -> Void) throws(Failure) {
        umask(0o177)
        let failure = Mutex<Failure?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Task {
            do throws(Failure) { try await serve(announce: announce) } catch { failure.withLock { $0 = error } }
            ended.signal()
        }
        ended.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Removes a socket file nobody answers at.
    private func makeWay() throws(Errno) {
        guard case .unix(let path) = address else { return }
        try BoundSocket(path: path, kind: .stream).close()
    }

    /// Has the socket file be this user's alone.
    private func guardFile() throws {
        guard case .unix(let path) = address else { return }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .loopback(let port): "127.0.0.1:\(port)"
        case .loopback6(let port): "[::1]:\(port)"
        }
    }
}
