// SPDX-License-Identifier: Apache-2.0

/// The storage of the 128 KiB register space, one word a register, indexed by `offset / 4` of the canonical address.
///
/// A plain value, so that every block of the chip can keep it without counting
/// references: all copies are the same storage, valid as long as the ``Port`` that made it.
struct RegisterFile: BitwiseCopyable {
    let words = WordStorage<0x8000>()

    /// For the port alone, which is at its end.
    func deallocate() { words.deallocate() }

    subscript(word index: Int) -> UInt32 {
        @inline(__always) get { words[index] }
        @inline(__always) nonmutating set { words[index] = newValue }
    }

    /// The typed register `R`, or element `index` of an array of them.
    subscript<R: Register>(_ register: R.Type, _ index: Int = 0) -> R {
        @inline(__always) get { R(raw: self[word: R.offset(of: index) / 4]) }
        @inline(__always) nonmutating set { self[word: R.offset(of: index) / 4] = newValue.raw }
    }
}
