// SPDX-License-Identifier: Apache-2.0

/// `count` words, a power of two, in memory of their own that never moves, aligned to a page.
///
/// A plain value: all copies are the same storage, valid until one of them is told to ``deallocate()``.
@safe struct WordStorage<let count: Int>: BitwiseCopyable {
    private let words: UnsafeMutablePointer<UInt32>

    /// Words of zero.
    init() {
        precondition(count > 0 && count & (count - 1) == 0)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 4096)
        unsafe words = raw.initializeMemory(as: UInt32.self, repeating: 0, count: count)
    }

    func deallocate() {
        // SAFETY: the caller vouches that no copy is used any more.
        unsafe words.deallocate()
    }

    @unsafe var bytes: UnsafeRawPointer { @inline(__always) get { unsafe UnsafeRawPointer(words) } }

    subscript(index: Int) -> UInt32 {
        @inline(__always) get { unsafe words[index & (count - 1)] }
        // SAFETY: the mask keeps every index inside the allocation.
        @inline(__always) nonmutating set { unsafe words[index & (count - 1)] = newValue }
    }
}
