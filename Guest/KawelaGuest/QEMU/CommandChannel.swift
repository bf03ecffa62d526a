// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// The guest's second serial port, over which its init program runs shell commands (Guest/Image/init has the protocol).
public final class CommandChannel: Sendable {
    private let stream: SocketStream
    private let requests = Mutex(0)

    public init(_ stream: SocketStream) { self.stream = stream }

    /// Waits until the guest takes commands, after the start and after each reboot.
    public func waitUntilReady(by deadline: Deadline) throws -> Bool {
        while let line = try stream.line(by: deadline) {
            if line == "ready" { return true }
        }
        return false
    }

    /// - Returns: `nil` when the guest did not answer within `seconds` (it ends the command itself by then) and a little.
    /// - Throws: when the guest restarts meanwhile.
    public func run(_ command: String, seconds: Int) throws -> CommandResult? {
        let id = requests.withLock { count in
            count += 1
            return count
        }
        let code = Data(command.utf8).base64EncodedString()
        try stream.write("\(id) \(seconds) \(code)\n")
        let deadline = Deadline(seconds: Double(seconds) + 10)
        while let line = try stream.line(by: deadline) {
            if line == "ready" { throw GuestError("the guest restarted during: \(command)") }
            if let result = answer(line, to: id) { return result }
        }
        return nil
    }

    private func answer(_ line: String, to id: Int) -> CommandResult? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 3, words[0] == "done", words[1] == "\(id)", let status = Int(words[2]) else { return nil }
        let output = words.count > 3 ? Data(base64Encoded: String(words[3])) ?? Data() : Data()
        return CommandResult(status: status, output: String(decoding: output, as: UTF8.self))
    }
}
