import CKawela

// The Internet checksum over memory. CRC32.swift has the other check sequences, FrameBytes.swift the walk over a frame's
// segments that both share.
//
// Guest memory may change while it is read here. The result is then that of no particular moment, as on the chip; no
// address or length is ever taken from what is read. Loads are plain and no `Span` is formed over guest memory.

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
