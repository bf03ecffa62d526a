// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A virtqueue that frames leave by: each is copied into buffers of shared memory, behind a header of virtio 1.
struct TransmitQueue {
    private var queue: Virtqueue
    /// The descriptor behind each: in its chain, or in the list of those that the back end does not have.
    private var next = VirtqueueLayout.PerDescriptor<UInt16>(repeating: 0)
    /// Descriptors of the chain that begins with each; 0 for one that the back end does not have.
    private var chainLength = VirtqueueLayout.PerDescriptor<UInt16>(repeating: 0)
    /// Where the list of those that the back end does not have begins: what came back last, whose buffer is in a cache.
    private var firstFree: UInt16 = 0
    private var freeCount = VirtqueueLayout.size
    private var chains = 0

    var layout: VirtqueueLayout { queue.layout }

    /// - Parameter start: where it begins in `memory`, in which nobody has written.
    init(at start: Int, hasEventIndex: Bool, _ memory: borrowing SharedMemory) {
        queue = Virtqueue(at: start, hasEventIndex: hasEventIndex)
        for index in 0..<VirtqueueLayout.size {
            next[index] = UInt16(truncatingIfNeeded: index &+ 1)
            memory.store(
                VirtqueueDescriptor(offset: queue.layout.buffer(index), .init(byteCount: 0, flags: 0)),
                at: queue.layout.descriptor(index))
        }
        queue.suppressCalls(memory)
    }

    /// Takes back what the back end has sent.
    mutating func reclaim(_ memory: borrowing SharedMemory) throws(VirtqueueError) {
        let count = queue.usedCount(memory)
        guard count > 0 else { return }
        guard count <= chains else { throw .usedIndex(count) }
        for position in 0..<count {
            let descriptor = queue.usedDescriptor(position, memory)
            guard descriptor < UInt32(VirtqueueLayout.size), chainLength[Int(descriptor)] > 0 else {
                throw .descriptor(descriptor)
            }
            release(UInt16(truncatingIfNeeded: descriptor))
        }
        queue.takeUsed(count)
        chains &-= count
    }

    /// Puts a chain before the list of those that are free.
    @inline(__always)
    private mutating func release(_ head: UInt16) {
        let length = Int(chainLength[Int(head)])
        chainLength[Int(head)] = 0
        var last = head
        for _ in 1..<max(1, length) { last = next[Int(last)] }
        next[Int(last)] = firstFree
        firstFree = head
        freeCount &+= length
    }

    /// Sends frame `index` behind `header`. False when there is no room for it now.
    @inline(__always)
    mutating func send(
        _ index: Int, of batch: borrowing FrameBatch, behind header: VirtioNetBufferHeader,
        _ memory: borrowing SharedMemory
    ) -> Bool {
        let length = VirtioNetBufferHeader.length
        var position = SegmentPosition(segment: 1)
        return offer(Int(batch[index].byteCount) &+ length, memory) { start, count, offset in
            if start == 0 { memory.store(header, at: offset) }
            let skipped = start == 0 ? length : 0
            memory.fill(count &- skipped, at: offset &+ skipped, fromFrame: index, of: batch, &position)
        }
    }

    /// Sends the first frame of `store`, whose prefix is its header. False when there is no room for it now.
    mutating func sendFirst(of store: borrowing FrameStore, _ memory: borrowing SharedMemory) -> Bool {
        offer(store.firstLength, memory) { start, count, offset in
            store.copyFirst(from: start, count, to: memory, at: offset)
        }
    }

    /// Makes a chain of `byteCount` bytes of the first free descriptors and offers it.
    /// - Parameter copy: puts bytes of the frame into memory.
    @inline(__always)
    private mutating func offer(
        _ byteCount: Int, _ memory: borrowing SharedMemory, copy: (_ start: Int, _ count: Int, _ offset: Int) -> Void
    ) -> Bool {
        let length = VirtqueueLayout.bufferLength
        let count = (byteCount &+ length &- 1) / length
        guard count <= freeCount, count > 0 else { return false }
        let head = firstFree
        var start = 0
        repeat {
            let descriptor = Int(firstFree)
            let part = min(length, byteCount &- start)
            copy(start, part, queue.layout.buffer(descriptor))
            start &+= part
            firstFree = next[descriptor]
            // Its address stays; who else has the memory harms itself alone by changing it.
            memory.store(
                VirtqueueDescriptor.Extent(
                    byteCount: part, flags: start < byteCount ? VirtqueueDescriptor.continues : 0, next: firstFree),
                at: queue.layout.extent(descriptor))
        } while start < byteCount
        freeCount &-= count
        chainLength[Int(head)] = UInt16(truncatingIfNeeded: count)
        chains &+= 1
        queue.offer(head, memory)
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
