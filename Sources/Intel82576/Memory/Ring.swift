// SPDX-License-Identifier: Apache-2.0

/// A descriptor ring as the driver programmed it and as far as each side has come.
struct Ring {
    static let descriptorSize = 16

    var base: UInt64
    /// Descriptors in the ring.
    var count: Int
    var head: Int
    var tail: Int

    /// Descriptors that belong to hardware, from the head to before the tail.
    var available: Int {
        @inline(__always) get {
            let difference = tail &- head
            return difference >= 0 ? difference : difference &+ count
        }
    }

    @inline(__always)
    func address(_ index: Int) -> UInt64 { base &+ UInt64(truncatingIfNeeded: index &* Self.descriptorSize) }

    @inline(__always)
    func advanced(_ index: Int, by steps: Int = 1) -> Int {
        let wrapped = index &+ steps &- count
        return wrapped < 0 ? index &+ steps : wrapped
    }
}

/// What the two quadwords of a descriptor say.
protocol DescriptorFormat: BitwiseCopyable {
    init(low: UInt64, high: UInt64)
}
