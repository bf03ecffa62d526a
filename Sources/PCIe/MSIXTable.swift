/// The MSI-X table as the memory of a BAR, for software to read back.
///
/// Transports keep a table of their own, as QEMU does, mask by that and hold pending bits there. So a function sends
/// whatever the mask bits here say, and its pending bits read as zero.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.8.2
package struct MSIXTable: Sendable {
    package let vectorCount: Int

    private var entries: [UInt8]

    private static let entrySize = 16

    /// - Precondition: `vectorCount` is 1 to 2048.
    package init(vectorCount: Int) {
        precondition((1...2048).contains(vectorCount))
        self.vectorCount = vectorCount
        entries = [UInt8](repeating: 0, count: vectorCount * Self.entrySize)
        reset()
    }

    /// Every vector masked.
    ///
    /// Addresses and data are undefined after reset; here they are zero.
    package mutating func reset() {
        for index in entries.indices { entries[index] = index % Self.entrySize == 12 ? 1 : 0 }
    }
}

// MARK: Access by software

extension MSIXTable {
    /// Reads `width` bytes (1, 2, 4 or 8), least significant first. What is not the table reads as zero.
    package func read(at offset: Int, width: Int) -> UInt64 {
        guard offset >= 0, offset < entries.count else { return 0 }
        var result: UInt64 = 0
        for index in 0..<min(max(width, 0), 8, entries.count - offset) {
            result |= UInt64(entries[offset + index]) << UInt64(8 * index)
        }
        return result
    }

    /// Writes `width` bytes (1, 2, 4 or 8) of the table. What is not the table ignores writes.
    package mutating func write(at offset: Int, width: Int, _ value: UInt64) {
        guard offset >= 0, offset < entries.count else { return }
        for index in 0..<min(max(width, 0), 8, entries.count - offset) {
            let mask = Self.writableBits(at: offset + index)
            let byte = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
            entries[offset + index] = byte & mask
        }
    }

    /// Address bits 1:0 are zero, and of the vector control only the mask bit exists.
    private static func writableBits(at offset: Int) -> UInt8 {
        switch offset % entrySize {
        case 0: 0xFC
        case 12: 0x01
        case 13...15: 0x00
        default: 0xFF
        }
    }
}
