// SPDX-License-Identifier: Apache-2.0

/// Accesses of 1, 2, 4 and 8 bytes to a space of 32-bit registers.
enum RegisterWindow {
    /// - Parameter word: reads the register at an offset, a multiple of 4.
    @inline(__always)
    static func read(at offset: Int, width: Int, word: (Int) -> UInt32) -> UInt64 {
        if width == 8 { return UInt64(word(offset & ~3)) | UInt64(word((offset & ~3) + 4)) << 32 }
        let mask = UInt32.max &>> UInt32(truncatingIfNeeded: 32 - 8 * width)
        return UInt64((word(offset & ~3) &>> UInt32(8 * (offset & 3))) & mask)
    }

    /// Registers are 32 bits wide. A narrower write changes its bytes of what is stored.
    @inline(__always)
    static func write(
        at offset: Int, width: Int, _ value: UInt64, stored: (Int) -> UInt32, store: (Int, UInt32) -> Void
    ) {
        let (word, low) = (offset & ~3, UInt32(truncatingIfNeeded: value))
        if width == 4, offset & 3 == 0 { return store(word, low) }
        if width == 8 {
            store(word, low)
            return store(word + 4, UInt32(truncatingIfNeeded: value >> 32))
        }
        let shift = UInt32(8 * (offset & 3))
        let mask = (UInt32.max &>> UInt32(truncatingIfNeeded: 32 - 8 * width)) &<< shift
        store(word, stored(word) & ~mask | (low &<< shift) & mask)
    }
}
