// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import Testing

/// A directory for the sockets and files of one test, gone after it.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/kawela-backends-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unlink(self / name) }
        rmdir(path)
    }

    static func / (scratch: Scratch, name: String) -> String { "\(scratch.path)/\(name)" }

    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

func readFile(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var contents: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &piece, piece.count)
        guard count > 0 else { return contents }
        contents += piece[..<count]
    }
}

/// The scripted other side: a non-blocking socket, closed with the value.
final class Peer {
    private(set) var descriptor: CInt

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        kw_set_nonblocking(descriptor)
    }

    deinit { end() }

    static func listening(at path: String) -> Peer { Peer(kw_unix_bind(path, CInt(SOCK_STREAM.rawValue))) }
    static func datagrams(at path: String) -> Peer { Peer(kw_unix_bind(path, CInt(SOCK_DGRAM.rawValue))) }
    static func connected(to path: String) -> Peer { Peer(kw_unix_connect(-1, path)) }

    var isOpen: Bool { descriptor >= 0 }

    /// Gives the socket away.
    func handOver() -> CInt {
        defer { descriptor = -1 }
        return descriptor
    }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// The next client, or `nil`.
    func accept() -> Peer? {
        let client = kw_accept(descriptor)
        return client < 0 ? nil : Peer(client)
    }

    /// Sends as much as goes; returns the number of bytes.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int { Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) }

    func send(_ bytes: [UInt8], to path: String) -> Int {
        bytes.withUnsafeBytes { bytes in
            var part = iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            var one: CInt = 1
            return Int(kw_send_datagrams(descriptor, path, &part, &one, 1))
        }
    }

    /// What arrived, up to `limit` bytes; empty when nothing did, `nil` at the end of the stream.
    func receive(limit: Int = 1 << 20) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &bytes, limit, 0)
        if count == 0 { return nil }
        return Array(bytes.prefix(max(0, count)))
    }

    /// Whether the other side closed the connection, after what it sent.
    var isAtEnd: Bool {
        while let bytes = receive() { if bytes.isEmpty { return errno == ECONNRESET } }
        return true
    }
}

/// A frame behind its length, as a stream carries it.
func framed(_ frame: [UInt8]) -> [UInt8] { withUnsafeBytes(of: UInt32(frame.count).bigEndian) { Array($0) } + frame }

/// The frames of a stream; what is left at its end is dropped.
func unframed(_ stream: [UInt8]) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = stream[...]
    while rest.count >= 4 {
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4 + length else { break }
        frames.append(Array(rest.dropFirst(4).prefix(length)))
        rest = rest.dropFirst(4 + length)
    }
    return frames
}

/// Open descriptors of this process.
func descriptorCount() -> Int {
    (0..<4096).reduce(0) { fcntl(CInt($1), F_GETFD) >= 0 ? $0 + 1 : $0 }
}
