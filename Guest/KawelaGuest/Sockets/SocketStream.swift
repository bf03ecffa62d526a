// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A connected stream socket that is read by lines or by counts, never longer than a deadline.
public final class SocketStream: Sendable {
    private let descriptor: CInt
    private let buffer = Mutex<[UInt8]>([])

    /// Who is at the other side, for error messages.
    private let name: String

    public init(descriptor: CInt, name: String) { (self.descriptor, self.name) = (descriptor, name) }

    deinit { close(descriptor) }

    /// Ends the connection for both sides.
    public func disconnect() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    public func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw GuestError("\(name): cannot write: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    public func write(_ line: String) throws { try write(Array(line.utf8)) }

    /// The next line without its newline; `nil` when none came in time.
    /// - Throws: when the other side closed the connection.
    public func line(by deadline: Deadline) throws -> String? {
        try buffer.withLock { buffer in
            var searched = 0
            while true {
                if let end = buffer[searched...].firstIndex(of: 0x0A) {
                    defer { buffer.removeSubrange(...end) }
                    return String(decoding: buffer[..<end], as: UTF8.self)
                }
                searched = buffer.count
                guard try fill(&buffer, by: deadline) else { return nil }
            }
        }
    }

    /// The next `count` bytes; `nil` when not that many came in time (what came is kept).
    public func bytes(_ count: Int, by deadline: Deadline) throws -> [UInt8]? {
        try buffer.withLock { buffer in
            while buffer.count < count {
                guard try fill(&buffer, by: deadline) else { return nil }
            }
            defer { buffer.removeFirst(count) }
            return Array(buffer.prefix(count))
        }
    }

    private func fill(_ buffer: inout [UInt8], by deadline: Deadline) throws -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = poll(&waiting, 1, deadline.milliseconds)
            if ready == 0 { return false }
            if ready > 0 { break }
        }
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw GuestError("\(name): the other side closed the connection") }
        buffer.append(contentsOf: chunk[..<count])
        return true
    }
}
