// SPDX-License-Identifier: Apache-2.0

/// A descriptor ring where it lies in this process. For one run: a mapping may go away between runs.
@safe struct RingWindow {
    private let place: UnsafeMutableRawPointer
    private let count: Int

    /// `nil` unless all of the ring lies in one range that has a file and can be read and written.
    @inline(__always)
    init?(_ ring: Ring, in memory: RangeTable) {
        let byteCount = ring.count &* Ring.descriptorSize
        // SAFETY: byteCount bytes, readable and writable; the base of a ring is aligned to 128 bytes.
        guard let place = unsafe memory.pointer(ring.base, byteCount, forWriting: true),
            unsafe memory.pointer(ring.base, byteCount, forWriting: false) != nil
        else { return nil }
        unsafe self.place = place
        count = ring.count
    }

    @inline(__always)
    @unsafe private func descriptor(_ index: Int) -> UnsafeMutableRawPointer {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return unsafe place + index &* Ring.descriptorSize
    }

    /// The two quadwords of descriptor `index`, each read exactly once.
    @inline(__always)
    func descriptor(at index: Int) -> (low: UInt64, high: UInt64) {
        let start = unsafe descriptor(index)
        return unsafe (loadLittleEndian(start), loadLittleEndian(start + 8))
    }

    /// Writes the last doubleword of descriptor `index` after everything written before it.
    @inline(__always)
    func storeStatus(_ value: UInt32, at index: Int) {
        unsafe storeRelease(value.littleEndian, to: descriptor(index) + 12)
    }

    /// Writes descriptor `index`, the second quadword last.
    @inline(__always)
    func store(_ low: UInt64, _ high: UInt64, at index: Int) {
        let start = unsafe descriptor(index)
        unsafe storeRelease(low.littleEndian, to: start)
        unsafe storeRelease(high.littleEndian, to: start + 8)
    }
}
