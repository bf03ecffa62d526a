// SPDX-License-Identifier: Apache-2.0

/// A reflected 32-bit CRC over bytes in pieces of any length: the Ethernet FCS (IEEE 802.3 clause 3.2.9) and SCTP's
/// CRC32c (RFC 9260 appendix A).
struct CRC32: BitwiseCopyable, Sendable {
    private let table: CRCTable
    private var remainder: UInt32 = .max

    init(_ polynomial: Polynomial) {
        switch polynomial {
        case .ethernet: table = .ethernet
        case .castagnoli: table = .castagnoli
        }
    }

    enum Polynomial: UInt32, BitwiseCopyable, Sendable {
        case ethernet = 0xEDB8_8320
        case castagnoli = 0x82F6_3B78
    }

    /// The CRC of what was added. Both protocols send it least significant byte first.
    var value: UInt32 { ~remainder }

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        remainder = table[0, UInt64(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder &>> 8
    }

    /// Adds eight bytes, the first of them in the lowest byte of `word`.
    @inline(__always)
    mutating func add(_ word: UInt64) {
        let late = table[3, word &>> 32] ^ table[2, word &>> 40]
        let last = table[1, word &>> 48] ^ table[0, word &>> 56]
        // What depends on the bytes before comes last: it is the chain that limits the speed.
        let mixed = word ^ UInt64(remainder)
        let early = table[7, mixed] ^ table[6, mixed &>> 8]
        let middle = table[5, mixed &>> 16] ^ table[4, mixed &>> 24]
        remainder = (late ^ last) ^ (early ^ middle)
    }
}

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
