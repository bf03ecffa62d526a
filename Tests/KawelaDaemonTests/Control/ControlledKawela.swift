// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Glibc
import HostSystem
import Testing

/// The program with a control socket, in its sandbox, for one test.
final class ControlledKawela {
    let folder: Folder
    let running: RunningKawela
    var socket: String { "\(folder.path)/control.sock" }

    init(_ arguments: [String], configuration: String? = nil) throws {
        let folder = try Folder()
        self.folder = folder
        var all = ["serve", "--control", "\(folder.path)/control.sock"]
        if let configuration {
            all += ["--config", try folder.write("kawela.json", configuration.replacing("FOLDER", with: folder.path))]
        }
        running = try RunningKawela(all + arguments.map { $0.replacing("FOLDER", with: folder.path) })
        for _ in 0..<1000 where (try? ControlClient(path: socket)) == nil && running.process.isRunning {
            usleep(10_000)
        }
    }

    /// VFs of the embedded driver.
    static func embedded(vfs: Int = 2) throws -> ControlledKawela {
        try ControlledKawela(["--directory", "FOLDER", "--vfs", "\(vfs)", "--pf", "embedded", "--uplink", "null"])
    }

    deinit {
        kill(running.process.processIdentifier, SIGKILL)
        running.process.waitUntilExit()
    }

    func client() throws -> ControlClient { try ControlClient(path: socket) }

    /// Ends it and returns its log.
    func end() throws -> String {
        kill(running.process.processIdentifier, SIGTERM)
        let result = try running.result()
        #expect(result.code == 0)
        return result.errors
    }

    /// A connection without a client's manners.
    func connect() throws -> Descriptor {
        let socket = try UnixSocket.make(.stream)
        for _ in 0..<500 where (try? UnixSocket.connect(socket, to: self.socket)) == nil { usleep(10_000) }
        return socket
    }

    /// Sends bytes, and returns the lines that come, a minute at most.
    func exchange(_ bytes: [UInt8], lines: Int) throws -> [JSONValue] {
        let socket = try connect()
        var (received, sent, errors) = ([UInt8](), 0, 0)
        for _ in 0..<6000 where received.count(where: { $0 == 10 }) < lines {
            if sent < bytes.count { sent += (try? socket.send(bytes, from: sent)) ?? 0 }
            // What came before a connection was reset can be read after the error.
            do { if try socket.receive(into: &received, limit: 65536) == 0 { break } } catch {
                errors += 1
                if errors > 1 { break }
            }
            usleep(10_000)
        }
        return try received.split(separator: 10).map { try JSONValue(parsing: $0) }
    }
}
