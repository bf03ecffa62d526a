/// The MSI-X table and the pending bit array behind it, as the memory of a BAR.
///
/// A transport may keep a table of its own, as QEMU does, and then this one never sees a write: every vector stays
/// masked here. A function behind such a transport sends regardless of ``isMasked(_:)``.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.8.2
public struct MSIXTable: Sendable {
    public let vectorCount: Int
    /// Bytes of the BAR.
    public let size: Int
    /// Where the pending bits begin; the table begins at 0.
    public let pendingBitsOffset: Int

    private var entries: [UInt8]
    /// One bit for each vector, padded to whole quadwords.
    private var pending: [UInt8]

    private static let entrySize = 16

    /// - Precondition: the table ends before `pendingBitsOffset`, and the pending bits before `size`.
    public init(vectorCount: Int, pendingBitsOffset: Int, size: Int) {
        precondition((1...2048).contains(vectorCount) && pendingBitsOffset % 8 == 0)
        let pendingBytes = (vectorCount + 63) / 64 * 8
        precondition(vectorCount * Self.entrySize <= pendingBitsOffset && pendingBitsOffset + pendingBytes <= size)
        (self.vectorCount, self.pendingBitsOffset, self.size) = (vectorCount, pendingBitsOffset, size)
        entries = [UInt8](repeating: 0, count: vectorCount * Self.entrySize)
        pending = [UInt8](repeating: 0, count: pendingBytes)
        reset()
    }

    /// Every vector masked, none pending.
    ///
    /// Addresses and data are undefined after reset; here they are zero.
    public mutating func reset() {
        for index in entries.indices { entries[index] = index % Self.entrySize == 12 ? 1 : 0 }
        for index in pending.indices { pending[index] = 0 }
    }
}

// MARK: Access by software

extension MSIXTable {
    /// Reads `width` bytes (1, 2, 4 or 8), least significant first. The rest of the BAR, and past it, reads as zero.
    public func read(at offset: Int, width: Int) -> UInt64 {
        guard offset >= 0, offset < size else { return 0 }
        var result: UInt64 = 0
        for index in 0..<min(max(width, 0), 8) {
            result |= UInt64(byte(at: offset + index)) << UInt64(8 * index)
        }
        return result
    }

    private func byte(at offset: Int) -> UInt8 {
        let bit = offset - pendingBitsOffset
        if entries.indices.contains(offset) { return entries[offset] }
        return pending.indices.contains(bit) ? pending[bit] : 0
    }

    /// Writes `width` bytes (1, 2, 4 or 8) of the table; the pending bits are read-only.
    ///
    /// A write that clears a mask bit may leave a pending vector unmasked: ask ``takeDeliverable()`` afterwards.
    public mutating func write(at offset: Int, width: Int, _ value: UInt64) {
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

// MARK: Use by the function

extension MSIXTable {
    /// Whether the mask bit of `vector` is set. A vector that does not exist counts as masked.
    public func isMasked(_ vector: Int) -> Bool {
        guard (0..<vectorCount).contains(vector) else { return true }
        return entries[vector * Self.entrySize + 12] & 1 == 1
    }

    /// What the interrupt of `vector` is: a write of `data` to `address`.
    ///
    /// - Precondition: the vector exists.
    public func message(of vector: Int) -> (address: UInt64, data: UInt32) {
        let entry = vector * Self.entrySize
        return (read(at: entry, width: 8), UInt32(truncatingIfNeeded: read(at: entry + 8, width: 4)))
    }

    public func isPending(_ vector: Int) -> Bool {
        guard (0..<vectorCount).contains(vector) else { return false }
        return pending[vector / 8] >> UInt8(vector % 8) & 1 == 1
    }

    /// Marks `vector` as raised while it could not be sent. A vector that does not exist is ignored.
    public mutating func setPending(_ vector: Int) {
        guard (0..<vectorCount).contains(vector) else { return }
        pending[vector / 8] |= 1 << UInt8(vector % 8)
    }

    /// Clears the pending bits of the vectors whose bit is set in `vectors`, bit 0 for vector 0.
    public mutating func clearPending(_ vectors: UInt64) {
        for index in 0..<min(pending.count, 8) {
            pending[index] &= ~UInt8(truncatingIfNeeded: vectors >> UInt64(8 * index))
        }
    }

    /// The vectors that are pending and not masked; they are no longer pending after.
    ///
    /// Call when a mask bit was cleared, or the function mask, and send one message for each.
    public mutating func takeDeliverable() -> [Int] {
        let vectors = (0..<vectorCount).filter { isPending($0) && !isMasked($0) }
        for vector in vectors { pending[vector / 8] &= ~(1 << UInt8(vector % 8)) }
        return vectors
    }
}
