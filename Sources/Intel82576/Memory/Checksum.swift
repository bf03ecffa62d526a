import CKawela

/// Sums and check sequences over frames: the Internet checksum, CRCs, and the walk over a frame's segments they share.
///
/// Guest memory may change while it is read here. The result is then that of no particular moment, as on the chip; no
/// address or length is ever taken from what is read. Loads are plain and no `Span` is formed over guest memory.

/// Takes the bytes of a frame piece by piece.
protocol ByteSink: ~Copyable {
    /// - Precondition: `count` bytes at `start` are readable; `count` is positive.
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int)
}

// MARK: Internet checksum

/// The one's complement sum of 16-bit words in network order (RFC 1071), taken in pieces of any length, odd ones included.
@safe struct ChecksumAccumulator: BitwiseCopyable, Sendable {
    /// The sum of the words as the host loads them: the sum does not depend on byte order (RFC 1071 section 2 (B)). After an
    /// odd number of bytes it is kept swapped, so that what follows is added as if it began a word.
    private var sum: UInt64 = 0
    /// An odd number of bytes was added.
    private var isOdd = false

    init() {}

    /// Adds `word`, the number its two bytes make in network order.
    @inline(__always)
    mutating func add(_ word: UInt16) { sum &+= UInt64(word.bigEndian) }

    /// Adds `word`, the number its four bytes make in network order.
    @inline(__always)
    mutating func add(_ word: UInt32) { sum &+= UInt64(word.bigEndian) }

    /// Adds `word`, the number its eight bytes make in network order.
    @inline(__always)
    mutating func add(_ word: UInt64) { sum &+= Self.halves(word.bigEndian) }

    /// Takes `word` out again, wherever it was or will be added.
    @inline(__always)
    mutating func subtract(_ word: UInt32) { sum &+= UInt64((~word).bigEndian) }

    /// Adds the sum of the bytes that follow.
    @inline(__always)
    mutating func add(_ following: ChecksumAccumulator) {
        let part = Self.fold(following.sum)
        sum &+= UInt64(following.isOdd ? part.byteSwapped : part)
        if following.isOdd { swap() }
    }

    @inline(__always)
    mutating func add(_ bytes: RawSpan) {
        // SAFETY: the pointer is used inside the closure only, within the span's count.
        let partial = unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.baseAddress.map { start in unsafe Self.sum(start, count: buffer.count) } ?? 0
        }
        add(partial: partial, count: bytes.byteCount)
    }

    /// The sum as a number in network order, not complemented.
    var folded: UInt16 {
        @inline(__always) get {
            let folded = Self.fold(sum)
            return UInt16(bigEndian: isOdd ? folded.byteSwapped : folded)
        }
    }
    /// Whether ``checksum`` is 0: data that includes its own checksum is right.
    var isRight: Bool { @inline(__always) get { sum != 0 && sum % 0xFFFF == 0 } }
    /// What a checksum field holds: the complement of ``folded``.
    var checksum: UInt16 { @inline(__always) get { ~folded } }

    @inline(__always)
    private mutating func add(partial: UInt64, count: Int) {
        sum &+= partial
        if count & 1 != 0 { swap() }
    }

    private mutating func swap() {
        sum = UInt64(Self.fold(sum).byteSwapped)
        isOdd.toggle()
    }

    @inline(__always)
    private static func halves(_ sum: UInt64) -> UInt64 { (sum & 0xFFFF_FFFF) &+ (sum &>> 32) }

    @inline(__always)
    private static func fold(_ sum: UInt64) -> UInt16 {
        var folded = halves(sum)
        folded = (folded & 0xFFFF) &+ (folded &>> 16 & 0xFFFF) &+ (folded &>> 32)
        folded = (folded & 0xFFFF) &+ (folded &>> 16)
        return UInt16(truncatingIfNeeded: (folded & 0xFFFF) &+ (folded &>> 16))
    }
}

extension ChecksumAccumulator: ByteSink {
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) {
        // SAFETY: `sum` reads what the caller promises; so below.
        add(partial: unsafe Self.sum(start, count: count), count: count)
    }

    /// Blocks of 64 bytes, then words of 8, then what is left.
    @inline(__always)
    private static func sum(_ start: UnsafeRawPointer, count: Int) -> UInt64 {
        var sum: UInt64 = 0
        var offset = 0
        if count >= 64 {
            // SAFETY: whole blocks within `count`.
            sum = unsafe kw_sum_blocks(start, count &>> 6)
            offset = count & ~63
        }
        while count &- offset >= 8 {
            // SAFETY: offset + 8 <= count.
            let word = unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            // With the carry: 2^64 - 1 is a multiple of 2^16 - 1.
            let (partial, hasOverflown) = sum.addingReportingOverflow(word)
            sum = partial &+ (hasOverflown ? 1 : 0)
            offset &+= 8
        }
        return unsafe halves(sum) &+ tail(start, from: offset, count: count)
    }

    /// The last 0 to 7 bytes as one number, the first of them lowest in memory.
    @inline(__always)
    private static func tail(_ start: UnsafeRawPointer, from first: Int, count: Int) -> UInt64 {
        var word: UInt64 = 0
        var offset = first
        // SAFETY: each size is taken only when that many bytes are left before `count`.
        if count & 4 != 0 {
            let part = unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            word = UInt64(part)
            offset &+= 4
        }
        if count & 2 != 0 {
            let part = unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
            word &+= UInt64(part)
            offset &+= 2
        }
        if count & 1 != 0 {
            let part = unsafe start.load(fromByteOffset: offset, as: UInt8.self)
            word &+= UInt64(UInt16(littleEndian: UInt16(part)))
        }
        return word
    }
}

// MARK: Cyclic redundancy checks

extension CRC32: ByteSink {
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) {
        var offset = 0
        while count &- offset >= 8 {
            // SAFETY: offset + 8 <= count.
            add(UInt64(littleEndian: unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        while offset < count {
            // SAFETY: offset < count.
            add(unsafe start.load(fromByteOffset: offset, as: UInt8.self))
            offset &+= 1
        }
    }
}

/// The remainders of every byte followed by 0 to 7 zero bytes. Made once and never freed.
// JUSTIFICATION: a pointer, because passing a constant `InlineArray` along copies its 8 KB (Swift 6.3), which is more
// time than the CRC of a small frame takes.
@safe struct CRCTable: BitwiseCopyable, @unchecked Sendable {
    static let ethernet = CRCTable(.ethernet)
    static let castagnoli = CRCTable(.castagnoli)

    private let entries: UnsafeMutablePointer<UInt32>

    private init(_ polynomial: CRC32.Polynomial) {
        // SAFETY: every index is below 8 * 256; here and below.
        unsafe entries = .allocate(capacity: 8 * 256)
        for byte in 0..<256 {
            unsafe entries[byte] = (0..<8).reduce(UInt32(byte)) { rest, _ in
                rest & 1 == 0 ? rest >> 1 : rest >> 1 ^ polynomial.rawValue
            }
        }
        for entry in 256..<8 * 256 {
            let nearer = unsafe entries[entry - 256]
            unsafe entries[entry] = unsafe entries[Int(nearer & 0xFF)] ^ nearer >> 8
        }
    }

    /// The remainder of the lowest byte of `word` followed by `distance` (0 to 7) zero bytes.
    subscript(distance: Int, word: UInt64) -> UInt32 {
        @inline(__always) get { unsafe entries[(distance & 7) &* 256 &+ Int(truncatingIfNeeded: word & 0xFF)] }
    }
}

/// A table of fixed size that is allocated once and never copied: of an `InlineArray` that is part of a class, every
/// use copies all of it (Swift 6.3).
@safe struct LookupTable<let count: Int>: ~Copyable {
    private let entries: UnsafeMutablePointer<UInt32>

    /// A table of zeros.
    init() {
        // SAFETY: all of what was allocated is initialized before use, and integers need no deinitialization.
        unsafe entries = .allocate(capacity: count)
        unsafe entries.initialize(repeating: 0, count: count)
    }

    deinit { unsafe entries.deallocate() }

    subscript(index: Int) -> UInt32 {
        // SAFETY: the index was just checked.
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return unsafe entries[index]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            unsafe entries[index] = newValue
        }
    }
}

// MARK: Walking a frame

/// A place between two bytes of a frame.
struct FramePosition: BitwiseCopyable, Sendable {
    /// 0 is the header segment.
    fileprivate var segment = 0
    fileprivate var offset = 0
}

extension FrameBatch: ByteSink {
    // SAFETY: the promise of `addSegment` is that of `feed`'s caller: the bytes stay while the batch is used.
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) { unsafe addSegment(start, count: count) }

    /// Feeds the next `byteCount` bytes of frame `index` to `sink` and moves `position` past them.
    /// - Returns: how many bytes there were; fewer than asked for at the end of the frame.
    @inline(__always)
    @discardableResult
    func feed<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from position: inout FramePosition, to sink: inout Sink
    ) -> Int {
        // SAFETY: the buffer is used before the batch can change. Its first segment is the prefix.
        let segments = unsafe segments(of: index)
        var left = byteCount
        while left > 0, position.segment &+ 1 < segments.count {
            let segment = unsafe segments[position.segment &+ 1]
            let count = unsafe min(left, segment.iov_len &- position.offset)
            if let base = unsafe segment.iov_base, count > 0 {
                // SAFETY: offset + count <= iov_len, and the batch's filler vouches for the segment.
                unsafe sink.add(UnsafeRawPointer(base) + position.offset, count: count)
            }
            left &-= count
            position.offset &+= count
            if unsafe position.offset >= segment.iov_len { position = FramePosition(segment: position.segment &+ 1) }
        }
        return byteCount &- left
    }

    /// The place before byte `offset` of frame `index`; the frame's end if it is shorter.
    @inline(__always)
    func position(_ offset: Int, of index: Int) -> FramePosition {
        if offset < header(of: index).byteCount { return FramePosition(segment: 0, offset: offset) }
        return distantPosition(offset, of: index)
    }

    private func distantPosition(_ offset: Int, of index: Int) -> FramePosition {
        var position = FramePosition()
        var nowhere = PieceCounter()
        feed(offset, of: index, from: &position, to: &nowhere)
        return position
    }

    /// How many pieces the next `byteCount` bytes of frame `index` are in.
    func pieceCount(_ byteCount: Int, of index: Int, from position: FramePosition) -> Int {
        var position = position
        var counter = PieceCounter()
        feed(byteCount, of: index, from: &position, to: &counter)
        return counter.pieces
    }

    /// Adds `byteCount` bytes of frame `index`, from byte `offset` on, to `sink`. False when the frame is shorter.
    @inline(__always)
    func sum<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from offset: Int, into sink: inout Sink
    ) -> Bool {
        guard offset >= 0, byteCount >= 0 else { return false }
        let segments = unsafe segments(of: index)
        guard byteCount > 0, segments.count > 1, let header = unsafe segments[1].iov_base else {
            return sumScattered(byteCount, of: index, from: offset, into: &sink)
        }
        let inHeader = unsafe segments[1].iov_len &- offset
        if byteCount <= inHeader {
            // SAFETY: the range was just found to be inside the header segment.
            unsafe sink.add(UnsafeRawPointer(header) + offset, count: byteCount)
            return true
        }
        guard inHeader >= 0, segments.count == 3, unsafe byteCount &- inHeader <= segments[2].iov_len,
            let rest = unsafe segments[2].iov_base
        else { return sumScattered(byteCount, of: index, from: offset, into: &sink) }
        // SAFETY: the range was just found to end inside the segment behind the header.
        if inHeader > 0 { unsafe sink.add(UnsafeRawPointer(header) + offset, count: inHeader) }
        unsafe sink.add(UnsafeRawPointer(rest), count: byteCount &- inHeader)
        return true
    }

    @inline(never)
    private func sumScattered<Sink: ByteSink & ~Copyable>(
        _ byteCount: Int, of index: Int, from offset: Int, into sink: inout Sink
    ) -> Bool {
        var position = position(offset, of: index)
        return feed(byteCount, of: index, from: &position, to: &sink) == byteCount
    }
}

private struct PieceCounter: ByteSink {
    var pieces = 0
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) { pieces &+= 1 }
}

// MARK: Numbers in header bytes

extension RawSpan {
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        // SAFETY: the load checks its bounds, and every bit pattern is a valid integer. So below.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The number in network order at byte `offset`. Traps outside the span, as the others do.
    @inline(__always)
    func network16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func network32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func network64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension MutableRawSpan {
    @inline(__always)
    mutating func storeNetwork16(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    @inline(__always)
    mutating func storeNetwork32(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Copies as many leading bytes of `source` as the span holds.
    /// - Precondition: `source` has that many.
    @inline(__always)
    mutating func copy(from source: RawSpan) {
        precondition(source.byteCount >= byteCount)
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { bytes in
                // SAFETY: the two spans cannot overlap: this one is held for writing. `bytes` is long enough.
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<target.count]))
            }
        }
    }
}
