// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Logging
import PCIe
import VFIOUser

/// A vfio-user client and the server of a function in one thread, so that what the server does can be counted by itself.
final class MappingClient {
    private let server: Server
    private let socket: CInt
    private var lastID: UInt16 = 0

    init(_ function: any Function) throws {
        let path = "/tmp/kawela-bench-\(getpid()).sock"
        var log = Logger(label: "bench")
        log.logLevel = .critical
        server = try Server(path: path, function: function, log: log)
        socket = kw_unix_connect(-1, path)
        guard socket >= 0 else { throw BenchError("cannot connect to \(path)") }
        serve()
        try send(.version, [0, 0, 0, 0] + Array(#"{"capabilities":{"max_msg_fds":16}}"#.utf8) + [0])
        serve()
        try checkReplies(1)
    }

    deinit {
        close(socket)
        server.close()
    }

    func send(_ command: RawClient.Command, _ payload: [UInt8], descriptor: CInt? = nil) throws {
        lastID &+= 1
        let bytes = RawClient.message(lastID, command.rawValue, payload, flags: 0)
        let sent = bytes.withUnsafeBytes { buffer in
            var part = iovec(
                iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress!), iov_len: bytes.count)
            return kw_send(socket, &part, 1, descriptor.map { [$0] } ?? [], descriptor == nil ? 0 : 1)
        }
        guard sent == bytes.count else { throw BenchError("the socket takes no more: \(errno)") }
    }

    /// Has the server handle all that was sent.
    func serve() {
        repeat {
            for descriptor in server.descriptors { server.handleEvents(on: descriptor) }
            while server.hasBufferedMessages { server.processBufferedMessages() }
        } while hasInput
    }

    private var hasInput: Bool {
        server.descriptors.contains { descriptor in
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, 0) > 0
        }
    }

    /// - Throws: when there are not `count` replies, or one is an error.
    func checkReplies(_ count: Int) throws {
        var (bytes, piece) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while true {
            let size = recv(socket, &piece, piece.count, CInt(MSG_DONTWAIT))
            if size <= 0 { break }
            bytes += piece[..<size]
        }
        var (offset, replies) = (0, 0)
        while offset + 16 <= bytes.count {
            let word = { (place: Int) in
                bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
            }
            guard word(offset + 8) == 1 else { throw BenchError("a request was refused: \(word(offset + 12))") }
            offset += Int(UInt32(littleEndian: word(offset + 4)))
            replies += 1
        }
        guard replies == count else { throw BenchError("\(replies) replies of \(count)") }
    }
}
