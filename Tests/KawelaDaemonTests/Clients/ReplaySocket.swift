// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

/// The connection of a client that speaks as another program does: whole messages out, and exact reads in. A reply with a
/// byte more or less than that program reads would shift all that follows.
final class ReplaySocket {
    private let descriptor: CInt

    init(_ path: String) throws {
        descriptor = kw_unix_connect(-1, path)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func disconnect() { shutdown(descriptor, CInt(SHUT_RDWR)) }

    func send(_ bytes: [UInt8], descriptors: [CInt] = []) throws {
        var bytes = bytes
        let sent = bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            return kw_send(descriptor, &part, 1, descriptors, CInt(descriptors.count))
        }
        try #require(sent == bytes.count)
    }

    /// The next `count` bytes, in as many reads as it takes.
    func read(_ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count { result += try readOnce(count - result.count).bytes }
        return result
    }

    /// What one recvmsg of `count` bytes gets, with the descriptors that came, which are closed, and counted.
    func readOnce(_ count: Int) throws -> (bytes: [UInt8], descriptors: Int) {
        try #require(isReadable(milliseconds: 5000), "no reply within 5 s")
        var piece = [UInt8](repeating: 0, count: count)
        var descriptors = [CInt](repeating: -1, count: Int(KW_MESSAGE_DESCRIPTORS))
        var (number, isTruncated) = (CInt(0), false)
        let size = kw_receive(descriptor, &piece, count, &descriptors, &number, &isTruncated)
        try #require(size > 0, "the server has closed the connection")
        for index in 0..<Int(number) { close(descriptors[index]) }
        return (Array(piece.prefix(size)), Int(number))
    }

    /// Whether nothing comes for a moment.
    var isSilent: Bool { !isReadable(milliseconds: 50) }

    /// Timers of other tests' threads interrupt the wait.
    private func isReadable(milliseconds: CInt) -> Bool {
        for _ in 0..<100 {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, milliseconds)
            if ready >= 0 || errno != EINTR { return ready > 0 }
        }
        return false
    }
}

/// Little-endian bytes of integers, one after the other.
func littleEndian<each Value: FixedWidthInteger>(_ values: repeat each Value) -> [UInt8] {
    var result: [UInt8] = []
    for value in repeat each values {
        result += (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return result
}

extension [UInt8] {
    /// The little-endian integer at `offset`.
    func load<Value: FixedWidthInteger>(_ type: Value.Type = UInt32.self, at offset: Int) -> Value {
        (0..<(Value.bitWidth / 8)).reduce(0) { $0 | Value(truncatingIfNeeded: self[offset + $1]) << ($1 * 8) }
    }
}

/// Guest memory as another program shares it.
final class SharedMemory {
    let descriptor: CInt

    init(size: Int) throws {
        descriptor = kw_memfd("guest")
        try #require(descriptor >= 0 && ftruncate(descriptor, size) == 0)
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], at offset: Int) { _ = pwrite(descriptor, bytes, bytes.count, offset) }

    func byte(at offset: Int) -> UInt8 {
        var byte: UInt8 = 0
        _ = pread(descriptor, &byte, 1, offset)
        return byte
    }
}

/// An eventfd that a client hands over.
final class ClientEvent {
    let descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))

    deinit { close(descriptor) }

    /// How often it was signalled since the last call.
    func take() -> UInt64 {
        var value: UInt64 = 0
        return Glibc.read(descriptor, &value, 8) == 8 ? value : 0
    }
}
