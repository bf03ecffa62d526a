// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem

@testable import Backends
@testable import Intel82576

/// What a peer of a stream or datagram uplink sends, in the pieces it likes, with files or without, and how it reads.
///
/// The first byte chooses the uplink. Each of the following chooses what happens next.
func runUplinks(_ input: Input) {
    var input = input
    if input.flag() { DatagramPeer.shared.run(&input) } else { StreamPeer.shared.run(&input) }
}

/// Frames that an uplink hands over, checked as the port relies on it.
private func receive(from backend: any Backend, _ batch: inout FrameBatch) -> Int {
    batch.removeAll()
    backend.receive(into: &batch)
    for index in 0..<batch.count {
        let length = Int(batch[index].byteCount)
        require((1...maximumFrameLength).contains(length), "an uplink hands over a frame of \(length) bytes")
        var sum = 0
        for segment in batch.segments(of: index).dropFirst() { sum += segment.iov_len }
        require(sum == length, "a frame of \(length) bytes has \(sum)")
        require(batch[index].offload == FrameBatch.Offload(), "an uplink without offloads leaves work")
    }
    return batch.count
}

/// Frames for the peer, of lengths up to the longest: as many bytes as its socket takes, or, 32 of them, as fill a store.
private func send(_ count: Int, of length: Int, to backend: any Backend, _ batch: inout FrameBatch) {
    batch.removeAll()
    let length = min(max(length, 1), maximumFrameLength)
    let most = count < 32 ? max(1 << 17 / length, 1) : 32
    payload.withUnsafeBytes { bytes in
        for _ in 0..<min(count, most) { _ = batch.append(bytes.baseAddress!, count: length) }
        backend.transmit(&batch)
    }
}

private let payload = [UInt8](repeating: 0x5A, count: maximumFrameLength)

/// The other end of a stream.
private final class StreamPeer {
    nonisolated(unsafe) static let shared = StreamPeer()

    private let plug = Plug()
    private let backend: StreamBackend
    private let memory = kw_memfd("file")
    private var batch = FrameBatch()

    private init() {
        do { backend = try StreamBackend(plug, Closer()) } catch { violated("no stream: \(error)") }
    }

    func run(_ input: inout Input) {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { violated("no sockets: \(errno)") }
        plug.put(ends[0])
        backend.handleEvent()
        for _ in 0..<64 where !input.isAtEnd { step(ends[1], &input) }
        close(ends[1])
        for _ in 0..<1000 where backend.isLinkUp {
            backend.handleEvent()
            _ = receive(from: backend, &batch)
        }
        require(!backend.isLinkUp, "a stream whose peer is gone stays up")
        require(!backend.isCongested, "a stream without a peer keeps frames")
    }

    private func step(_ socket: CInt, _ input: inout Input) {
        let code = input.byte()
        switch code & 7 {
        case 0, 1: put(frame: Int(input.byte()) << Int(code >> 5), input.take(Int(code >> 3) & 3), socket)
        case 2: put(input.take(Int(input.byte())), socket, files: code & 8 != 0 ? [memory] : [])
        case 3: put(input.take(4), socket)
        case 4: send(Int(code >> 3) + 1, of: Int(input.value16()), to: backend, &batch)
        case 5: drain(socket, most: Int(input.byte()) * 1024)
        default: _ = receive(from: backend, &batch)
        }
        backend.handleEvent()
    }

    /// A frame behind its length, which `other` bytes may replace.
    private func put(frame length: Int, _ other: [UInt8], _ socket: CInt) {
        var bytes = [0, UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)] + payload.prefix(length)
        for (index, byte) in other.enumerated() { bytes[index] = byte }
        put(bytes, socket)
    }

    private func put(_ bytes: [UInt8], _ socket: CInt, files: [CInt] = []) {
        guard !bytes.isEmpty else { return }
        var bytes = bytes
        bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
            _ = kw_send(socket, &part, 1, files, CInt(files.count))
        }
    }
}

private func drain(_ socket: CInt, most: Int) {
    var left = most
    while left > 0 {
        let size = recv(socket, drained.baseAddress, drained.count, CInt(MSG_DONTWAIT))
        guard size > 0 else { return }
        left -= size
    }
}

private nonisolated(unsafe) let drained = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)

/// The other end of a pair of datagram sockets.
private final class DatagramPeer {
    nonisolated(unsafe) static let shared = DatagramPeer()

    private let backend: DatagramBackend
    private let socket: CInt
    private let memory = kw_memfd("file")
    private let local: String
    private var batch = FrameBatch()

    private init() {
        var folder = Array("/tmp/kawela-fuzz.XXXXXX".utf8CString)
        let path = folder.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        local = "\(path)/local"
        socket = kw_unix_bind("\(path)/remote", CInt(SOCK_DGRAM.rawValue))
        _ = kw_set_nonblocking(socket)
        do { backend = try DatagramBackend(local: local, remote: "\(path)/remote") } catch {
            violated("no datagrams: \(error)")
        }
        _ = kw_unix_connect(socket, local)
        removeAtExit(path)
    }

    func run(_ input: inout Input) {
        for _ in 0..<64 where !input.isAtEnd { step(&input) }
        drain(socket, most: .max)
        for _ in 0..<1000 where backend.isCongested {
            backend.handleEvent()
            drain(socket, most: .max)
        }
        require(!backend.isCongested, "a peer that takes everything leaves datagrams")
        for _ in 0..<64 where receive(from: backend, &batch) > 0 {}
    }

    private func step(_ input: inout Input) {
        let code = input.byte()
        switch code & 7 {
        case 0, 1: put([UInt8](repeating: code, count: Int(input.value16())), files: [])
        case 2: put(input.take(Int(input.byte())), files: code & 8 != 0 ? [memory] : [])
        case 3: put([], files: [])
        case 4: send(Int(code >> 3) + 1, of: Int(input.value16()), to: backend, &batch)
        case 5: drain(socket, most: Int(input.byte()) * 1024)
        default: _ = receive(from: backend, &batch)
        }
        backend.handleEvent()
    }

    private func put(_ bytes: [UInt8], files: [CInt]) {
        var bytes = bytes + [0]
        let count = bytes.count - 1
        bytes.withUnsafeMutableBytes { buffer in
            var part = iovec(iov_base: buffer.baseAddress, iov_len: count)
            _ = kw_send(socket, &part, 1, files, CInt(files.count))
        }
    }
}

/// Removes the folder of sockets at the end.
private func removeAtExit(_ path: String) {
    folderToRemove = path
    atexit {
        for file in ["local", "remote"] { unlink("\(folderToRemove)/\(file)") }
        rmdir(folderToRemove)
    }
}

private nonisolated(unsafe) var folderToRemove = ""
