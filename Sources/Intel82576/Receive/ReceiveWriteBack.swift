/// The ring a frame is written to.
struct ReceiveTarget {
    var queue: Int
    var ring: Ring
    var memory: AddressSpace
    var bufferSize: Int
    /// Bytes to write, FCS included if it is kept.
    var length: Int
    /// Where four bytes of VLAN tag are left out.
    var gap: Int?
    var isLegacy: Bool
    var split: HeaderSplit
}

extension Port {
    /// Writes what most frames are: one buffer that lies in one piece, in the advanced format. False, and nothing
    /// written, where the queue or its memory is not so simple.
    @inline(__always)
    func writeWhole(
        _ batch: borrowing FrameBatch, _ index: Int, _ length: Int, _ queue: Int, _ report: ReceiveReport
    ) -> Bool {
        guard let window = receiveLanes[queue].window else { return false }
        let head = receiveLanes[queue].ring.head
        let address = window.descriptor(at: head).low
        guard receiveLanes[queue].ranges.storeWhole(batch, frame: index, length, to: address) else { return false }
        // DD and EOP.
        let control = UInt64(report.status | 3) | UInt64(length) << 32 | UInt64(report.vlanTag) << 48
        window.store(report.information, control, at: head)
        finishWrite(queue, newHead: receiveLanes[queue].ring.advanced(head))
        return true
    }

    /// Frames that are written after this one before a buffer is needed, so that another processor's cache has time to give
    /// it up.
    private static var prefetchDistance: Int { 3 }

    /// Has the buffer brought near that a later frame will be written to.
    @inline(__always)
    func prefetchBuffer(_ queue: Int, _ length: Int) {
        guard let window = receiveLanes[queue].window, receiveLanes[queue].ring.available > Self.prefetchDistance else {
            return
        }
        let later = receiveLanes[queue].ring.advanced(receiveLanes[queue].ring.head, by: Self.prefetchDistance)
        receiveLanes[queue].ranges.prefetch(window.descriptor(at: later).low, length)
    }

    @inline(__always)
    private func finishWrite(_ queue: Int, newHead: Int) {
        let before = receiveLanes[queue].ring.available
        receiveLanes[queue].ring.head = newHead
        registers[word: (0xC010 &+ 0x40 &* queue) / 4] = UInt32(truncatingIfNeeded: newHead)
        receive.touchedQueues |= 1 &<< UInt32(truncatingIfNeeded: queue)
        let threshold = receiveLanes[queue].control.lowThreshold
        if before > threshold, receiveLanes[queue].ring.available <= threshold, threshold > 0 { raiseThreshold() }
    }

    /// RXDMT0: the free descriptors have fallen to the threshold.
    private func raiseThreshold() {
        interrupts.raise(.receiveThreshold)
        add(1, to: Statistic.RXDMTC)
    }

    /// Copies a frame into the buffers at the ring's head and writes their descriptors back, the last with EOP.
    /// - Precondition: the ring has enough of them.
    func write(_ batch: borrowing FrameBatch, _ index: Int, _ target: ReceiveTarget, _ report: ReceiveReport) {
        let (ring, memory, length) = (target.ring, target.memory, target.length)
        var (head, offset, isFirst) = (ring.head, target.split.packetOffset, true)
        repeat {
            let address = ring.address(head)
            guard let words = memory.descriptor(at: address) else {
                receive.drops.unwritable &+= 1
                return
            }
            let count = min(target.bufferSize, length - offset)
            var isStored = memory.store(batch, frame: index, at: offset, count, gap: target.gap, to: words.low)
            if isFirst, target.split.headerCount > 0 {
                // Bit 0 of the header address is where DD will be.
                let isHeaderStored = memory.store(
                    batch, frame: index, at: 0, target.split.headerCount, gap: target.gap, to: words.high & ~1)
                isStored = isStored && isHeaderStored
            }
            if !isStored { receive.drops.unwritable &+= 1 }
            offset += count
            writeBack(address, count, isFirst: isFirst, isLast: offset >= length, target, report)
            (head, isFirst) = (ring.advanced(head), false)
        } while offset < length
        finishWrite(target.queue, newHead: head)
    }

    /// DD, and EOP in the last one, which has the report; what became of the header is in the first. The second quadword
    /// goes last and whole, since drivers poll its length or its DD.
    private func writeBack(
        _ address: UInt64, _ count: Int, isFirst: Bool, isLast: Bool, _ target: ReceiveTarget, _ report: ReceiveReport
    ) {
        var report = isLast ? report : ReceiveReport()
        let count = isFirst ? target.split.reportedLength ?? count : count
        if isFirst {
            report.information |= target.split.information
            report.status |= target.split.status
        }
        let status = report.status | (isLast ? 3 : 1)
        var control = UInt64(report.vlanTag) << 48
        if target.isLegacy {
            control |= UInt64(count) | UInt64(report.packetChecksum) << 16
            control |= UInt64(status & 0xFF) << 32 | UInt64(status >> 24) << 40
        } else {
            control |= UInt64(status) | UInt64(count) << 32
            _ = target.memory.storeQuadword(report.information, at: address)
        }
        if !target.memory.storeQuadword(control, at: address &+ 8) { receive.drops.unwritable &+= 1 }
    }

    /// The frame with padding and FCS, as the wire had it.
    func writeWithFCS(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ target: ReceiveTarget, _ report: ReceiveReport
    ) {
        checkedBatch.removeAll()
        if checkedBatch.appendWithFCS(batch, frame: frame.index, byteCount: frame.byteCount) {
            write(checkedBatch, 0, target, report)
        }
    }
}
