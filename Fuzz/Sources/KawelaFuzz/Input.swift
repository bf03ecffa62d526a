// SPDX-License-Identifier: Apache-2.0

/// The bytes of a fuzzer's input, taken from the front. Behind their end everything reads as zero.
struct Input {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var left: Int { bytes.count - position }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// 0 to `bound` - 1, by one byte for bounds of up to 256 and two beyond.
    mutating func number(below bound: Int) -> Int { (bound > 256 ? Int(value16()) : Int(byte())) % max(bound, 1) }

    mutating func value16() -> UInt16 { UInt16(byte()) | UInt16(byte()) << 8 }
    mutating func value32() -> UInt32 { UInt32(value16()) | UInt32(value16()) << 16 }
    mutating func value64() -> UInt64 { UInt64(value32()) | UInt64(value32()) << 32 }
    mutating func flag() -> Bool { byte() & 1 == 1 }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(below: values.count)] }

    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(position + max(count, 0), bytes.count)
        defer { position = end }
        return Array(bytes[position..<end])
    }

    mutating func rest() -> [UInt8] { take(left) }

    /// A value of a register: any, one bit, few bits, all or none.
    mutating func registerValue() -> UInt32 {
        switch byte() % 8 {
        case 0: value32()
        case 1, 2: 1 << UInt32(byte() & 31)
        case 3: 1 << UInt32(byte() & 31) | 1 << UInt32(byte() & 31)
        case 4: UInt32(byte())
        case 5: .max
        case 6: UInt32(value16()) << UInt32(byte() & 31)
        default: 0
        }
    }
}
