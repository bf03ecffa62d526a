// SPDX-License-Identifier: Apache-2.0

/// The driver's side of a split virtqueue: indices, and who is to be told of what.
///
/// Nothing is believed that the device, or who else has the memory, may have written. Indices run freely and wrap.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 2.7.
struct Virtqueue {
    let layout: VirtqueueLayout
    /// VIRTIO_F_EVENT_IDX: both sides say from which entry on they want to be told.
    private let hasEventIndex: Bool
    /// The next entry of the avail ring, and the first that was not published.
    private var nextAvail: UInt16 = 0
    private var firstUnpublished: UInt16 = 0
    /// The next entry of the used ring to be taken.
    private var nextUsed: UInt16 = 0

    init(at start: Int, hasEventIndex: Bool) {
        layout = VirtqueueLayout(at: start)
        self.hasEventIndex = hasEventIndex
    }

    // MARK: Avail

    /// Puts the chain of descriptors that begins with `head` into the avail ring.
    @inline(__always)
    mutating func offer(_ head: UInt16, _ memory: borrowing SharedMemory) {
        memory.store16(head, at: layout.availEntry(nextAvail))
        nextAvail &+= 1
    }

    /// Lets the device see what was offered.
    /// - Returns: whether it wants to be kicked.
    mutating func publish(_ memory: borrowing SharedMemory) -> Bool {
        guard nextAvail != firstUnpublished else { return false }
        memory.store16Releasing(nextAvail, at: layout.availIndex)
        memory.fence()
        defer { firstUnpublished = nextAvail }
        guard hasEventIndex else { return memory.load16(at: layout.usedFlags) & 1 == 0 }
        let event = memory.load16(at: layout.availEvent)
        return nextAvail &- event &- 1 < nextAvail &- firstUnpublished
    }

    // MARK: Used

    /// Entries of the used ring that were not taken. What the device did before can be read afterwards.
    @inline(__always)
    func usedCount(_ memory: borrowing SharedMemory) -> Int {
        Int(memory.load16Acquiring(at: layout.usedIndex) &- nextUsed)
    }

    /// The used entry `ahead` of the next one: a descriptor, and how many bytes were written.
    @inline(__always)
    func used(_ ahead: Int, _ memory: borrowing SharedMemory) -> (descriptor: UInt32, byteCount: UInt32) {
        let place = layout.usedEntry(nextUsed &+ UInt16(truncatingIfNeeded: ahead))
        return (memory.load32(at: place), memory.load32(at: place &+ 4))
    }

    /// The descriptor of the used entry `ahead` of the next one.
    @inline(__always)
    func usedDescriptor(_ ahead: Int, _ memory: borrowing SharedMemory) -> UInt32 {
        memory.load32(at: layout.usedEntry(nextUsed &+ UInt16(truncatingIfNeeded: ahead)))
    }

    @inline(__always)
    mutating func takeUsed(_ count: Int) { nextUsed &+= UInt16(truncatingIfNeeded: count) }

    // MARK: Calls

    /// Asks the device to call when it uses another buffer.
    /// - Returns: whether it has used one already, for which it may not call.
    func requestCall(_ memory: borrowing SharedMemory) -> Bool {
        if hasEventIndex {
            memory.store16(nextUsed, at: layout.usedEvent)
        } else {
            memory.store16(0, at: layout.availFlags)
        }
        memory.fence()
        return usedCount(memory) > 0
    }

    /// Asks the device not to call. With event indices it does so at most once in 65,536 buffers.
    func suppressCalls(_ memory: borrowing SharedMemory) {
        if hasEventIndex {
            memory.store16(nextUsed &- 1, at: layout.usedEvent)
        } else {
            memory.store16(1, at: layout.availFlags)
        }
    }
}
