// SPDX-License-Identifier: Apache-2.0

/// A table of fixed size that is allocated once and never copied: of an `InlineArray` that is part of a class, every
/// use copies all of it (Swift 6.3).
@safe struct LookupTable<let count: Int>: ~Copyable {
    private let entries: UnsafeMutablePointer<UInt32>

    /// A table of zeros.
    init() {
        // SAFETY: all of what was allocated is initialized before use, and integers need no deinitialization.
        unsafe entries = .allocate(capacity: count)
        unsafe entries.initialize(repeating: 0, count: count)
    }

    deinit { unsafe entries.deallocate() }

    subscript(index: Int) -> UInt32 {
        // SAFETY: the index was just checked.
        @inline(__always) get {
            precondition(index >= 0 && index < count)
            return unsafe entries[index]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count)
            unsafe entries[index] = newValue
        }
    }
}
