// SPDX-License-Identifier: Apache-2.0

import CKawela
import Glibc
import HostSystem
import SystemPackage

/// Memory of a fixed size that another process may map and write at any time.
///
/// A value in it is read once, with one load that cannot be torn, and only that copy is checked and used. Nobody can
/// change the size of the file, so to touch the memory cannot fail. Offsets are bytes from the start, aligned to the value.
@safe struct SharedMemory: ~Copyable {
    /// What the other process is given to map.
    let file: Descriptor
    let byteCount: Int
    private let start: UnsafeMutableRawPointer

    /// Memory of zeros.
    init(name: String, byteCount: Int) throws(Errno) {
        // SAFETY: the string is a valid C string during the call.
        let made = try unsafe Descriptor(result: kw_memfd_sealed(name, byteCount))
        let place = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, made.number, 0)
        guard let place = unsafe place, unsafe place != MAP_FAILED else { throw .last }
        unsafe start = place
        (file, self.byteCount) = (made, byteCount)
    }

    deinit { unsafe munmap(start, byteCount) }

    /// The `count` bytes at `offset`.
    @inline(__always)
    @unsafe func bytes(at offset: Int, _ count: Int) -> UnsafeMutableRawPointer {
        // What is negative is large without a sign.
        precondition(
            UInt(bitPattern: offset) <= UInt(bitPattern: byteCount)
                && UInt(bitPattern: count) <= UInt(bitPattern: byteCount &- offset))
        return unsafe start + offset
    }

    @inline(__always)
    func load16(at offset: Int) -> UInt16 { unsafe kw_load16(bytes(at: offset, 2)) }

    /// What the other process wrote before it stored the value can be read afterwards.
    @inline(__always)
    func load16Acquiring(at offset: Int) -> UInt16 { unsafe kw_load16_acquire(bytes(at: offset, 2)) }

    @inline(__always)
    func load32(at offset: Int) -> UInt32 { unsafe kw_load32(bytes(at: offset, 4)) }

    @inline(__always)
    func store16(_ value: UInt16, at offset: Int) { unsafe kw_store16(bytes(at: offset, 2), value) }

    /// Everything that was written before can be read by who reads the value.
    @inline(__always)
    func store16Releasing(_ value: UInt16, at offset: Int) { unsafe kw_store16_release(bytes(at: offset, 2), value) }

    /// A copy of the bytes at `offset`, which need not be of one moment.
    @inline(__always)
    func copy<Value: BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        // SAFETY: as many bytes are there; the types that are asked for take any bits.
        unsafe bytes(at: offset, MemoryLayout<Value>.size).loadUnaligned(as: type)
    }

    /// Not for a value that the other process may already look at.
    @inline(__always)
    func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        // SAFETY: as many bytes are there.
        unsafe bytes(at: offset, MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
    }

    /// Nothing is read afterwards before what was stored until then can be read by others.
    @inline(__always)
    func fence() { kw_fence() }
}
