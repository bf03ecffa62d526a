// SPDX-License-Identifier: Apache-2.0

import CKawela

// Frames that are one buffer of guest memory, appended without asking for room piece by piece.

extension FrameBatch {
    /// Bytes of a frame that are copied into header space.
    static var headerLength: Int { 128 }

    /// Frames of one buffer that there is room for, each with a tag.
    var wholeRoom: Int {
        // A prefix, the header and the rest.
        min(
            Self.capacity &- count, (Self.segmentCapacity &- segmentCount) / 3,
            (Self.headerCapacity &- headerBytes) / (Self.headerLength &+ 4))
    }

    /// Whether ``wholeRoom`` is more than 0.
    private var hasWholeRoom: Bool {
        @inline(__always) get {
            count < Self.capacity && segmentCount &+ 3 <= Self.segmentCapacity
                && headerBytes &+ Self.headerLength &+ 4 <= Self.headerCapacity
        }
    }

    /// Appends a frame for each buffer that `buffer` names for the indices of `range`, until it names none, one does not lie
    /// in one mapped range, the batch is full, or the frames have `limit` bytes.
    @inline(__always)
    mutating func appendBuffers(
        _ range: Range<Int>, _ ranges: RangeTable, sourcePool: Int?, limit: Int,
        buffer: (_ index: Int) -> (address: UInt64, byteCount: Int)?
    ) -> (count: Int, byteCount: Int) {
        let last = min(range.upperBound, range.lowerBound &+ wholeRoom)
        let pool = sourcePool.map { UInt8(truncatingIfNeeded: $0) }
        var (index, byteCount) = (range.lowerBound, 0)
        while index < last, byteCount < limit {
            // SAFETY: length readable bytes of a mapping that cannot go away before the batch is sent.
            guard let (address, length) = buffer(index),
                let place = unsafe ranges.pointer(address, length, forWriting: false)
            else { break }
            // SAFETY: there is room for this many frames.
            unsafe appendWhole(place, length, pool)
            byteCount &+= length
            index &+= 1
        }
        return (index &- range.lowerBound, byteCount)
    }

    /// Appends a frame of the `byteCount` bytes at `address`. False, and nothing appended, where they do not lie in one
    /// mapped range, or there is no room.
    /// - Parameter tag: type and TCI of a VLAN tag to put behind the two addresses.
    @inline(__always)
    mutating func appendWhole(_ byteCount: Int, at address: UInt64, _ ranges: RangeTable, tag: UInt32?) -> Bool {
        // SAFETY: byteCount readable bytes of a mapping that cannot go away before the batch is sent.
        guard hasWholeRoom, let place = unsafe ranges.pointer(address, byteCount, forWriting: false) else {
            return false
        }
        guard let tag else {
            unsafe appendWhole(place, byteCount, nil)
            return true
        }
        guard byteCount >= 12 else { return false }
        unsafe appendTagged(place, byteCount, tag)
        return true
    }

    /// Appends a frame of the `byteCount` bytes at `place`: a copy of the first 128, the rest by reference.
    /// - Precondition: ``hasWholeRoom``.
    @inline(__always)
    @unsafe private mutating func appendWhole(_ place: UnsafeRawPointer, _ byteCount: Int, _ sourcePool: UInt8?) {
        let copied = min(byteCount, Self.headerLength)
        // SAFETY: the caller saw to the room.
        unsafe Self.copy(from: place, to: headers + headerBytes, copied)
        unsafe appendFrame(headerBytes: copied, rest: place + copied, byteCount &- copied, sourcePool)
    }

    /// Appends a frame of the `byteCount` bytes at `place`, at least 12, with a tag behind the addresses.
    /// - Precondition: ``hasWholeRoom``.
    @inline(__always)
    @unsafe private mutating func appendTagged(_ place: UnsafeRawPointer, _ byteCount: Int, _ tag: UInt32) {
        let copied = min(byteCount, Self.headerLength)
        let header = unsafe headers + headerBytes
        // SAFETY: the caller saw to the room, four bytes more than are copied. The addresses move to the front, and the tag
        // to where they ended.
        unsafe Self.copy(from: place, to: header + 4, copied)
        let addresses = unsafe (
            header.loadUnaligned(fromByteOffset: 4, as: UInt64.self),
            header.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
        )
        unsafe header.storeBytes(of: addresses.0, as: UInt64.self)
        unsafe header.storeBytes(of: addresses.1, toByteOffset: 8, as: UInt32.self)
        unsafe header.storeBytes(of: tag.bigEndian, toByteOffset: 12, as: UInt32.self)
        unsafe appendFrame(headerBytes: copied &+ 4, rest: place + copied, byteCount &- copied, nil)
    }

    /// Makes a frame of the next `byteCount` bytes of header space and `restCount` bytes at `rest`.
    @inline(__always)
    @unsafe private mutating func appendFrame(
        headerBytes byteCount: Int, rest: UnsafeRawPointer, _ restCount: Int, _ sourcePool: UInt8?
    ) {
        let segment = unsafe segments + segmentCount
        lastHeaderBytes = headerBytes
        unsafe segment[0] = iovec()
        unsafe segment[1] = iovec(iov_base: headers + headerBytes, iov_len: byteCount)
        headerBytes &+= byteCount
        let hasRest = restCount > 0
        if hasRest {
            unsafe segment[2] = iovec(iov_base: UnsafeMutableRawPointer(mutating: rest), iov_len: restCount)
        }
        unsafe frames[count] = Frame(
            firstSegment: Int32(truncatingIfNeeded: segmentCount &+ 1), segmentCount: hasRest ? 2 : 1,
            byteCount: Int32(truncatingIfNeeded: byteCount &+ restCount), sourcePool: sourcePool)
        segmentCount &+= hasRest ? 3 : 2
        count &+= 1
    }

    /// Copies bytes: 64 to 128 as the first and the last 64, 32 and more likewise.
    @inline(__always)
    @unsafe static func copy(
        from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, _ byteCount: Int
    ) {
        // SAFETY: both halves lie within byteCount bytes.
        if byteCount >= 64, byteCount <= 128 {
            let first = unsafe source.loadUnaligned(as: SIMD64<UInt8>.self)
            let last = unsafe source.loadUnaligned(fromByteOffset: byteCount &- 64, as: SIMD64<UInt8>.self)
            unsafe destination.storeBytes(of: first, as: SIMD64<UInt8>.self)
            unsafe destination.storeBytes(of: last, toByteOffset: byteCount &- 64, as: SIMD64<UInt8>.self)
        } else if byteCount >= 32, byteCount < 64 {
            let first = unsafe source.loadUnaligned(as: SIMD32<UInt8>.self)
            let last = unsafe source.loadUnaligned(fromByteOffset: byteCount &- 32, as: SIMD32<UInt8>.self)
            unsafe destination.storeBytes(of: first, as: SIMD32<UInt8>.self)
            unsafe destination.storeBytes(of: last, toByteOffset: byteCount &- 32, as: SIMD32<UInt8>.self)
        } else {
            unsafe destination.copyMemory(from: source, byteCount: byteCount)
        }
    }
}

// What is noted of a frame on its way changes no frame, so whoever may look at the batch may note it.
extension FrameBatch {
    /// Notes that `pool` sent frame `index`.
    @inline(__always)
    func setSourcePool(_ pool: Int, of index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        unsafe frames[index].sourcePool = UInt8(truncatingIfNeeded: pool)
    }

    /// Notes that the owner of the batch has summarised frame `index`.
    @inline(__always)
    func markSummarized(_ index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        unsafe frames[index].isSummarized = true
    }

    /// Settles whether frame `index` leaves by the wire.
    @inline(__always)
    func setGoesToUplink(_ goesToUplink: Bool, of index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        unsafe frames[index].goesToUplink = goesToUplink
    }
}
