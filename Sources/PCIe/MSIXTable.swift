// SPDX-License-Identifier: Apache-2.0

/// The MSI-X table and the pending bit array (PBA) as the memory of a BAR. The table is at offset 0.
///
/// Transports keep a table of their own, as QEMU does, and mask by that. So a function sends whatever the mask bits here
/// say, and what is pending is known to its host alone.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.8.2
package struct MSIXTable: Sendable {
    package let vectorCount: Int

    private var entries: [UInt8]
    /// Bytes from the start of the BAR to the PBA.
    private let pendingBitsOffset: Int

    private static let entrySize = 16

    /// - Parameter pendingBitsOffset: bytes from the start of the BAR to the PBA, a multiple of 8.
    /// - Precondition: `vectorCount` is 1 to 2048, and the PBA lies behind the table.
    package init(vectorCount: Int, pendingBitsOffset: Int) {
        precondition((1...2048).contains(vectorCount))
        precondition(pendingBitsOffset >= vectorCount * Self.entrySize && pendingBitsOffset % 8 == 0)
        (self.vectorCount, self.pendingBitsOffset) = (vectorCount, pendingBitsOffset)
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
    /// Reads `width` bytes (1, 2, 4 or 8) of the table or of the PBA, least significant first. All else reads as zero.
    /// - Parameter host: where the function's messages go; without one none is pending.
    package func read(at offset: Int, width: Int, host: (any FunctionHost)? = nil) -> UInt64 {
        offset < entries.count ? readTable(at: offset, width: width) : readPendingBits(at: offset, width: width, host)
    }

    private func readPendingBits(at offset: Int, width: Int, _ host: (any FunctionHost)?) -> UInt64 {
        guard let host, offset >= pendingBitsOffset, offset - pendingBitsOffset < (vectorCount + 7) / 8 else {
            return 0
        }
        let first = (offset - pendingBitsOffset) * 8
        var result: UInt64 = 0
        for bit in 0..<min(min(max(width, 0), 8) * 8, vectorCount - first) where host.isMSIXPending(first + bit) {
            result |= 1 << UInt64(bit)
        }
        return result
    }

    private func readTable(at offset: Int, width: Int) -> UInt64 {
        guard offset >= 0 else { return 0 }
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
