// SPDX-License-Identifier: Apache-2.0

/// Where and how a frame is written when one whole buffer does not do.
struct ReceiveTarget: BitwiseCopyable {
    var queue: Int
    /// Bytes to write, FCS included if it is kept.
    var length: Int
    /// Where four bytes of VLAN tag are left out.
    var gap: Int?
    var split: HeaderSplit
}

extension ReceiveLane {
    /// Writes what most frames are: one buffer that lies in one piece, in the advanced format. False, and nothing
    /// written, where the queue or its memory is not so simple.
    /// - Parameter length: bytes to write, without the tag if that is stripped.
    @inline(__always)
    func writeWhole(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ report: ReceiveReport, _ length: Int, stripsTag: Bool
    ) -> Bool {
        guard let window else { return false }
        let address = window.descriptor(at: ring.head).low
        let isStored =
            stripsTag
            ? ranges.storeWhole(batch, frame: frame.index, length, gap: frame.summary.tagOffset, to: address)
            : ranges.storeWhole(batch, frame: frame.index, length, to: address)
        guard isStored else { return false }
        let status = report.status.union([.descriptorDone, .endOfPacket]).rawValue
        let control = UInt64(status) | UInt64(length) &<< 32 | UInt64(report.vlanTag) &<< 48
        window.store(report.information, control, at: ring.head)
        return true
    }

    /// Frames that are written after this one before a buffer is needed, so that another processor's cache has time to give
    /// it up.
    static var prefetchDistance: Int { 3 }

    /// Has the buffer brought near that a later frame will be written to.
    /// - Precondition: the ring has more than ``prefetchDistance`` descriptors.
    @inline(__always)
    func prefetchBuffer(_ length: Int) {
        guard let window else { return }
        let later = ring.advanced(ring.head, by: Self.prefetchDistance)
        ranges.prefetch(window.descriptor(at: later).low, length)
    }
}

extension Receive {
    /// Moves the head past `used` of the `available` descriptors.
    @inline(__always)
    mutating func finishWrite(_ queue: Int, used: Int, of available: Int) {
        let head = lanes[queue].ring.advanced(lanes[queue].ring.head, by: used)
        lanes[queue].ring.head = head
        lanes[queue].isWritten = true
        let threshold = lanes[queue].control.lowThreshold
        if threshold > 0, available > threshold, available &- used <= threshold { raiseThreshold() }
    }

    /// RXDMT0: the free descriptors have fallen to the threshold.
    private mutating func raiseThreshold() {
        causes.insert(.receiveThreshold)
        registers.add(1, to: RXDMTC.self)
    }

    /// Writes a frame as the queue's format and buffers want it.
    /// - Parameter placement: without `stripsCRC` padding and FCS are written too, as the wire had them.
    /// - Returns: how it was divided; `nil` if some of it could not be written, which is counted.
    /// - Precondition: the ring has enough descriptors.
    @inline(never)
    mutating func writePieces(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ report: ReceiveReport, queue: Int, length: Int,
        _ placement: Placement, gap: Int?
    ) -> HeaderSplit? {
        let lane = lanes[queue]
        if lane.isWatched, placement.contains(.stripsCRC), length <= lane.bufferSize,
            lane.writeWhole(batch, frame, report, length, stripsTag: gap != nil)
        {
            finishWrite(queue, used: 1, of: lane.ring.available)
            return HeaderSplit()
        }
        let target = ReceiveTarget(
            queue: queue, length: length, gap: gap,
            split: split(batch, frame.index, queue, length, stripsTag: gap != nil))
        let isWritten =
            placement.contains(.stripsCRC)
            ? write(batch, frame.index, target, report) : writeWithFCS(batch, frame, target, report)
        if !isWritten { countUnwritten(frame, queue) }
        return isWritten ? target.split : nil
    }

    private mutating func writeWithFCS(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ target: ReceiveTarget, _ report: ReceiveReport
    ) -> Bool {
        guard var framed = framedBatch.take() else { return false }
        framed.removeAll()
        let isWritten =
            framed.appendWithFCS(batch, frame: frame.index, byteCount: frame.length &- 4)
            && write(framed, 0, target, report)
        framedBatch = consume framed
        return isWritten
    }

    /// Copies a frame into the buffers at the ring's head and writes their descriptors back, the last with EOP. False if
    /// some of it could not be written.
    private mutating func write(
        _ batch: borrowing FrameBatch, _ index: Int, _ target: ReceiveTarget, _ report: ReceiveReport
    ) -> Bool {
        let (ring, memory) = (lanes[target.queue].ring, owners.memory(of: target.queue))
        let (length, bufferSize) = (target.length, lanes[target.queue].bufferSize)
        var (head, offset, isFirst, used) = (ring.head, target.split.packetOffset, true, 0)
        var isWritten = true
        repeat {
            let address = ring.address(head)
            guard let words = memory.descriptor(at: address) else { return false }
            let count = min(bufferSize, length - offset)
            var isStored = memory.store(batch, frame: index, at: offset, count, gap: target.gap, to: words.low)
            if isFirst, target.split.headerCount > 0 {
                // Bit 0 of the header address is where DD will be.
                let isHeaderStored = memory.store(
                    batch, frame: index, at: 0, target.split.headerCount, gap: target.gap, to: words.high & ~1)
                isStored = isStored && isHeaderStored
            }
            offset += count
            let piece = Piece(byteCount: count, isFirst: isFirst, isLast: offset >= length)
            let isReported = writeBack(piece, at: address, memory, target, report)
            isWritten = isWritten && isStored && isReported
            (head, isFirst, used) = (ring.advanced(head), false, used + 1)
        } while offset < length
        finishWrite(target.queue, used: used, of: ring.available)
        return isWritten
    }

    /// The part of a frame in one packet buffer.
    private struct Piece {
        var byteCount: Int
        var isFirst: Bool
        var isLast: Bool
    }

    /// DD, and EOP in the last one, which has the report; what became of the header is in the first. The second quadword
    /// goes last and whole, since drivers poll its length or its DD.
    private func writeBack(
        _ piece: Piece, at address: UInt64, _ memory: AddressSpace, _ target: ReceiveTarget, _ report: ReceiveReport
    ) -> Bool {
        var report = piece.isLast ? report : ReceiveReport()
        let count = piece.isFirst ? target.split.reportedLength ?? piece.byteCount : piece.byteCount
        if piece.isFirst {
            report.information |= target.split.information
            report.status.formUnion(target.split.status)
        }
        let status = report.status.union(piece.isLast ? [.descriptorDone, .endOfPacket] : .descriptorDone).rawValue
        var control = UInt64(report.vlanTag) << 48
        if lanes[target.queue].control.isLegacy {
            control |= UInt64(count) | UInt64(report.packetChecksum) << 16
            control |= UInt64(status & 0xFF) << 32 | UInt64(status >> 24) << 40
        } else {
            control |= UInt64(status) | UInt64(count) << 32
            _ = memory.storeQuadword(report.information, at: address)
        }
        return memory.storeQuadword(control, at: address &+ 8)
    }
}
