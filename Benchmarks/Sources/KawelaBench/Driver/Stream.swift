// SPDX-License-Identifier: Apache-2.0

import CBench
import CKawela
import Glibc

/// A UNIX stream socket that waits for an uplink.
final class StreamListener {
    let path: String
    private let descriptor: CInt

    init(path given: String? = nil) throws {
        path = given ?? "/tmp/kawela-bench-\(getpid())-\(cb_now()).sock"
        descriptor = kw_unix_bind(path, CInt(SOCK_STREAM.rawValue))
        guard descriptor >= 0 else { throw BenchError("cannot listen at \(path)") }
    }

    func accept() throws -> StreamSender {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 10_000) == 1 else { throw BenchError("nobody connects to \(path)") }
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { throw BenchError("cannot accept at \(path)") }
        return StreamSender(accepted)
    }

    func close() {
        Glibc.close(descriptor)
        unlink(path)
    }
}

/// The other end of an uplink, which sends frames behind their lengths. Its buffer takes a whole batch.
final class StreamSender {
    private let descriptor: CInt

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        cb_set_send_buffer(descriptor, 16 << 20)
    }

    deinit { close(descriptor) }

    static func framed(_ frames: ArraySlice<[UInt8]>) -> [UInt8] {
        frames.flatMap { frame in withUnsafeBytes(of: UInt32(frame.count).bigEndian) { Array($0) } + frame }
    }

    func send(_ bytes: [UInt8]) throws {
        let flags = CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, flags)
            }
            guard count > 0 else { throw BenchError("the socket takes \(sent) of \(bytes.count) bytes") }
            sent += count
        }
    }
}
