// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A virtqueue that frames come by, in buffers of shared memory.
///
/// A buffer that holds a frame is kept from the back end until the next ``receive(into:_:_:)``. At most half of the buffers
/// are kept, and those of one frame more, so that the back end always has some.
struct ReceiveQueue {
    /// More buffers than a frame of 64 KiB takes.
    private static let frameBuffers = 64
    /// Bytes of a frame that are copied before they are looked at.
    private static let copiedBytes = 128
    /// The same of one that is to be segmented: no headers are longer.
    private static let copiedHeaders = 256

    private var queue: Virtqueue
    /// Whether the header's number of buffers means something (MRG_RXBUF).
    private let mergesBuffers: Bool
    /// Descriptors the back end has.
    private var isOffered: [Bool]
    private var offered = 0
    /// Descriptors of frames that were delivered.
    private var kept: [UInt16] = []
    /// The parts of the frame at hand.
    private var pieces: [SharedPiece] = []

    var layout: VirtqueueLayout { queue.layout }

    /// - Parameter start: where it begins in `memory`, in which nobody has written.
    init(at start: Int, hasEventIndex: Bool, mergesBuffers: Bool, _ memory: borrowing SharedMemory) {
        queue = Virtqueue(at: start, hasEventIndex: hasEventIndex)
        self.mergesBuffers = mergesBuffers
        isOffered = [Bool](repeating: false, count: VirtqueueLayout.size)
        pieces.reserveCapacity(Self.frameBuffers)
        kept.reserveCapacity(VirtqueueLayout.size)
        for index in 0..<VirtqueueLayout.size {
            let layout = queue.layout
            memory.store(
                VirtqueueDescriptor(
                    offset: layout.buffer(index),
                    .init(byteCount: VirtqueueLayout.bufferLength, flags: VirtqueueDescriptor.isWritten)),
                at: layout.descriptor(index))
            kept.append(UInt16(index))
        }
    }

    /// Gives the back end the buffers that were kept.
    /// - Returns: whether it wants to be kicked.
    mutating func giveBack(_ memory: borrowing SharedMemory) -> Bool {
        for descriptor in kept {
            isOffered[Int(descriptor)] = true
            queue.offer(descriptor, memory)
        }
        offered &+= kept.count
        kept.removeAll(keepingCapacity: true)
        return queue.publish(memory)
    }

    /// Appends frames to `batch`, which is empty. No buffer is kept at that time.
    /// - Returns: whether some are left.
    mutating func receive(
        into batch: inout FrameBatch, _ traffic: inout TrafficCounters, _ memory: borrowing SharedMemory
    ) throws(VirtqueueError) -> Bool {
        queue.suppressCalls(memory)
        var waiting = queue.usedCount(memory)
        while waiting > 0 {
            guard waiting <= offered else { throw .usedIndex(waiting) }
            guard batch.count < FrameBatch.capacity, kept.count < VirtqueueLayout.size / 2 else { return true }
            let buffers = try takeFrame(of: waiting, into: &batch, &traffic, memory)
            queue.takeUsed(buffers)
            waiting &-= buffers
        }
        return queue.requestCall(memory)
    }

    /// Appends the next frame.
    /// - Parameter waiting: used buffers that there are.
    /// - Returns: how many of them it took.
    @inline(__always)
    private mutating func takeFrame(
        of waiting: Int, into batch: inout FrameBatch, _ traffic: inout TrafficCounters,
        _ memory: borrowing SharedMemory
    ) throws(VirtqueueError) -> Int {
        let first = try takeBuffer(0, memory)
        guard first.count >= VirtioNetBufferHeader.length else { throw .length(UInt32(first.count)) }
        let header = memory.copy(at: first.offset, as: VirtioNetBufferHeader.self)
        var byteCount = first.count &- VirtioNetBufferHeader.length
        pieces.removeAll(keepingCapacity: true)
        pieces.append(SharedPiece(offset: first.offset &+ VirtioNetBufferHeader.length, count: byteCount))
        let buffers = mergesBuffers ? Int(header.bufferCount) : 1
        guard buffers >= 1, buffers <= min(waiting, Self.frameBuffers) else { throw .bufferCount(header.bufferCount) }
        for position in 1..<max(1, buffers) {
            let piece = try takeBuffer(position, memory)
            pieces.append(piece)
            byteCount &+= piece.count
        }
        if let drop = append(byteCount, header.header, to: &batch, memory) {
            traffic.dropped(drop)
        } else {
            traffic.received(bytes: byteCount)
        }
        return buffers
    }

    /// The used buffer `position` behind the next one. It is the back end's no more.
    @inline(__always)
    private mutating func takeBuffer(
        _ position: Int, _ memory: borrowing SharedMemory
    ) throws(VirtqueueError) -> SharedPiece {
        let (descriptor, byteCount) = queue.used(position, memory)
        guard descriptor < UInt32(VirtqueueLayout.size), isOffered[Int(descriptor)] else {
            throw .descriptor(descriptor)
        }
        guard byteCount <= UInt32(VirtqueueLayout.bufferLength) else { throw .length(byteCount) }
        isOffered[Int(descriptor)] = false
        offered &-= 1
        kept.append(UInt16(truncatingIfNeeded: descriptor))
        return SharedPiece(offset: queue.layout.buffer(Int(descriptor)), count: Int(byteCount))
    }

    /// Appends the frame in ``pieces``. What is wrong with it otherwise.
    @inline(__always)
    private func append(
        _ byteCount: Int, _ header: VirtioNetHeader, to batch: inout FrameBatch, _ memory: borrowing SharedMemory
    ) -> TrafficCounters.Drop? {
        guard byteCount >= 1, byteCount <= maximumFrameLength else { return .receiveLength }
        let copied = min(byteCount, header.segmentation == 0 ? Self.copiedBytes : Self.copiedHeaders)
        guard memory.append(pieces, copying: copied, to: &batch) else { return .receiveQueueFull }
        if header == VirtioNetHeader() { return nil }
        let index = batch.count &- 1
        let offload = header.offload(
            ofFrame: byteCount, byteAt: { $0 < copied ? batch.headerByte($0, of: index) : nil })
        guard let offload else {
            batch.cancelFrame()
            return .receiveMalformed
        }
        batch[index].offload = offload
        return nil
    }
}
