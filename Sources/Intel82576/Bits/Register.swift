/// A 32-bit register with its place in the register space. A test holds every one against the register table.
protocol Register: BitWord where Raw == UInt32 {
    static var name: RegisterName { get }
    /// Canonical byte offset of element 0.
    static var offset: Int { get }
    /// Bytes between elements.
    static var stride: Int { get }
}

extension Register {
    static var stride: Int { 4 }
}
