// SPDX-License-Identifier: Apache-2.0

/// Little-endian bytes of integers, one after the other.
func bytes<each Value: FixedWidthInteger>(_ values: repeat each Value) -> [UInt8] {
    var result: [UInt8] = []
    for value in repeat each values {
        result += (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return result
}

extension [UInt8] {
    func integer<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
        (0..<(Value.bitWidth / 8)).reduce(0) { $0 | Value(truncatingIfNeeded: self[offset + $1]) << ($1 * 8) }
    }
    func u16(_ offset: Int) -> UInt16 { integer(UInt16.self, at: offset) }
    func u32(_ offset: Int) -> UInt32 { integer(UInt32.self, at: offset) }
    func u64(_ offset: Int) -> UInt64 { integer(UInt64.self, at: offset) }
}

/// A message of the client's side.
struct Wire: Equatable {
    static let noReply: UInt32 = 0x10

    var id: UInt16
    var command: UInt16
    var flags: UInt32 = 0
    var error: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        VFIOUserTests.bytes(id, command, UInt32(16 + payload.count), flags, error) + payload
    }

    /// The message `bytes` begins with, if it is there as a whole.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16, bytes.u32(4) >= 16, bytes.count >= Int(bytes.u32(4)) else { return nil }
        (id, command, flags, error) = (bytes.u16(0), bytes.u16(2), bytes.u32(8), bytes.u32(12))
        payload = Array(bytes[16..<Int(bytes.u32(4))])
    }

    init(_ id: UInt16, _ command: UInt16, _ payload: [UInt8] = [], flags: UInt32 = 0) {
        (self.id, self.command, self.payload, self.flags) = (id, command, payload, flags)
    }

    var isReply: Bool { flags & 0xF == 1 }
    /// The errno of an error reply, which has no payload.
    var refusal: CInt? { flags == 0x21 && payload.isEmpty ? CInt(error) : nil }
}
