import Intel82576

/// A virtqueue that frames leave by: each is copied into buffers of shared memory, with a header of virtio 1 before it.
struct TransmitQueue {
    private var queue: Virtqueue
    /// Descriptors that the back end does not have; the last one was used last, and its buffer is in a cache.
    private var free: [UInt16]
    /// The descriptor behind each of a chain.
    private var next: [UInt16]
    /// Descriptors of the chain that begins with each; 0 for one that the back end does not have.
    private var chainLength: [UInt16]
    private var chains = 0

    var layout: VirtqueueLayout { queue.layout }

    /// - Parameter start: where it begins in `memory`, in which nobody has written.
    init(at start: Int, hasEventIndex: Bool, _ memory: borrowing SharedMemory) {
        queue = Virtqueue(at: start, hasEventIndex: hasEventIndex)
        free = (0..<UInt16(VirtqueueLayout.size)).reversed()
        next = [UInt16](repeating: 0, count: VirtqueueLayout.size)
        chainLength = next
        queue.suppressCalls(memory)
    }

    /// Takes back what the back end has sent.
    mutating func reclaim(_ memory: borrowing SharedMemory) throws(VirtqueueError) {
        let count = queue.usedCount(memory)
        guard count > 0 else { return }
        guard count <= chains else { throw .usedIndex(count) }
        for position in 0..<count {
            let descriptor = queue.used(position, memory).descriptor
            guard descriptor < UInt32(VirtqueueLayout.size), chainLength[Int(descriptor)] > 0 else {
                throw .descriptor(descriptor)
            }
            release(Int(descriptor))
        }
        queue.takeUsed(count)
        chains &-= count
    }

    private mutating func release(_ head: Int) {
        var (descriptor, left) = (head, chainLength[head])
        chainLength[head] = 0
        while left > 0 {
            free.append(UInt16(truncatingIfNeeded: descriptor))
            descriptor = Int(next[descriptor])
            left &-= 1
        }
    }

    /// Sends frame `index`, whose prefix is its header. False when there is no room for it now.
    mutating func send(_ index: Int, of batch: borrowing FrameBatch, _ memory: borrowing SharedMemory) -> Bool {
        var position = SegmentPosition()
        let byteCount = Int(batch[index].byteCount) &+ VirtioNetBufferHeader.length
        return offer(byteCount, memory) { _, count, offset in
            memory.fill(count, at: offset, fromFrame: index, of: batch, &position)
        }
    }

    /// Sends the first frame of `store`, whose prefix is its header. False when there is no room for it now.
    mutating func sendFirst(of store: borrowing FrameStore, _ memory: borrowing SharedMemory) -> Bool {
        offer(store.firstLength, memory) { start, count, offset in
            store.copyFirst(from: start, count, to: memory, at: offset)
        }
    }

    /// Makes a chain of `byteCount` bytes and offers it.
    /// - Parameter copy: puts bytes of the frame into memory.
    @inline(__always)
    private mutating func offer(
        _ byteCount: Int, _ memory: borrowing SharedMemory, copy: (_ start: Int, _ count: Int, _ offset: Int) -> Void
    ) -> Bool {
        let length = VirtqueueLayout.bufferLength
        let count = (byteCount &+ length &- 1) / length
        guard count <= free.count, count > 0 else { return false }
        let head = Int(free[free.count &- 1])
        var start = 0
        for left in (0..<count).reversed() {
            let descriptor = Int(free.removeLast())
            let part = min(length, byteCount &- start)
            copy(start, part, queue.layout.buffer(descriptor))
            start &+= part
            let following = left > 0 ? free[free.count &- 1] : 0
            next[descriptor] = following
            memory.store(
                VirtqueueDescriptor(
                    offset: queue.layout.buffer(descriptor), byteCount: part,
                    flags: left > 0 ? VirtqueueDescriptor.continues : 0, next: following),
                at: queue.layout.descriptor(descriptor))
        }
        chainLength[head] = UInt16(truncatingIfNeeded: count)
        chains &+= 1
        queue.offer(UInt16(truncatingIfNeeded: head), memory)
        return true
    }

    /// Lets the back end see what was sent.
    /// - Returns: whether it wants to be kicked.
    mutating func publish(_ memory: borrowing SharedMemory) -> Bool { queue.publish(memory) }

    /// Asks for a call when there is room again, or for none.
    /// - Returns: whether there is more room already, for which no call may come.
    func requestCall(_ isWanted: Bool, _ memory: borrowing SharedMemory) -> Bool {
        if isWanted { return queue.requestCall(memory) }
        queue.suppressCalls(memory)
        return false
    }
}
