// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostSystem
import Testing

@testable import ControlProtocol

@Suite("A client of the control socket", .serialized) struct ControlClientTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "kw-\(UUID().uuidString).sock").path

    /// What a call says while a server sends `piece` over and over, and looks at nothing.
    private func call(whileServerSends piece: [UInt8], atMost limit: Int) throws -> ControlClient.Failure? {
        let listener = try BoundSocket(path: path, kind: .stream)
        let client = try ControlClient(path: path)
        nonisolated(unsafe) let server = try UnixSocket.accept(listener.descriptor)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            var sent = 0
            while sent < limit, let count = try? server.send(piece, from: sent % piece.count) {
                sent += count
                if count == 0 { usleep(1000) }
            }
            ended.signal()
        }
        defer {
            server.hangUp()
            ended.wait()
        }
        do throws(ControlClient.Failure) {
            _ = try client.call("version")
            return nil
        } catch { return error }
    }

    @Test("gives up on a line that does not end")
    func endlessLine() throws {
        let piece = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
        #expect(try call(whileServerSends: piece, atMost: 64 << 20) == .notUnderstood)
    }

    @Test("gives up on notifications without end, and no answer")
    func endlessNotifications() throws {
        let line = Array((#"{"jsonrpc":"2.0","method":"event","params":{}}"# + "\n").utf8)
        #expect(try call(whileServerSends: line, atMost: .max) == .notUnderstood)
    }
}
