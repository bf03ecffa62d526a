// SPDX-License-Identifier: Apache-2.0

extension RawSpan {
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        // SAFETY: the load checks its bounds, and every bit pattern is a valid integer. So below.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The number in network order at byte `offset`. Traps outside the span, as the others do.
    @inline(__always)
    func network16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func network32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    @inline(__always)
    func network64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension MutableRawSpan {
    @inline(__always)
    mutating func storeNetwork16(_ value: UInt16, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    @inline(__always)
    mutating func storeNetwork32(_ value: UInt32, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Copies as many leading bytes of `source` as the span holds.
    /// - Precondition: `source` has that many.
    @inline(__always)
    mutating func copy(from source: RawSpan) {
        precondition(source.byteCount >= byteCount)
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { bytes in
                // SAFETY: the two spans cannot overlap: this one is held for writing. `bytes` is long enough.
                unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<target.count]))
            }
        }
    }
}
