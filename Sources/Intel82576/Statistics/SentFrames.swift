// SPDX-License-Identifier: Apache-2.0

/// What a batch of frames adds to the statistics of sent frames.
struct SentFrames {
    /// Those that went to the wire.
    var wire = FrameCounters()
    /// Those that stayed inside the switch.
    var inside = FrameTotals()

    /// Counts frame `index` of a batch, for its pool too. What the uplink will cut up counts as the frames it becomes.
    @inline(__always)
    mutating func count(_ index: Int, of batch: borrowing FrameBatch, _ registers: RegisterFile) {
        let frame = batch[index]
        let isMulticast = batch.isMulticast(index)
        if frame.offload.segmentation == .none, !isMulticast {
            count(frame, of: Int(frame.byteCount), isMulticast: false, isBroadcast: false, packets: 1, registers)
        } else {
            countOther(index, batch, registers)
        }
    }

    @inline(never)
    private mutating func countOther(_ index: Int, _ batch: borrowing FrameBatch, _ registers: RegisterFile) {
        let (frame, destination) = (batch[index], batch.destination(of: index))
        let (byteCount, size) = (Int(frame.byteCount), Int(frame.offload.segmentSize))
        let (isMulticast, isBroadcast) = (destination.isMulticast, destination.isBroadcast)
        guard frame.offload.segmentation != .none, size > 0 else {
            return count(
                frame, of: byteCount, isMulticast: isMulticast, isBroadcast: isBroadcast, packets: 1, registers)
        }
        let header = Int(frame.offload.headerLength)
        let (whole, rest) = max(0, byteCount - header).quotientAndRemainder(dividingBy: size)
        if whole > 0 {
            count(
                frame, of: header + size, isMulticast: isMulticast, isBroadcast: isBroadcast, packets: whole, registers)
        }
        if rest > 0 {
            count(frame, of: header + rest, isMulticast: isMulticast, isBroadcast: isBroadcast, packets: 1, registers)
        }
    }

    /// Counts `packets` frames of `byteCount` bytes each.
    @inline(__always)
    private mutating func count(
        _ frame: FrameBatch.Frame, of byteCount: Int, isMulticast: Bool, isBroadcast: Bool, packets: Int,
        _ registers: RegisterFile
    ) {
        let length = wireLength(byteCount)
        if let pool = frame.sourcePool { registers.countSent(by: Int(pool), length: length, packets: packets) }
        if frame.goesToUplink {
            wire.count(
                length: length, isMulticast: isMulticast, isBroadcast: isBroadcast,
                packets: UInt32(truncatingIfNeeded: packets))
        } else {
            inside.count(length, packets: packets)
        }
    }
}

extension RegisterFile {
    func add(_ sent: SentFrames) {
        addTransmitted(sent.wire)
        add(sent.inside, packets: HGPTC.self, octets: HGOTCL.self)
    }
}
