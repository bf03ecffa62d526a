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
