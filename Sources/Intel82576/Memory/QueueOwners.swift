// SPDX-License-Identifier: Apache-2.0

/// Whose each queue is: which memory it reaches by DMA, and whether it may.
///
/// VF v owns queues v and v + 8 while it exists; the PF owns the others. A plain value, so that the blocks of the data
/// path can keep it without counting references: all copies are the same storage, valid as long as the ``Port`` that
/// made it.
@safe struct QueueOwners: BitwiseCopyable {
    @safe private struct State {
        var count = 0
        var masters: UInt32 = 0
        /// Queues that hang on purpose, and what is left of ``masters`` without them.
        var hanging = (transmit: UInt32(0), receive: UInt32(0))
        var running = (transmit: UInt32(0), receive: UInt32(0))

        mutating func update() {
            running = (masters & ~hanging.transmit, masters & ~hanging.receive)
        }
    }

    private let state: UnsafeMutablePointer<State>
    /// What the PF reaches, then each VF.
    private let spaces: UnsafeMutablePointer<Unmanaged<AddressSpace>>
    private let tables: UnsafeMutablePointer<RangeTable>

    /// - Parameters:
    ///   - physical: what the PF reaches. Like `virtual` it lives as long as the port.
    ///   - virtual: what each VF reaches that can be plugged in.
    init(physical: AddressSpace, virtual: [AddressSpace]) {
        let all = [physical] + virtual
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State())
        unsafe spaces = .allocate(capacity: all.count)
        unsafe tables = .allocate(capacity: all.count)
        for (index, space) in all.enumerated() {
            unsafe (spaces + index).initialize(to: .passUnretained(space))
            unsafe (tables + index).initialize(to: space.table)
        }
    }

    /// For the port alone, which is at its end.
    func deallocate() {
        // SAFETY: the port does not use it any more, and no block does without it.
        unsafe state.deallocate()
        unsafe spaces.deallocate()
        unsafe tables.deallocate()
    }

    /// VFs that exist now.
    var virtualFunctions: Int {
        // SAFETY: allocated for as long as the port lives. So below.
        @inline(__always) get { unsafe state.pointee.count }
        nonmutating set { unsafe state.pointee.count = newValue }
    }

    /// Queues whose owner may send requests, a bit each: for DMA of their descriptors and buffers.
    var masters: UInt32 {
        @inline(__always) get { unsafe state.pointee.masters }
        nonmutating set {
            unsafe state.pointee.masters = newValue
            unsafe state.pointee.update()
        }
    }

    /// Whether the function that owns `queue` may send requests.
    @inline(__always)
    func isMaster(of queue: Int) -> Bool { masters & 1 &<< UInt32(truncatingIfNeeded: queue) != 0 }

    /// Whether transmit queue `queue` may fetch: its owner is a master, and it does not hang.
    @inline(__always)
    func canTransmit(_ queue: Int) -> Bool {
        unsafe state.pointee.running.transmit & 1 &<< UInt32(truncatingIfNeeded: queue) != 0
    }

    /// Whether receive queue `queue` may fetch: its owner is a master, and it does not hang.
    @inline(__always)
    func canReceive(_ queue: Int) -> Bool {
        unsafe state.pointee.running.receive & 1 &<< UInt32(truncatingIfNeeded: queue) != 0
    }

    /// Queues of these sets, a bit each, fetch no more descriptors: a fault that is injected on purpose.
    func hang(transmit: UInt32, receive: UInt32) {
        unsafe state.pointee.hanging.transmit |= transmit
        unsafe state.pointee.hanging.receive |= receive
        unsafe state.pointee.update()
    }

    /// Queues of these sets go on.
    func unhang(transmit: UInt32, receive: UInt32) {
        unsafe state.pointee.hanging.transmit &= ~transmit
        unsafe state.pointee.hanging.receive &= ~receive
        unsafe state.pointee.update()
    }

    /// Whether a VF owns `queue`.
    @inline(__always)
    func isVirtual(_ queue: Int) -> Bool { queue & 7 < virtualFunctions }

    /// The function that owns `queue`, or `pool` as a whole: 0 for the PF, v + 1 for VF v.
    @inline(__always)
    func owner(of queue: Int) -> Int {
        let function = queue & 7
        return function < virtualFunctions ? function &+ 1 : 0
    }

    /// The ranges that `queue` reaches.
    @inline(__always)
    func ranges(of queue: Int) -> RangeTable {
        // SAFETY: a VF that exists has a table; the first is the PF's.
        unsafe tables[owner(of: queue)]
    }

    /// What `queue` reaches, memory without a file included.
    @inline(__always)
    func memory(of queue: Int) -> AddressSpace {
        // SAFETY: as above; the port keeps the address spaces.
        unsafe spaces[owner(of: queue)]._withUnsafeGuaranteedRef { $0 }
    }
}
