/// The storage of the 128 KiB register space, one word a register, indexed by `offset / 4` of the canonical address.
///
/// It lies in memory of its own that never moves. Clients map ``QueuePages``, never this. A plain value, so that every
/// block of the chip can keep it without counting references: all copies are the same storage, valid as long as the
/// ``Port`` that made it.
@safe struct RegisterFile: BitwiseCopyable {
    static let wordCount = 0x20000 / 4

    private let words: UnsafeMutablePointer<UInt32>

    init() {
        let raw = UnsafeMutableRawPointer.allocate(byteCount: Self.wordCount * 4, alignment: 4096)
        unsafe words = raw.initializeMemory(as: UInt32.self, repeating: 0, count: Self.wordCount)
    }

    /// For the port alone, which is at its end.
    func deallocate() {
        // SAFETY: the port does not use the registers any more, and no block does without it.
        unsafe words.deallocate()
    }

    /// All of it, aligned to a page.
    @unsafe var bytes: UnsafeRawPointer { @inline(__always) get { unsafe UnsafeRawPointer(words) } }

    subscript(word index: Int) -> UInt32 {
        @inline(__always) get { unsafe words[index & (Self.wordCount - 1)] }
        // SAFETY: the mask keeps every index inside the allocation.
        @inline(__always) nonmutating set { unsafe words[index & (Self.wordCount - 1)] = newValue }
    }

    /// The typed register `R`, or element `index` of an array of them.
    subscript<R: Register>(_ register: R.Type, _ index: Int = 0) -> R {
        @inline(__always) get { R(raw: self[word: R.offset(of: index) / 4]) }
        @inline(__always) nonmutating set { self[word: R.offset(of: index) / 4] = newValue.raw }
    }
}
