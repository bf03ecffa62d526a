// SPDX-License-Identifier: Apache-2.0

/// A fixed number of plain values in memory allocated once: scratch space of a stage, without copies or reference counts.
@safe struct FixedBuffer<Element: BitwiseCopyable>: ~Copyable {
    let count: Int
    private let elements: UnsafeMutablePointer<Element>

    init(repeating value: Element, count: Int) {
        self.count = count
        // SAFETY: allocated here, freed in deinit only; the subscript checks every index.
        unsafe elements = .allocate(capacity: count)
        unsafe elements.initialize(repeating: value, count: count)
    }

    deinit { unsafe elements.deallocate() }

    subscript(index: Int) -> Element {
        // Addresses, so that reading a field of a large element does not copy the element.
        @inline(__always) unsafeAddress { unsafe UnsafePointer(address(of: index)) }
        @inline(__always) nonmutating unsafeMutableAddress { unsafe address(of: index) }
    }

    /// Where element `index` is, as long as the buffer lives.
    @inline(__always)
    @unsafe private func address(of index: Int) -> UnsafeMutablePointer<Element> {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return unsafe elements + index
    }
}
