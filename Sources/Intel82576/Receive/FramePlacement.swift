/// What the write-back of a received frame reports. Datasheet 7.1.5.
struct ReceiveReport: BitwiseCopyable {
    /// First quadword of the advanced write-back: RSS type, packet type, hash or checksum.
    var information: UInt64 = 0
    /// Extended status and errors, without DD and EOP.
    var status = ReceiveStatus()
    /// The tag that was taken out of the frame.
    var vlanTag: UInt16 = 0
    /// The legacy descriptor's packet checksum.
    var packetChecksum: UInt16 = 0
}

/// Extended status and errors of the advanced receive descriptor. Datasheet 7.1.5.2; ``ChecksumReport`` has the bits for
/// checksums.
struct ReceiveStatus: OptionSet, BitwiseCopyable {
    var rawValue: UInt32 = 0
    /// DD, bit 0. The descriptor is written back.
    static let descriptorDone = ReceiveStatus(rawValue: 1 << 0)
    /// EOP, bit 1. The frame ends in this buffer.
    static let endOfPacket = ReceiveStatus(rawValue: 1 << 1)
    /// VP, bit 3. The tag was taken out of the frame and is in the descriptor.
    static let vlanStripped = ReceiveStatus(rawValue: 1 << 3)
    /// PIF, bit 7. Only an inexact filter matched.
    static let inexactFilter = ReceiveStatus(rawValue: 1 << 7)
    /// VEXT, bit 9. There is an outer tag.
    static let outerTagged = ReceiveStatus(rawValue: 1 << 9)
    /// UDPV, bit 10. The UDP fragment's datagram has a checksum.
    static let udpChecksumPresent = ReceiveStatus(rawValue: 1 << 10)
    /// LLINT, bit 11. The frame raised a low-latency interrupt.
    static let lowLatency = ReceiveStatus(rawValue: 1 << 11)
    /// TS, bit 16. RXSTMP has the time of this frame.
    static let stamped = ReceiveStatus(rawValue: 1 << 16)
    /// LB, bit 18. Another pool sent the frame.
    static let loopback = ReceiveStatus(rawValue: 1 << 18)
    /// HBO, bit 23. The header does not fit its buffer.
    static let headerOverflow = ReceiveStatus(rawValue: 1 << 23)

    mutating func insert(_ report: ChecksumReport) { rawValue |= report.rawValue }
}

/// Where a frame goes and what is done to it on the way.
struct Placement: BitwiseCopyable {
    /// `nil` without pools.
    var pool: Int?
    var stripsVLAN: Bool
    var stripsCRC: Bool
    /// The hash chooses the queue, among all or the pool's two.
    var usesRSS: Bool
}

extension Receive {
    /// Selects the queue of a frame that passed the filters and writes it to memory.
    @inline(__always)
    mutating func place(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ summary: FrameSummary, _ placement: Placement
    ) -> Delivery {
        let stripsTag = placement.stripsVLAN && summary.isTagged
        let length = frame.byteCount &- (stripsTag ? 4 : 0) &+ (placement.stripsCRC ? 0 : 4)
        let verdict =
            selection.isFiltering
            ? selection.verdict(summary, batch.header(of: frame.index), pool: placement.pool, length: length)
            : FilterVerdict()
        var report = ReceiveReport()
        let queue = selectQueue(batch, frame.index, summary, placement, verdict, &report)
        guard openLane(queue) else {
            drops.queueDisabled &+= 1
            return .dropped
        }
        // One buffer in one piece; otherwise what has to be known before the ring's room is.
        let isWhole = placement.stripsCRC && lanes[queue].window != nil && length <= lanes[queue].bufferSize
        let split = isWhole ? HeaderSplit() : split(batch, frame.index, queue, length, stripsTag: stripsTag)
        guard lanes[queue].ring.available > 0, isWhole || hasRoom(queue, length &- split.packetOffset) else {
            return refuse(frame, queue, mayHold: placement.pool == nil)
        }
        prefetchBuffer(queue, length)
        verifyChecksums(batch, frame.index, summary, stripsTag, &report)
        setStatus(frame, summary, stripsTag, &report)
        if rules.stampsFrames { stamp(batch.header(of: frame.index), frame, summary, queue, verdict, &report) }
        if verdict.isImmediate, !lanes[queue].control.isLegacy {
            report.status.insert(.lowLatency)
            immediateQueues |= 1 &<< UInt32(truncatingIfNeeded: queue)
        }
        stored.count(frame.byteCount)
        let gap = stripsTag ? summary.tagOffset : nil
        if isWhole, writeWhole(batch, frame.index, length, gap, queue, report) { return .done }
        let target = ReceiveTarget(queue: queue, length: length, gap: gap, split: split)
        write(batch, frame, target, report, stripsCRC: placement.stripsCRC)
        return .done
    }

    /// Whether the ring has descriptors for `byteCount` bytes.
    private mutating func hasRoom(_ queue: Int, _ byteCount: Int) -> Bool {
        let size = lanes[queue].bufferSize
        return byteCount <= size || (byteCount &+ size &- 1) / size <= lanes[queue].ring.available
    }

    @inline(__always)
    private mutating func setStatus(
        _ frame: ReceivedFrame, _ summary: FrameSummary, _ stripsTag: Bool, _ report: inout ReceiveReport
    ) {
        if stripsTag {
            report.status.insert(.vlanStripped)
            report.vlanTag = summary.tag
        }
        if frame.isInexact { report.status.insert(.inexactFilter) }
        if summary.isOuterTagged { report.status.insert(.outerTagged) }
        if frame.isLoopback { report.status.insert(.loopback) }
    }

    /// The stamps belong to the PF, which alone can read them: a frame that only VFs receive takes none. Others would let
    /// a VF keep the PF from synchronising its clock.
    private mutating func stamp(
        _ bytes: RawSpan, _ frame: ReceivedFrame, _ summary: FrameSummary, _ queue: Int, _ verdict: FilterVerdict,
        _ report: inout ReceiveReport
    ) {
        guard !frame.isLoopback, !owners.isVirtual(queue),
            stamps.stampReceived(bytes, summary, isMarked: verdict.isTimed, at: rules.systemTime)
        else { return }
        report.status.insert(.stamped)
    }

    /// No room in the ring. It is dropped if SRRCTL.Drop_En or QDE says so. What would wait on the chip and cannot wait
    /// here, since other pools stand behind it, is counted as missed too.
    @inline(never)
    private mutating func refuse(_ frame: ReceivedFrame, _ queue: Int, mayHold: Bool) -> Delivery {
        let dropsFrame =
            lanes[queue].control.dropsWhenEmpty || registers[QDE.self].raw &>> UInt32(queue) & 1 != 0
        if !dropsFrame, !isHeld { registers.add(1, to: RNBC.self) }
        if !dropsFrame, mayHold { return .held }
        drops.noDescriptors &+= 1
        registers[RQDPC.self, queue].raw = min(registers[RQDPC.self, queue].raw &+ 1, 0xFFF)
        if !dropsFrame, !frame.isLoopback { countMissed() }
        return .dropped
    }
}

// MARK: The queue

extension Receive {
    /// The filters' queue, or RSS, or the first queue of the pool, or the default queue.
    @inline(__always)
    private mutating func selectQueue(
        _ batch: borrowing FrameBatch, _ index: Int, _ summary: FrameSummary, _ placement: Placement,
        _ verdict: FilterVerdict, _ report: inout ReceiveReport
    ) -> Int {
        let packetType = verdict.etherTypeFilter.map(FrameSummary.packetType) ?? summary.packetType
        report.information = UInt64(packetType) &<< 4
        let steered = Self.steered(verdict.queue, placement.pool)
        let fallback = steered ?? placement.pool ?? rules.command.defaultQueue
        guard placement.usesRSS else { return fallback }
        let spread = selection.spread(
            summary, batch.header(of: index), frameLength: Int(batch[index].byteCount), rules.command)
        if rules.checksums.reportsHash { report.information |= spread.information }
        guard let queue = spread.queue, steered == nil else { return fallback }
        // With pools bit 3 of the entry chooses between the pool's two queues (Linux writes it there for the 82576).
        return placement.pool.map { $0 | queue & 8 } ?? queue
    }

    /// A filter's queue. With pools it counts only if it is one of the copy's own pool: a filter chooses within a pool,
    /// and what is for one VM never lands in another's memory, whatever was programmed.
    @inline(__always)
    private static func steered(_ queue: Int?, _ pool: Int?) -> Int? {
        guard let queue, let pool else { return queue }
        return queue & 7 == pool ? queue : nil
    }
}

// MARK: Checksums

extension Receive {
    @inline(__always)
    private mutating func verifyChecksums(
        _ batch: borrowing FrameBatch, _ index: Int, _ summary: FrameSummary, _ stripsTag: Bool,
        _ report: inout ReceiveReport
    ) {
        report.status.insert(rules.verification.verify(summary, frame: index, of: batch))
        if !rules.checksums.reportsHash { reportSums(batch, index, summary, stripsTag, &report) }
    }

    /// What the descriptor has in place of a hash: IP identification, and the sum over the frame from PCSS on or, with
    /// IPPCSE, over the payload of a UDP fragment.
    @inline(never)
    private mutating func reportSums(
        _ batch: borrowing FrameBatch, _ index: Int, _ summary: FrameSummary, _ stripsTag: Bool,
        _ report: inout ReceiveReport
    ) {
        let bytes = batch.header(of: index)
        let isUDPFragment = summary.isIPv4 && summary.isFragment && summary.protocolNumber == IPProtocol.udp
        if rules.checksums.sumsFragments, isUDPFragment {
            report.packetChecksum = batch.payloadSum(of: index, summary)
            report.status.insert(ChecksumReport.udpChecked)
            // UDPV: the datagram has a checksum to hold the sum against.
            if summary.transport == .udp, bytes.network16(at: summary.transportOffset + 6) != 0 {
                report.status.insert(ReceiveStatus.udpChecksumPresent)
            }
        } else {
            report.packetChecksum = batch.packetChecksum(
                of: index, from: rules.checksums.packetChecksumStart, gap: stripsTag ? summary.tagOffset : nil)
        }
        let identification = summary.isIPv4 ? bytes.network16(at: summary.networkOffset + 4) : 0
        report.information |= UInt64(identification) << 32 | UInt64(report.packetChecksum) << 48
    }
}
