// SPDX-License-Identifier: Apache-2.0

/// The frames of the benchmarks. Addresses and ports never vary; the payload differs from frame to frame.
enum Frames {
    /// The card, and its pool 0.
    static let card: [UInt8] = [0x52, 0x54, 0x00, 0x82, 0x57, 0x06]
    /// Somebody on the wire.
    static let outside: [UInt8] = [0x02, 0, 0, 0, 0, 0x99]

    /// The address of a pool or VF.
    static func pool(_ number: Int) -> [UInt8] { number == 0 ? card : [0x02, 0, 0, 0, 1, UInt8(number)] }

    /// A UDP datagram over IPv4 in a frame of `length` bytes.
    /// - Parameter isComplete: with both checksums; else as a driver leaves it to a card that inserts them.
    static func udp(
        _ number: Int, length: Int, to destination: [UInt8] = outside, from source: [UInt8] = card,
        isComplete: Bool = true
    ) -> [UInt8] {
        let payload = length - 42
        var frame = ethernet(destination, source) + ip(length: length - 14, protocolNumber: 17)
        frame += [0xC0, 0x00, 0x00, 0x09] + bytes(UInt16(payload + 8)) + [0, 0]
        frame += (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 31 &+ $0 >> 8) }
        let pseudo = sum(frame[26..<34]) + 17 + UInt32(payload + 8)
        set(fold(pseudo), at: 40, of: &frame)
        guard isComplete else { return frame }
        set(~fold(sum(frame[34...])), at: 40, of: &frame)
        set(~fold(sum(frame[14..<34])), at: 24, of: &frame)
        return frame
    }

    /// MSS of ``largeTCP(_:)``, and the length of its headers: TCP with timestamps.
    static let segmentSize = 1448, tcpHeaders = 66
    static let segments = 45

    /// A TCP packet of 45 segments, 64 KB, as a driver leaves it to a card that cuts it.
    static func largeTCP(_ number: Int) -> [UInt8] {
        let payload = segments * segmentSize
        var frame = ethernet(outside, card) + ip(length: 0, protocolNumber: 6)
        frame += [0xC0, 0x00, 0x14, 0x51] + [0, 0, 0, 1] + [0, 0, 0, 2] + [0x80, 0x18, 0x20, 0x00, 0, 0, 0, 0]
        frame += [1, 1, 8, 10, 0, 0, 0, 3, 0, 0, 0, 4]
        set(fold(sum(frame[26..<34]) + 6), at: 50, of: &frame)
        frame += (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number &* 31 &+ $0 >> 8) }
        return frame
    }

    private static func ethernet(_ destination: [UInt8], _ source: [UInt8]) -> [UInt8] {
        destination + source + [0x08, 0x00]
    }

    private static func ip(length: Int, protocolNumber: UInt8) -> [UInt8] {
        [0x45, 0] + bytes(UInt16(length)) + [0x12, 0x34, 0x40, 0x00, 64, protocolNumber, 0, 0]
            + [10, 82, 57, 6] + [10, 82, 57, 99]
    }

    private static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }

    static func set(_ value: UInt16, at offset: Int, of frame: inout [UInt8]) {
        frame.replaceSubrange(offset..<offset + 2, with: bytes(value))
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var (sum, isHigh) = (UInt32(0), true)
        for byte in bytes {
            sum += isHigh ? UInt32(byte) << 8 : UInt32(byte)
            isHigh.toggle()
        }
        return sum
    }

    static func fold(_ sum: UInt32) -> UInt16 {
        var sum = sum
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        return UInt16(sum)
    }
}
