// What leaves a port, by where it goes.

extension FrameCounters {
    /// Counts frame `index` of a batch of sent frames: here if it goes to the wire, for its pool in any case. What the
    /// uplink will cut up counts as the frames it becomes.
    @inline(__always)
    mutating func countSent(_ index: Int, of batch: borrowing FrameBatch, _ registers: RegisterFile) {
        let byteCount = batch.unicastLength(of: index)
        if byteCount > 0 {
            count(byteCount: byteCount, isMulticast: false, isBroadcast: false)
        } else {
            countOther(index, batch, registers)
        }
    }

    @inline(__always)
    private mutating func countOther(_ index: Int, _ batch: borrowing FrameBatch, _ registers: RegisterFile) {
        let frame = batch[index]
        let byteCount = Int(frame.byteCount)
        let size = Int(frame.offload.segmentSize)
        guard frame.offload.segmentation != .none, size > 0 else {
            return countFrames(1, of: byteCount, index, batch, registers)
        }
        let header = Int(frame.offload.headerLength)
        let payload = max(0, byteCount - header)
        countFrames(payload / size, of: header + size, index, batch, registers)
        if payload % size > 0 { countFrames(1, of: header + payload % size, index, batch, registers) }
    }

    /// Counts `packets` frames of `byteCount` bytes each.
    @inline(__always)
    private mutating func countFrames(
        _ packets: Int, of byteCount: Int, _ index: Int, _ batch: borrowing FrameBatch, _ registers: RegisterFile
    ) {
        guard packets > 0 else { return }
        let frame = batch[index]
        if let pool = frame.sourcePool { registers.countSent(by: Int(pool), byteCount: byteCount, packets: packets) }
        if frame.goesToUplink {
            let destination = batch.destination(of: index)
            count(
                byteCount: byteCount, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast,
                packets: UInt32(truncatingIfNeeded: packets))
        } else {
            registers.add(UInt32(truncatingIfNeeded: packets), to: HGPTC.self)
            registers.add64(UInt64(truncatingIfNeeded: (max(60, byteCount) + 4) * packets), to: HGOTCL.self)
        }
    }
}
