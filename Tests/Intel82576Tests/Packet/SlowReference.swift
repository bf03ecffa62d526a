// SPDX-License-Identifier: Apache-2.0

/// The plainest way to compute what the packet code computes fast; shares no code with it.
enum Slow {
    /// RFC 1071 over bytes, not complemented.
    static func sum(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var total = 0
        for (index, byte) in bytes.enumerated() { total += index % 2 == 0 ? Int(byte) * 256 : Int(byte) }
        while total > 0xFFFF { total = total % 65536 + total / 65536 }
        return UInt16(total)
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt16 { 0xFFFF - sum(bytes) }

    /// Bit by bit, least significant first.
    static func crc(_ bytes: some Sequence<UInt8>, polynomial: UInt32) -> UInt32 {
        var rest: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            for bit in 0..<8 {
                let isSet = (rest ^ UInt32(byte >> UInt8(bit))) & 1 == 1
                rest = isSet ? (rest >> 1) ^ polynomial : rest >> 1
            }
        }
        return rest ^ 0xFFFF_FFFF
    }

    /// Toeplitz as Microsoft states it: for each set bit of the input, the key's window at that bit.
    static func toeplitz(_ input: [UInt8], key: [UInt8]) -> UInt32 {
        func bit(_ bytes: [UInt8], _ index: Int) -> UInt32 { UInt32(bytes[index / 8] >> UInt8(7 - index % 8)) & 1 }
        var hash: UInt32 = 0
        for position in 0..<input.count * 8 where bit(input, position) == 1 {
            hash ^= (0..<32).reduce(0) { $0 << 1 | bit(key, position + $1) }
        }
        return hash
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }
}

func networkBytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
func networkBytes(_ value: UInt32) -> [UInt8] {
    networkBytes(UInt16(value >> 16)) + networkBytes(UInt16(value & 0xFFFF))
}
func network16(_ bytes: [UInt8], _ offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }
func network32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    UInt32(network16(bytes, offset)) << 16 | UInt32(network16(bytes, offset + 2))
}
