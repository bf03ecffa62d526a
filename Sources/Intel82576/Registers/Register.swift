/// A 32-bit register, or an array of them, with its place in the register space of the physical function.
///
/// What a register is, where it is and what its bits mean is written in its type and nowhere else.
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
}

extension Register {
    package static var stride: Int { 4 }
    package static var count: Int { 1 }

    @inline(__always)
    package static func offset(of index: Int) -> Int { offset &+ index &* stride }
}

/// A register that each of the 16 queues has, in a block of 64 bytes.
package protocol QueueRegister: Register {}

extension QueueRegister {
    package static var stride: Int { 0x40 }
    package static var count: Int { 16 }
}

/// A 32-bit counter of the statistics. It sticks at its maximum; the read clears it.
package protocol Counter: Register {}

/// The low half of a counter of 64 bits; the high half follows it, and its read clears both.
package protocol WideCounter: Register {}

/// A counter of each VF. It wraps, and nothing that the VF does clears it.
package protocol VirtualCounter: Register {}

extension VirtualCounter {
    package static var stride: Int { 0x100 }
    package static var count: Int { 8 }
}
