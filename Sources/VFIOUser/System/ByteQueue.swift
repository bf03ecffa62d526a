// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Bytes on their way in or out: appended at the end, taken from the front. Offsets count from the front.
///
/// Capacity is fixed at creation. Integers are little-endian and need no alignment. Access outside what is queued is a
/// broken invariant of this module and traps; lengths from the wire are checked before.
@safe final class ByteQueue {
    private let base: UnsafeMutableRawPointer
    private let capacity: Int
    private var head = 0
    private var tail = 0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { unsafe base.deallocate() }

    var count: Int { tail &- head }
    var isEmpty: Bool { tail == head }
    var room: Int { capacity &- count }

    func removeAll() { (head, tail) = (0, 0) }

    func removeFirst(_ size: Int) {
        precondition(size >= 0 && size <= count)
        head &+= size
        if head == tail { removeAll() }
    }

    /// Takes bytes out of the middle; those behind move up.
    func remove(_ size: Int, at offset: Int) {
        precondition(offset >= 0 && size >= 0 && offset <= count && size <= count - offset)
        let start = unsafe base + head + offset
        // SAFETY: both ranges lie in the queued bytes, as was just checked.
        unsafe memmove(start, start + size, count - offset - size)
        tail &-= size
    }

    /// Moves the bytes to the front of the buffer, so that all ``room`` is in one piece.
    private func compact() {
        guard head > 0 else { return }
        // SAFETY: source and target lie in the buffer; memmove allows the overlap.
        unsafe memmove(base, base + head, count)
        (head, tail) = (0, count)
    }
}

// MARK: Integers and bytes

extension ByteQueue {
    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at offset: Int) -> Value {
        precondition(offset >= 0 && offset <= count &- MemoryLayout<Value>.size)
        // SAFETY: the bytes read lie in the queued bytes, as was just checked.
        return unsafe Value(littleEndian: (base + head + offset).loadUnaligned(as: Value.self))
    }

    /// - Precondition: there is ``room`` for it.
    @inline(__always)
    func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        extend(by: MemoryLayout<Value>.size)
        // SAFETY: `extend` made these bytes part of the queue.
        unsafe (base + tail - MemoryLayout<Value>.size).storeBytes(of: value.littleEndian, as: Value.self)
    }

    func append(contentsOf other: ByteQueue) {
        extend(by: other.count)
        // SAFETY: `extend` made room for exactly these bytes; two queues never share memory.
        unsafe memcpy(base + tail - other.count, other.base + other.head, other.count)
    }

    func append(_ bytes: ArraySlice<UInt8>) {
        // SAFETY: each byte of such a span is initialized.
        unsafe append(bytes.span.bytes)
    }

    func append(_ bytes: RawSpan) {
        extend(by: bytes.byteCount)
        let start = unsafe base + tail - bytes.byteCount
        // SAFETY: `extend` made room for exactly these bytes.
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: start, count: source.count).copyMemory(from: source)
        }
    }

    /// A copy of `size` bytes.
    func bytes(at offset: Int, count size: Int) -> [UInt8] {
        precondition(offset >= 0 && size >= 0 && offset <= count && size <= count - offset)
        // SAFETY: the range lies in the queued bytes, as was just checked, and the array copies it.
        return unsafe Array(UnsafeRawBufferPointer(start: base + head + offset, count: size))
    }

    /// Fills `target` from byte `position` on with `size` bytes.
    func copy(at offset: Int, count size: Int, to target: inout MutableRawSpan, at position: Int) {
        precondition(offset >= 0 && size >= 0 && offset <= count && size <= count - offset)
        precondition(position >= 0 && position <= target.byteCount && size <= target.byteCount - position)
        let start = unsafe base + head + offset
        // SAFETY: both ranges were just checked; a span never lies in a queue's memory.
        unsafe target.withUnsafeMutableBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[position..<(position + size)])
                .copyMemory(from: UnsafeRawBufferPointer(start: start, count: size))
        }
    }

    @inline(__always)
    private func extend(by size: Int) {
        if capacity &- tail < size { compact() }
        precondition(size <= capacity &- tail)
        tail &+= size
    }
}

// MARK: For system calls

extension ByteQueue {
    /// The queued bytes. Valid until the queue changes.
    @unsafe var readable: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: base + head, count: count)
    }

    /// Lets `fill` write behind the queued bytes. It returns how many it wrote, which are then queued.
    @unsafe func fill(_ fill: (UnsafeMutableRawBufferPointer) -> Int) {
        compact()
        let written = unsafe fill(UnsafeMutableRawBufferPointer(start: base + tail, count: capacity - tail))
        precondition(written >= 0 && written <= capacity - tail)
        tail &+= written
    }
}
