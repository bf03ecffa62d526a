// SPDX-License-Identifier: Apache-2.0

/// A receive queue as the frames of a batch need it. Neither registers nor mappings change while a batch is delivered, so
/// the first frame for a queue looks everything up for the others.
struct ReceiveLane: BitwiseCopyable {
    /// Moves on with each frame, as RDH does.
    var ring = Ring(base: 0, count: 0, head: 0, tail: 0)
    /// Where the ring lies in this process, for queues of the advanced format without header buffers; `nil` for others,
    /// and where it does not lie in one piece.
    var window: RingWindow?
    /// What the queue's owner reaches by DMA.
    var ranges: RangeTable
    var control = SRRCTL(raw: 0)
    /// Bytes of each buffer.
    var bufferSize = 0
    /// Bytes of the longest frame that goes into one buffer in one piece; 0 without a ``window``, and where somebody
    /// watches.
    var longestWhole = 0
    /// The queue is enabled, may send requests, and has a ring.
    var isUsable = false
    /// Descriptors of the queue were written back.
    var isWritten = false
    /// A frame of the batch asked for a low-latency interrupt.
    var isUrgent = false
    /// The observer of frames wants to see what the queue gets.
    var isWatched = false
    /// Frames of the batch for the queue: RPTHC, HGORC, and PFVFGPRC and PFVFGORC of its pool.
    var stored = FrameTotals()
    /// Those of them that another pool sent: PFVFGPRLBC and PFVFGORLBC.
    var looped = FrameTotals()
}

extension Receive {
    /// Looks up `queue` for the frames of this batch. Whether it can take any.
    @inline(__always)
    mutating func openLane(_ queue: Int) -> Bool {
        if openLanes &>> UInt32(truncatingIfNeeded: queue) & 1 == 0 { lookUpLane(queue) }
        return lanes[queue].isUsable
    }

    private mutating func lookUpLane(_ queue: Int) {
        openLanes |= 1 &<< UInt32(queue)
        unwritten[queue] = FrameTotals()
        var lane = ReceiveLane(ranges: owners.ranges(of: queue))
        defer { lanes[queue] = lane }
        guard registers[RXDCTL.self, queue].isEnabled, owners.canReceive(queue),
            let ring = registers.receiveRing(queue)
        else {
            // The ring of a queue that hangs looks empty.
            lane.isUsable = isHanging(queue)
            lane.control = registers[SRRCTL.self, queue]
            return
        }
        lane.ring = ring
        lane.isUsable = true
        let control = registers[SRRCTL.self, queue]
        lane.control = control
        lane.bufferSize = control.packetBufferSize == 0 ? rules.control.bufferSize : control.packetBufferSize
        if !control.usesHeaderBuffer, !control.isLegacy { lane.window = RingWindow(ring, in: lane.ranges) }
        lane.isWatched = interest.hasFunction(owners.owner(of: queue))
        if lane.window != nil, !lane.isWatched { lane.longestWhole = lane.bufferSize }
    }

    /// Whether `queue` would take frames, but hangs.
    @inline(never)
    private func isHanging(_ queue: Int) -> Bool {
        registers[RXDCTL.self, queue].isEnabled && owners.isMaster(of: queue) && !owners.canReceive(queue)
    }
}
