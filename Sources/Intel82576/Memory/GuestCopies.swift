// SPDX-License-Identifier: Apache-2.0

import CKawela

/// How a piece of guest memory got into a frame.
enum GatherResult {
    case done
    /// The batch has no room: send it and try again with an empty one.
    case full
    /// Outside what the function may read.
    case fault
}

extension FrameBatch {
    /// Appends `byteCount` bytes of guest memory to the frame begun last: by reference where they lie in one mapped
    /// range, otherwise copied into header space.
    @inline(__always)
    mutating func addGuestMemory(_ address: UInt64, _ byteCount: Int, of memory: AddressSpace) -> GatherResult {
        guard hasSegmentRoom else { return .full }
        // SAFETY: byteCount readable bytes of a mapping that cannot go away before the batch is sent.
        if let place = unsafe memory.pointer(address, byteCount, forWriting: false) {
            unsafe addSegment(place, count: byteCount)
            return .done
        }
        guard hasHeaderRoom(byteCount) else { return .full }
        var copy = addHeader(byteCount)
        return memory.copy(address, byteCount, to: &copy, at: 0) ? .done : .fault
    }
}

extension FrameBatch {
    /// Appends a buffer of `byteCount` bytes to the frame begun last: its first `headerLength` bytes by copy, the rest
    /// by reference.
    @inline(__always)
    mutating func addBuffer(
        _ address: UInt64, _ byteCount: Int, _ headerLength: Int, of memory: AddressSpace
    ) -> GatherResult {
        // SAFETY: byteCount readable bytes of a mapping that cannot go away before the batch is sent.
        if let place = unsafe memory.pointer(address, byteCount, forWriting: false) {
            unsafe addHeader(copying: place, headerLength)
            if byteCount > headerLength { unsafe addSegment(place + headerLength, count: byteCount &- headerLength) }
            return .done
        }
        var header = addHeader(headerLength)
        guard memory.copy(address, headerLength, to: &header, at: 0) else { return .fault }
        guard byteCount > headerLength else { return .done }
        return addGuestMemory(
            address &+ UInt64(truncatingIfNeeded: headerLength), byteCount &- headerLength, of: memory)
    }
}

extension AddressSpace {
    /// Copies `byteCount` bytes at `address` to `offset` of `destination`. False, with part of them copied, at the first
    /// byte that cannot be read.
    @inline(__always)
    func copy(_ address: UInt64, _ byteCount: Int, to destination: inout MutableRawSpan, at offset: Int) -> Bool {
        precondition(offset >= 0 && byteCount >= 0 && offset + byteCount <= destination.byteCount)
        return unsafe destination.withUnsafeMutableBytes { bytes in
            guard byteCount > 0, let start = bytes.baseAddress else { return true }
            // SAFETY: the precondition keeps both ends inside the span; the source was checked by `pointer`.
            if let place = unsafe pointer(address, byteCount, forWriting: false) {
                unsafe (start + offset).copyMemory(from: place, byteCount: byteCount)
                return true
            }
            return unsafe read(address, byteCount, into: start + offset)
        }
    }

    /// Copies `byteCount` bytes from byte `offset` of a frame to guest memory, as if the four bytes at `gap` were not
    /// there.
    @inline(__always)
    func store(
        _ batch: borrowing FrameBatch, frame: Int, at offset: Int, _ byteCount: Int, gap: Int?, to address: UInt64
    ) -> Bool {
        guard let gap else { return store(batch, frame: frame, at: offset, byteCount, to: address) }
        guard offset < gap else { return store(batch, frame: frame, at: offset + 4, byteCount, to: address) }
        let before = min(byteCount, gap - offset)
        return store(batch, frame: frame, at: offset, before, to: address)
            && store(
                batch, frame: frame, at: gap + 4, byteCount - before, to: address &+ UInt64(truncatingIfNeeded: before))
    }

    /// Copies `byteCount` bytes from byte `offset` of a frame, across its segments, to guest memory.
    @inline(__always)
    private func store(
        _ batch: borrowing FrameBatch, frame: Int, at offset: Int, _ byteCount: Int, to address: UInt64
    ) -> Bool {
        guard byteCount > 0 else { return true }
        let place = unsafe pointer(address, byteCount, forWriting: true)
        let segments = unsafe batch.segments(of: frame)
        var (skip, left, written) = (offset, byteCount, 0)
        for position in 1...Int(batch[frame].segmentCount) {
            let segment = unsafe segments[position]
            guard unsafe skip < segment.iov_len, let start = unsafe segment.iov_base else {
                unsafe skip -= segment.iov_len
                continue
            }
            let count = unsafe min(segment.iov_len - skip, left)
            // SAFETY: `place` has room for byteCount bytes and written + count <= byteCount; the source is a segment's.
            if let place = unsafe place {
                unsafe (place + written).copyMemory(from: start + skip, byteCount: count)
            } else if unsafe !write(address &+ UInt64(written), count, from: start + skip) {
                return false
            }
            (skip, left, written) = (0, left - count, written + count)
            if left == 0 { return true }
        }
        return storeZeros(left, to: address &+ UInt64(written))
    }

    /// Padding of a short frame.
    private func storeZeros(_ byteCount: Int, to address: UInt64) -> Bool {
        var (address, left) = (address, byteCount)
        while left > 0 {
            let zeros = InlineArray<64, UInt8>(repeating: 0)
            let count = min(left, 64)
            // SAFETY: count bytes of a local.
            let isWritten = unsafe zeros.span.withUnsafeBytes { unsafe write(address, count, from: $0.baseAddress!) }
            guard isWritten else { return false }
            address &+= UInt64(count)
            left -= count
        }
        return true
    }
}

extension RangeTable {
    /// Copies the first `byteCount` bytes of a frame, padded with zeros, to guest memory that lies in one range with a
    /// file. False, and nothing written, where it does not.
    @inline(__always)
    func storeWhole(_ batch: borrowing FrameBatch, frame: Int, _ byteCount: Int, to address: UInt64) -> Bool {
        // SAFETY: byteCount writable bytes.
        guard let place = unsafe pointer(address, byteCount, forWriting: true) else { return false }
        let segments = unsafe batch.segments(of: frame)
        if segments.count > 1, unsafe segments[1].iov_len >= byteCount, let start = unsafe segments[1].iov_base {
            // SAFETY: byteCount bytes of the header segment, and of the place.
            unsafe FrameBatch.copy(from: start, to: place, byteCount)
            return true
        }
        return unsafe storePieces(batch, frame: frame, byteCount, gap: nil, to: place)
    }

    /// As ``storeWhole(_:frame:_:to:)``, as if the four bytes of the header segment at `gap` were not there.
    @inline(never)
    func storeWhole(
        _ batch: borrowing FrameBatch, frame: Int, _ byteCount: Int, gap: Int, to address: UInt64
    ) -> Bool {
        // SAFETY: byteCount writable bytes.
        guard let place = unsafe pointer(address, byteCount, forWriting: true) else { return false }
        return unsafe storePieces(batch, frame: frame, byteCount, gap: gap, to: place)
    }

    @inline(never)
    @unsafe private func storePieces(
        _ batch: borrowing FrameBatch, frame: Int, _ byteCount: Int, gap: Int?, to place: UnsafeMutableRawPointer
    ) -> Bool {
        let segments = unsafe batch.segments(of: frame)
        if gap == 12, byteCount >= 12, unsafe segments[1].iov_len >= byteCount &+ 4,
            let start = unsafe segments[1].iov_base
        {
            // SAFETY: byteCount + 4 bytes of the header segment, and byteCount of the place. The two addresses are 12.
            unsafe place.storeBytes(of: start.loadUnaligned(as: UInt64.self), as: UInt64.self)
            unsafe place.storeBytes(
                of: start.loadUnaligned(fromByteOffset: 8, as: UInt32.self), toByteOffset: 8, as: UInt32.self)
            unsafe FrameBatch.copy(from: start + 16, to: place + 12, byteCount &- 12)
            return true
        }
        var (position, written, skip) = (1, 0, 0)
        if let gap {
            guard unsafe segments[1].iov_len >= gap &+ 4, byteCount >= gap, let start = unsafe segments[1].iov_base
            else { return false }
            // SAFETY: gap bytes of the header segment, and of the place.
            unsafe place.copyMemory(from: start, byteCount: gap)
            (written, skip) = (gap, gap &+ 4)
        }
        while written < byteCount, position < segments.count {
            let segment = unsafe segments[position]
            let count = unsafe min(segment.iov_len &- skip, byteCount &- written)
            // SAFETY: written + count <= byteCount; the source is a segment's.
            if let start = unsafe segment.iov_base {
                unsafe (place + written).copyMemory(from: start + skip, byteCount: count)
            }
            written &+= count
            position &+= 1
            skip = 0
        }
        if written < byteCount {
            unsafe (place + written).initializeMemory(as: UInt8.self, repeating: 0, count: byteCount &- written)
        }
        return true
    }
}
