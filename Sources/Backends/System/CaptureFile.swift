// SPDX-License-Identifier: Apache-2.0

import Glibc
import HostSystem
import Intel82576
import SystemPackage

/// A file of records being written: whole records only, gathered in bounded memory.
@safe struct CaptureFile: ~Copyable {
    private static let capacity = 512 * 1024

    private let file: Descriptor
    private let memory: UnsafeMutableRawPointer
    private var tail = 0
    /// Bytes of the file, which ends with a whole record.
    private var length = 0

    /// Creates the file, readable by its owner only, or empties it.
    /// - Throws: `Errno.invalidArgument` when it is no regular file, `resourceTemporarilyUnavailable` when another
    ///   capture writes it.
    init(path: String) throws(Errno) {
        let opened = try RegularFile.open(path, .writeOnly).file
        guard ftruncate(opened.number, 0) == 0 else { throw .last }
        unsafe memory = .allocate(byteCount: Self.capacity, alignment: 64)
        file = opened
    }

    deinit { unsafe memory.deallocate() }

    var isOpen: Bool { file.isOpen }

    func close() { file.close() }

    /// Whether `byteCount` more bytes fit without ``write()``.
    func hasRoom(_ byteCount: Int) -> Bool { Self.capacity - tail >= byteCount }

    /// Appends the bytes of `value`. The caller asked ``hasRoom(_:)``.
    mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        precondition(hasRoom(MemoryLayout<Value>.size))
        // SAFETY: just checked.
        unsafe memory.storeBytes(of: value, toByteOffset: tail, as: Value.self)
        tail += MemoryLayout<Value>.size
    }

    /// Appends the first `limit` bytes of a frame, without its prefix. The caller asked ``hasRoom(_:)``.
    mutating func append(_ index: Int, of batch: borrowing FrameBatch, limit: Int) {
        precondition(hasRoom(limit))
        var left = limit
        // SAFETY: segments are valid while the batch is borrowed; the copy is bounded by `limit`, just checked.
        let segments = unsafe batch.segments(of: index)
        for part in 1..<segments.count {
            let segment = unsafe segments[part]
            let count = unsafe min(left, segment.iov_len)
            guard let base = unsafe segment.iov_base, count > 0 else { continue }
            unsafe (memory + tail).copyMemory(from: base, byteCount: count)
            tail += count
            left -= count
        }
    }

    /// Writes what was gathered. On an error the file is cut back to whole records and closed.
    mutating func write() throws(Errno) {
        var written = 0
        while written < tail {
            // SAFETY: the range lies in what was gathered.
            let result = Transfer.result { unsafe Glibc.write(file.number, memory + written, tail - written) }
            guard case .moved(let count) = result, count > 0 else { throw abandon(result) }
            written += count
        }
        length += written
        tail = 0
    }

    private mutating func abandon(_ result: Transfer) -> Errno {
        _ = ftruncate(file.number, length)
        file.close()
        tail = 0
        if case .failed(let error) = result { return error }
        return .ioError
    }
}
