// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The uplink's other end held by a test: whole frames over a UNIX stream socket, each after its length as a big-endian
/// 32-bit number, as QEMU's `-netdev stream` has it.
public final class Cable: Sendable {
    private let stream: SocketStream

    init(_ stream: SocketStream) { self.stream = stream }

    /// Sends all `frames` in as few writes as the socket takes.
    public func send(_ frames: [[UInt8]]) throws {
        var bytes: [UInt8] = []
        for frame in frames {
            withUnsafeBytes(of: UInt32(frame.count).bigEndian) { bytes += $0 }
            bytes += frame
        }
        try stream.write(bytes)
    }

    /// The card's link goes down. A card that connects comes back after a second, for another cable.
    public func unplug() { stream.disconnect() }

    public func receive(seconds: Double = 5) throws -> [UInt8] {
        let deadline = Deadline(seconds: seconds)
        guard let prefix = try stream.bytes(4, by: deadline) else { throw GuestError("no frame within \(seconds) s") }
        let length = prefix.reduce(0) { $0 << 8 | Int($1) }
        guard length <= 65536 + 64 else { throw GuestError("a frame of \(length) bytes?") }
        guard let frame = try stream.bytes(length, by: deadline) else { throw GuestError("half a frame") }
        return frame
    }

    /// Throws frames away until none has come for `seconds`.
    public func drain(untilSilentFor seconds: Double = 1) throws {
        while let prefix = try stream.bytes(4, by: Deadline(seconds: seconds)) {
            let length = prefix.reduce(0) { $0 << 8 | Int($1) }
            guard try stream.bytes(length, by: Deadline(seconds: 5)) != nil else { throw GuestError("half a frame") }
        }
    }

    /// Whether nothing at all comes within `seconds`.
    public func isSilent(seconds: Double) throws -> Bool {
        try stream.bytes(4, by: Deadline(seconds: seconds)) == nil
    }
}

/// The socket to which a card's uplink connects.
public final class CableSocket: Sendable {
    private let listener: SocketListener

    public init(in run: Run) throws { listener = try SocketListener(path: run.path("uplink")) }

    public var uplink: UplinkPeer { .stream(path: listener.path) }

    public func accept(seconds: Double = 10) throws -> Cable { Cable(try listener.accept(seconds: seconds)) }
}
