// SPDX-License-Identifier: Apache-2.0

import CKawela

// Single accesses to memory a guest may be writing: never torn, never repeated by the compiler.
//
// SAFETY: callers pass places that `AddressSpace.pointer` checked for the access, aligned to it.

@inline(__always)
@unsafe func loadLittleEndian(_ place: UnsafeMutableRawPointer) -> UInt64 {
    unsafe UInt64(littleEndian: kw_load64(place))
}

/// Stores a value after everything stored before it.
@inline(__always)
@unsafe func storeRelease(_ value: UInt64, to place: UnsafeMutableRawPointer) {
    unsafe kw_store64_release(place, value)
}

/// Stores a value after everything stored before it.
@inline(__always)
@unsafe func storeRelease(_ value: UInt32, to place: UnsafeMutableRawPointer) {
    unsafe kw_store32_release(place, value)
}
