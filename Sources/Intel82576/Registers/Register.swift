// SPDX-License-Identifier: Apache-2.0

/// A 32-bit register, or an array of them, with its place in the register space of the physical function.
///
/// What a register is, where it is and what its bits mean is written in its type and nowhere else: dispatch, reset, the
/// register list in `docs/`, the driver in the daemon, and the drivers of tests and benchmarks use the types.
package protocol Register: BitWord where Raw == UInt32 {
    static var name: RegisterName { get }
    /// Byte offset of element 0.
    static var offset: Int { get }
    /// Bytes between elements.
    static var stride: Int { get }
    /// Elements of the array.
    static var count: Int { get }
    /// Byte offset of element `index`.
    static func offset(of index: Int) -> Int
    /// Where a virtual function sees its share; `nil` when only the physical function sees the register.
    static var window: VirtualWindow? { get }
    /// The rows of the register table: one, or one for each part of the array that differs in place or reset value.
    static var specs: [RegisterSpec] { get }
    /// From the lowest bit on; none when the register is one number.
    static var fields: [RegisterField] { get }
}

extension Register {
    package static var stride: Int { 4 }
    package static var count: Int { 1 }
    package static var window: VirtualWindow? { nil }
    package static var fields: [RegisterField] { [] }

    @inline(__always)
    package static func offset(of index: Int) -> Int { offset &+ index &* stride }
}

/// A register that each of the 16 queues has, in a block of 64 bytes.
///
/// The first four queues answer at the addresses of older chips too, where a VF sees its own two: queue 0 of VF v is queue
/// v of the port, queue 1 is queue v + 8.
package protocol QueueRegister: Register {
    /// The address of queue 0 on older chips.
    static var legacyOffset: Int { get }
}

extension QueueRegister {
    package static var stride: Int { 0x40 }
    package static var count: Int { 16 }
    package static var window: VirtualWindow? { .queue(at: UInt32(legacyOffset)) }
    package static var legacyOffset: Int { (offset < 0xE000 ? 0x2800 : 0x3800) + offset % 0x40 }
}

/// A 32-bit counter of the statistics. It sticks at its maximum; the read clears it.
package protocol Counter: Register {}

/// The low half of a counter of 64 bits; the high half follows it, and its read clears both.
package protocol WideCounter: Register {}

/// A register that each VF has, with the PF's view of all of them 256 bytes apart.
package protocol VirtualRegister: Register {
    /// The register's address in the VF's own space.
    static var virtualOffset: UInt32 { get }
}

extension VirtualRegister {
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
    package static var window: VirtualWindow? { VirtualWindow(at: virtualOffset) }
}

/// A counter of each VF. It wraps, and nothing that the VF does clears it.
package protocol VirtualCounter: VirtualRegister {}
