// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Intel82576

/// A vfio-user client that sends whatever it is told, to a function that `kawela serve` offers. One thread uses it.
final class RawClient {
    enum Command: UInt16 {
        case version = 1
        case dmaMap, dmaUnmap, deviceInfo, regionInfo, regionIOFDs, irqInfo, setIRQs, regionRead, regionWrite
        case dmaRead, dmaWrite, deviceReset, dirtyPages, regionWriteMulti
    }

    /// A message as it came.
    struct Message {
        var id: UInt16
        var command: UInt16
        var flags: UInt32
        var error: UInt32
        var payload: [UInt8]

        var isReply: Bool { flags & 0xF == 1 }
    }

    static let configurationRegion: UInt32 = 7
    private static let noReply: UInt32 = 0x10

    let socket: CInt
    private var lastID: UInt16 = 0
    private var received: [UInt8] = []
    /// Called for each request of the server's; without it they stay unanswered.
    var onRequest: ((Message) -> Void)?

    /// Connects to `path` and agrees on a version.
    init(_ path: String, transferSize: Int = 1 << 20) throws {
        socket = kw_unix_connect(-1, path)
        guard socket >= 0 else { throw BenchError("cannot connect to \(path)") }
        let text = #"{"capabilities":{"max_msg_fds":16,"max_data_xfer_size":\#(transferSize)}}"#
        _ = try call(.version, [0, 0, 0, 0] + Array(text.utf8) + [0])
    }

    deinit { close(socket) }

    // MARK: Messages

    static func message(_ id: UInt16, _ command: UInt16, _ payload: [UInt8], flags: UInt32) -> [UInt8] {
        littleEndian(id) + littleEndian(command) + littleEndian(UInt32(16 + payload.count)) + littleEndian(flags)
            + littleEndian(UInt32(0)) + payload
    }

    /// A request that wants no reply, for sending many at once.
    static func posted(_ command: Command, _ payload: [UInt8]) -> [UInt8] {
        message(1, command.rawValue, payload, flags: noReply)
    }

    /// Sends bytes, waiting for room; false when the server has closed the connection.
    @discardableResult
    func send(_ bytes: [UInt8], descriptors: [CInt] = []) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                var part = iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress! + sent), iov_len: bytes.count - sent
                )
                return kw_send(socket, &part, 1, descriptors, sent == 0 ? CInt(descriptors.count) : 0)
            }
            if result < 0, errno == EAGAIN, waits(for: POLLOUT) { continue }
            if result <= 0 { return false }
            sent += result
        }
        return true
    }

    func post(_ command: Command, _ payload: [UInt8], descriptors: [CInt] = []) {
        send(Self.posted(command, payload), descriptors: descriptors)
    }

    /// The reply's payload.
    @discardableResult
    func call(_ command: Command, _ payload: [UInt8], descriptors: [CInt] = []) throws -> [UInt8] {
        lastID &+= 1
        let id = lastID
        guard send(Self.message(id, command.rawValue, payload, flags: 0), descriptors: descriptors) else {
            throw BenchError("the server has closed the connection")
        }
        while true {
            let message = try next()
            guard message.isReply else {
                onRequest?(message)
                continue
            }
            guard message.id == id else { continue }
            if message.flags & 0x20 != 0 { throw BenchError("\(command) failed with error \(message.error)") }
            return message.payload
        }
    }

    func reply(to request: Message, _ payload: [UInt8]) {
        send(Self.message(request.id, request.command, payload, flags: 1))
    }

    /// The next message. Throws when none comes within the socket's limit, or the connection has ended.
    func next() throws -> Message {
        while true {
            if received.count >= 16 {
                let size = Int(load(UInt32.self, received, 4))
                if received.count >= size {
                    defer { received.removeFirst(size) }
                    return Message(
                        id: load(UInt16.self, received, 0), command: load(UInt16.self, received, 2),
                        flags: load(UInt32.self, received, 8), error: load(UInt32.self, received, 12),
                        payload: Array(received[16..<size]))
                }
            }
            try receive()
        }
    }

    /// Waits for the socket, ten seconds at most.
    private func waits(for event: CInt) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(event), revents: 0)
        while true {
            let result = poll(&entry, 1, 10_000)
            if result >= 0 || errno != EINTR { return result > 0 }
        }
    }

    private func receive() throws {
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        var descriptors = [CInt](repeating: -1, count: Int(KW_MESSAGE_DESCRIPTORS))
        var (count, isTruncated) = (CInt(0), false)
        guard waits(for: POLLIN) else { throw BenchError("no answer") }
        let size = kw_receive(socket, &bytes, bytes.count, &descriptors, &count, &isTruncated)
        for index in 0..<Int(count) { close(descriptors[index]) }
        guard size > 0 else { throw BenchError("the server has closed the connection") }
        received += bytes[..<size]
    }
}

// MARK: Registers and memory

extension RawClient {
    static func access(_ offset: Int, _ region: UInt32, _ count: Int) -> [UInt8] {
        littleEndian(UInt64(offset)) + littleEndian(region) + littleEndian(UInt32(count))
    }

    func read(_ offset: Int) throws -> UInt32 {
        load(UInt32.self, try call(.regionRead, Self.access(offset, 0, 4)), 16)
    }

    func write(_ offset: Int, _ value: UInt32) throws {
        try call(.regionWrite, Self.access(offset, 0, 4) + littleEndian(value))
    }

    func post(_ offset: Int, _ value: UInt32) {
        post(.regionWrite, Self.access(offset, 0, 4) + littleEndian(value))
    }

    func writeConfiguration(_ offset: Int, _ value: UInt16) throws {
        try call(.regionWrite, Self.access(offset, Self.configurationRegion, 2) + littleEndian(value))
    }

    static func map(_ address: UInt64, _ size: UInt64) -> [UInt8] {
        littleEndian(UInt32(32)) + littleEndian(UInt32(3)) + littleEndian(UInt64(0)) + littleEndian(address)
            + littleEndian(size)
    }

    static func unmap(_ address: UInt64, _ size: UInt64) -> [UInt8] {
        littleEndian(UInt32(24)) + littleEndian(UInt32(0)) + littleEndian(address) + littleEndian(size)
    }
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

private func load<Value: FixedWidthInteger>(_ type: Value.Type, _ bytes: [UInt8], _ offset: Int) -> Value {
    bytes.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
}
