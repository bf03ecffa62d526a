// SPDX-License-Identifier: Apache-2.0

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

    /// The frame's tag is taken out.
    @inline(__always)
    mutating func stripTag(_ tag: UInt16) {
        vlanTag = tag
        status.insert(.vlanStripped)
    }
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
    /// RXE, bit 31. The frame is damaged; it is stored because RCTL.SBP says so.
    static let frameError = ReceiveStatus(rawValue: 1 << 31)

    mutating func insert(_ report: ChecksumReport) { rawValue |= report.rawValue }
}

/// What is done to a frame on its way to memory. The bits are where VMOLR and RPLOLR have them, so that taking them over
/// is one operation.
struct Placement: OptionSet, BitwiseCopyable {
    var rawValue: UInt32
    /// The hash chooses the queue, among all or the pool's two.
    static let rss = Placement(rawValue: 1 << 17)
    static let stripsVLAN = Placement(rawValue: 1 << 30)
    static let stripsCRC = Placement(rawValue: 1 << 31)

    @inline(__always)
    init(rawValue: UInt32) { self.rawValue = rawValue }

    @inline(__always)
    init(usesRSS: Bool, stripsVLAN: Bool, stripsCRC: Bool) {
        rawValue = (usesRSS ? 1 << 17 : 0) | (stripsVLAN ? 1 << 30 : 0) | (stripsCRC ? 1 << 31 : 0)
    }
}

/// The queue of a frame, and what the filters and RSS that chose it say.
struct QueueChoice: BitwiseCopyable {
    var queue: Int
    /// First quadword of the advanced write-back: packet type, RSS type and hash.
    var information: UInt64
    /// The filter's choice, if it was one.
    var steering: Steering?
    /// RSS type and hash, where RSS had the choice.
    var spread: UInt64 = 0
    /// The interrupt does not wait for EITR.
    var isImmediate = false
    /// A filter for IEEE 1588 packets matched.
    var isTimed = false
}

extension Receive {
    /// Selects the queue of a frame that passed the filters and writes it to memory.
    /// - Parameter pool: `nil` without pools.
    @inline(never)
    mutating func place(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, pool: Int?
    ) -> Delivery {
        var placement = rules.placement
        if let pool {
            guard let poolPlacement = self.placement(frame, pool: pool) else { return .tooLong }
            placement = poolPlacement
        }
        let stripsTag = placement.contains(.stripsVLAN) && frame.summary.isTagged
        let length = frame.length &- (stripsTag ? 4 : 0) &- (placement.contains(.stripsCRC) ? 4 : 0)
        let choice = chooseQueue(batch, frame, placement, pool: pool, length: length)
        let queue = choice.queue
        guard openLane(queue) else { return dropDisabled(batch, frame, queue, pool) }
        let lane = lanes[queue]
        let isWhole = placement.contains(.stripsCRC) && length <= lane.longestWhole
        let available = lane.ring.available
        guard available > 0, isWhole || hasRoom(batch, frame.index, queue, length: length, stripsTag: stripsTag) else {
            return refuse(batch, frame, queue, pool)
        }
        lanes[queue].stored.count(frame.length)
        if available > ReceiveLane.prefetchDistance { lane.prefetchBuffer(length) }
        var report = ReceiveReport(information: choice.information, status: frame.status)
        report.status.insert(rules.verification.verify(frame.summary, frame: frame.index, of: batch))
        if stripsTag { report.stripTag(frame.summary.tag) }
        if rules.reportsMore || choice.isImmediate { report = complete(report, batch, frame, choice) }
        if isWhole, lane.writeWhole(batch, frame, report, length, stripsTag: stripsTag) {
            finishWrite(queue, used: 1, of: available)
        } else {
            let gap = stripsTag ? frame.summary.tagOffset : nil
            let split = writePieces(batch, frame, report, queue: queue, length: length, placement, gap: gap)
            if observer != nil { tell(ReceivedCopy(frame, report, choice, split, pool: pool), batch) }
        }
        count(frame, queue: queue, pool: pool)
        return .done
    }

    /// Whether the ring has descriptors for a frame that is not one whole buffer.
    @inline(never)
    private mutating func hasRoom(
        _ batch: borrowing FrameBatch, _ index: Int, _ queue: Int, length: Int, stripsTag: Bool
    ) -> Bool {
        let split = split(batch, index, queue, length, stripsTag: stripsTag)
        let (byteCount, size) = (length &- split.packetOffset, lanes[queue].bufferSize)
        return byteCount <= size || (byteCount &+ size &- 1) / size <= lanes[queue].ring.available
    }

    /// Adds to a report what most have not: sums in place of a hash, a time stamp, a low-latency interrupt.
    ///
    /// The stamps belong to the PF, which alone can read them: a frame that only VFs receive takes none. Others would let
    /// a VF keep the PF from synchronising its clock.
    @inline(never)
    private mutating func complete(
        _ report: ReceiveReport, _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ choice: QueueChoice
    ) -> ReceiveReport {
        var report = report
        if !rules.checksums.reportsHash { reportSums(batch, frame.index, frame.summary, &report) }
        if choice.isImmediate, !lanes[choice.queue].control.isLegacy {
            report.status.insert(.lowLatency)
            lanes[choice.queue].isUrgent = true
        }
        guard rules.stampsFrames, !frame.isLoopback, !owners.isVirtual(choice.queue),
            stamps.stampReceived(
                batch.header(of: frame.index), frame.summary, isMarked: choice.isTimed, at: rules.systemTime)
        else { return report }
        report.status.insert(.stamped)
        return report
    }

    /// The queue takes nothing.
    @inline(never)
    private mutating func dropDisabled(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ queue: Int, _ pool: Int?
    ) -> Delivery {
        note(.queueDisabled, batch, frame.index, queue: queue, pool: pool)
        if frame.isLoopback { registers.add(1, to: SDPC.self) }
        return .dropped
    }

    /// No room in the ring. It is dropped if SRRCTL.Drop_En or QDE says so. What would wait on the chip and cannot wait
    /// here, since other pools stand behind it, is counted as missed too.
    @inline(never)
    private mutating func refuse(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ queue: Int, _ pool: Int?
    ) -> Delivery {
        let dropsFrame =
            lanes[queue].control.dropsWhenEmpty || registers[QDE.self].raw &>> UInt32(queue) & 1 != 0
        if !dropsFrame, !isHeld { registers.add(1, to: RNBC.self) }
        if !dropsFrame, pool == nil { return .held }
        note(.noDescriptors, batch, frame.index, queue: queue, pool: pool)
        if frame.isLoopback { registers.add(1, to: SDPC.self) }
        registers[RQDPC.self, queue].raw = min(registers[RQDPC.self, queue].raw &+ 1, 0xFFF)
        if !dropsFrame, !frame.isLoopback { countMissed() }
        return .dropped
    }
}

// MARK: The queue

extension Receive {
    /// The filters' queue, or RSS, or the first queue of the pool, or the default queue.
    /// - Parameter length: bytes that go to memory.
    @inline(__always)
    private mutating func chooseQueue(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, pool: Int?, length: Int
    ) -> QueueChoice {
        guard selection.isFiltering || placement.contains(.rss) else {
            return QueueChoice(
                queue: pool ?? rules.command.defaultQueue, information: UInt64(frame.summary.packetType) &<< 4)
        }
        return chooseByContent(batch, frame, placement, pool: pool, length: length)
    }

    @inline(never)
    private mutating func chooseByContent(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, pool: Int?, length: Int
    ) -> QueueChoice {
        let (summary, index) = (frame.summary, frame.index)
        let verdict =
            selection.isFiltering
            ? selection.verdict(summary, batch.header(of: index), pool: pool, length: length) : FilterVerdict()
        let packetType = verdict.etherTypeFilter.map(FrameSummary.packetType) ?? summary.packetType
        let steering = Self.steering(verdict.steering, pool)
        var choice = QueueChoice(
            queue: steering?.queue ?? pool ?? rules.command.defaultQueue, information: UInt64(packetType) &<< 4,
            steering: steering, isImmediate: verdict.isImmediate, isTimed: verdict.isTimed)
        guard placement.contains(.rss) else { return choice }
        let spread = selection.spread(summary, batch.header(of: index), rules.command)
        if rules.checksums.reportsHash { choice.information |= spread.information }
        guard let queue = spread.queue, steering == nil else { return choice }
        choice.spread = spread.information
        // With pools bit 3 of the entry chooses between the pool's two queues (Linux writes it there for the 82576).
        choice.queue = pool.map { $0 | queue & 8 } ?? queue
        return choice
    }

    /// A filter's choice. With pools it counts only if it is a queue of the copy's own pool: a filter chooses within a pool,
    /// and what is for one VM never lands in another's memory, whatever was programmed.
    @inline(__always)
    private static func steering(_ steering: Steering?, _ pool: Int?) -> Steering? {
        guard let queue = steering?.queue, let pool else { return steering }
        return queue & 7 == pool ? steering : nil
    }
}

// MARK: Checksums

extension Receive {
    /// What the descriptor has in place of a hash: IP identification, and the sum over the frame from PCSS on or, with
    /// IPPCSE, over the payload of a UDP fragment.
    private mutating func reportSums(
        _ batch: borrowing FrameBatch, _ index: Int, _ summary: FrameSummary, _ report: inout ReceiveReport
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
                of: index, from: rules.checksums.packetChecksumStart,
                gap: report.status.contains(.vlanStripped) ? summary.tagOffset : nil)
        }
        let identification = summary.isIPv4 ? bytes.network16(at: summary.networkOffset + 4) : 0
        report.information |= UInt64(identification) << 32 | UInt64(report.packetChecksum) << 48
    }
}
