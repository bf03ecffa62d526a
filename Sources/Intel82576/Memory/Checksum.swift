// SPDX-License-Identifier: Apache-2.0

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

    /// Adds `word`, the number its two bytes make in network order. It begins a 16-bit word, as do the other numbers added:
    /// not behind an odd number of bytes.
    @inline(__always)
    mutating func add(_ word: UInt16) { add(partial: UInt64(word.bigEndian)) }

    /// Adds `word`, the number its four bytes make in network order.
    @inline(__always)
    mutating func add(_ word: UInt32) { add(partial: UInt64(word.bigEndian)) }

    /// Adds `word`, the number its eight bytes make in network order.
    @inline(__always)
    mutating func add(_ word: UInt64) { add(partial: word.bigEndian) }

    /// Takes `word` out again, wherever it was or will be added.
    @inline(__always)
    mutating func subtract(_ word: UInt32) { add(partial: UInt64((~word).bigEndian)) }

    /// Adds the sum of the bytes that follow.
    @inline(__always)
    mutating func add(_ following: ChecksumAccumulator) {
        let part = Self.fold(following.sum)
        add(partial: UInt64(following.isOdd ? part.byteSwapped : part))
        if following.isOdd { swap() }
    }

    @inline(__always)
    mutating func add(_ bytes: RawSpan) {
        // SAFETY: the pointer is used inside the closure only, within the span's count.
        let partial = unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.baseAddress.map { start in unsafe kw_sum(start, buffer.count) } ?? 0
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

    /// Adds with the carry: 2^64 - 1 is a multiple of 2^16 - 1.
    @inline(__always)
    private mutating func add(partial: UInt64) { sum = Self.sum(sum, partial) }

    @inline(__always)
    private mutating func add(partial: UInt64, count: Int) {
        add(partial: partial)
        if count & 1 != 0 { swap() }
    }

    @inline(__always)
    private static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 {
        let (sum, hasOverflown) = one.addingReportingOverflow(other)
        return sum &+ (hasOverflown ? 1 : 0)
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
    @inline(__always)
    @unsafe mutating func add(_ start: UnsafeRawPointer, count: Int) {
        // SAFETY: `kw_sum` reads what the caller promises.
        add(partial: unsafe kw_sum(start, count), count: count)
    }
}
