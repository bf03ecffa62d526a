// SPDX-License-Identifier: Apache-2.0

/// A base address register: a window of the function that software places in an address space.
///
/// Software learns the size by writing all ones: the address bits below the size stay zero.
///
/// - Specification: PCI Local Bus Specification 3.0, 6.2.5.1
package struct BAR: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case memory32
        /// Takes this register and the next.
        case memory64
        case io
    }

    /// 0 to 5.
    package let index: Int
    /// Bytes.
    package let size: Int
    package let kind: Kind
    package let isPrefetchable: Bool

    /// - Precondition: `size` is a power of two, at least 16 (4 for I/O), and a 32-bit window is at most 2 GiB.
    package init(_ index: Int, _ kind: Kind, size: Int, isPrefetchable: Bool = false) {
        precondition((0...(kind == .memory64 ? 4 : 5)).contains(index))
        precondition(size.nonzeroBitCount == 1 && size >= (kind == .io ? 4 : 16))
        precondition(kind == .memory64 || size <= 1 << 31)
        (self.index, self.kind, self.size, self.isPrefetchable) = (index, kind, size, isPrefetchable)
    }

    /// The read-only low bits: space, width and prefetchable.
    private var typeBits: UInt32 {
        switch kind {
        case .io: 0x1
        case .memory32: isPrefetchable ? 0x8 : 0x0
        case .memory64: isPrefetchable ? 0xC : 0x4
        }
    }

    private func addressMask(forSize size: Int) -> UInt64 { ~UInt64(size - 1) }

    /// Lays the register out.
    ///
    /// - Parameter base: where the array of base address registers begins: 0x10 in the header.
    func define(in space: inout ConfigurationSpace, base: Int) {
        let mask = addressMask(forSize: size)
        let offset = base + 4 * index
        space.define(at: offset, typeBits, writable: UInt32(truncatingIfNeeded: mask))
        guard kind == .memory64 else { return }
        space.define(at: offset + 4, UInt32(0), writable: UInt32(truncatingIfNeeded: mask >> 32))
    }

    /// Makes the window decode `size` bytes instead, and drops the address bits that are now below it.
    func resize(to size: Int, in space: inout ConfigurationSpace, base: Int) {
        let mask = UInt32(truncatingIfNeeded: addressMask(forSize: size))
        let offset = base + 4 * index
        space.setWritable(mask, at: offset)
        space.store(space.load(at: offset) & mask | typeBits, at: offset)
    }

    /// Where software placed the window.
    package func address(in space: ConfigurationSpace, base: Int = Header.Offset.baseAddressRegisters) -> UInt64 {
        let offset = base + 4 * index
        let low = UInt64(space.load(at: offset, as: UInt32.self))
        let high = kind == .memory64 ? UInt64(space.load(at: offset + 4, as: UInt32.self)) : 0
        return (high << 32 | low) & addressMask(forSize: size)
    }
}
