/// What the write-back of a received frame reports. Datasheet 7.1.5.
struct ReceiveReport {
    /// First quadword of the advanced write-back: RSS type, packet type, hash or checksum.
    var information: UInt64 = 0
    /// Extended status and errors, without DD and EOP.
    var status: UInt32 = 0
    var vlanTag: UInt16 = 0
    /// The legacy descriptor's packet checksum.
    var packetChecksum: UInt16 = 0
}

/// A frame on its way to memory.
struct ReceivedFrame {
    var index: Int
    /// With padding, without FCS.
    var byteCount: Int
    var headers: PacketHeaders
    /// From the switch, not from the wire.
    var isLoopback = false
    /// Only an inexact filter matched.
    var isInexact = false
}

/// Where a frame goes and what is done to it on the way.
struct Placement {
    /// `nil` without pools.
    var pool: Int?
    var stripsVLAN: Bool
    var stripsCRC: Bool
    /// The hash chooses the queue, among all or the pool's two.
    var usesRSS: Bool
}

/// What became of a frame.
enum Delivery {
    case done
    case dropped
    /// Its queue has no room: offer it again when descriptors come.
    case held
}

extension Port {
    /// Selects the queue of a frame that passed the filters and writes it to memory.
    func place(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, _ receiveControl: RCTL
    ) -> Delivery {
        let stripsTag = placement.stripsVLAN && frame.headers.isTagged
        let length = frame.byteCount - (stripsTag ? 4 : 0) + (placement.stripsCRC ? 0 : 4)
        let verdict = filterVerdict(batch, frame, placement.pool, length)
        var report = ReceiveReport()
        let queue = selectQueue(batch, frame, placement, verdict, &report)
        guard openLane(queue, receiveControl) else {
            receive.drops.queueDisabled &+= 1
            return .dropped
        }
        let (control, bufferSize) = (receiveLanes[queue].control, receiveLanes[queue].bufferSize)
        let split = control.usesHeaderBuffer ? split(frame, control, queue, length, stripsTag) : HeaderSplit()
        let (rest, available) = (length - split.packetOffset, receiveLanes[queue].ring.available)
        guard rest <= bufferSize || (rest + bufferSize - 1) / bufferSize <= available, available > 0 else {
            return refuse(frame, queue, control, mayHold: placement.pool == nil)
        }
        verifyChecksums(batch, frame, stripsTag, &report)
        report.status |= stampReceived(batch, frame, queue, isMarked: verdict.isTimed)
        if stripsTag { report.vlanTag = frame.headers.tag }
        report.status |= status(frame, stripsTag)
        if verdict.isImmediate, !control.isLegacy {
            report.status |= 1 << 11
            receive.immediateQueues |= 1 &<< UInt32(queue)
        }
        receive.stored.count(frame.byteCount)
        if placement.stripsCRC, !stripsTag, length <= bufferSize, writeWhole(batch, frame.index, length, queue, report)
        {
            return .done
        }
        let target = ReceiveTarget(
            queue: queue, ring: receiveLanes[queue].ring, memory: memory(of: queue), bufferSize: bufferSize,
            length: length, gap: stripsTag ? frame.headers.tagOffset : nil, isLegacy: control.isLegacy, split: split)
        if placement.stripsCRC {
            write(batch, frame.index, target, report)
        } else {
            writeWithFCS(batch, frame, target, report)
        }
        return .done
    }

    /// VP, PIF, VEXT and LB.
    private func status(_ frame: ReceivedFrame, _ stripsTag: Bool) -> UInt32 {
        (stripsTag ? 1 << 3 : 0) | (frame.isInexact ? 1 << 7 : 0) | (frame.headers.isOuterTagged ? 1 << 9 : 0)
            | (frame.isLoopback ? 1 << 18 : 0)
    }

    /// No room in the ring. It is dropped if SRRCTL.Drop_En or QDE says so. What would wait on the chip and cannot wait
    /// here, since other pools stand behind it, is counted as missed too.
    private func refuse(_ frame: ReceivedFrame, _ queue: Int, _ control: SRRCTL, mayHold: Bool) -> Delivery {
        let drops = control.dropsWhenEmpty || registers[word: 0x2408 / 4] &>> UInt32(queue) & 1 != 0
        if !drops, !receive.isHeld { add(1, to: Statistic.RNBC) }
        if !drops, mayHold { return .held }
        receive.drops.noDescriptors &+= 1
        let dropped = (0xC030 + 0x40 * queue) / 4
        registers[word: dropped] = min(registers[word: dropped] &+ 1, 0xFFF)
        if !drops, !frame.isLoopback { countMissed() }
        return .dropped
    }

    /// A frame was lost because no descriptors came in time: MPC, and the cause RXO.
    func countMissed() {
        add(1, to: Statistic.MPC)
        interrupts.raise(.receiverOverrun)
    }

    @inline(__always)
    private func filterVerdict(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ pool: Int?, _ length: Int
    ) -> FilterVerdict {
        guard !queueFilters.used.isEmpty else { return FilterVerdict() }
        return queueFilters.verdict(frame.headers, batch.header(of: frame.index), pool: pool, length: length)
    }

    /// The filters' queue, or RSS, or the first queue of the pool, or the default queue.
    @inline(__always)
    private func selectQueue(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, _ verdict: FilterVerdict,
        _ report: inout ReceiveReport
    ) -> Int {
        let packetType = verdict.etherTypeFilter.map(PacketHeaders.packetType) ?? frame.headers.packetType
        report.information = UInt64(packetType) << 4
        let command = registers[MRQC.self]
        let steered = steered(verdict.queue, placement.pool)
        let fallback = steered ?? placement.pool ?? command.defaultQueue
        guard placement.usesRSS else { return fallback }
        let (hash, type) = rss.hash(
            frame.headers, batch.header(of: frame.index), enabledTypes: command.hashTypes,
            extensions: registers[RFCTL.self].hashExtensions)
        if registers[RXCSUM.self].reportsHash {
            report.information |= UInt64(type.rawValue) | UInt64(hash) << 32
        }
        guard type != .none, steered == nil else { return fallback }
        let queue = redirected(hash)
        // With pools bit 3 of the entry chooses between the pool's two queues (Linux writes it there for the 82576).
        return placement.pool.map { $0 | queue & 8 } ?? queue
    }

    /// The queue that RETA has for a hash.
    @inline(__always)
    func redirected(_ hash: UInt32) -> Int {
        let entry = Int(hash & 127)
        return Int(registers[word: 0x5C00 / 4 + entry / 4] &>> UInt32(truncatingIfNeeded: 8 * (entry & 3)) & 0xF)
    }

    /// A filter's queue. With pools it counts only if it is one of the copy's own pool: a filter chooses within a pool,
    /// and what is for one VM never lands in another's memory, whatever was programmed.
    @inline(__always)
    private func steered(_ queue: Int?, _ pool: Int?) -> Int? {
        guard let queue, let pool else { return queue }
        return queue & 7 == pool ? queue : nil
    }

    @inline(__always)
    private func verifyChecksums(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ stripsTag: Bool, _ report: inout ReceiveReport
    ) {
        let control = registers[RXCSUM.self]
        report.status |= receive.verification.verify(frame.headers, frame: frame.index, of: batch).rawValue
        if !control.reportsHash { reportSums(batch, frame, stripsTag, control, &report) }
    }

    /// What the descriptor has in place of a hash: IP identification, and the sum over the frame from PCSS on or, with
    /// IPPCSE, over the payload of a UDP fragment.
    private func reportSums(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ stripsTag: Bool, _ control: RXCSUM,
        _ report: inout ReceiveReport
    ) {
        let (ip, bytes) = (frame.headers.ip, batch.header(of: frame.index))
        if control.sumsFragments, ip.isIPv4, ip.isFragment, ip.protocolNumber == IPProtocol.udp {
            report.packetChecksum = batch.payloadSum(of: frame.index, ip)
            report.status |= ChecksumReport.udpChecked.rawValue
            // UDPV: the datagram has a checksum to hold the sum against.
            if ip.transport == .udp, bytes.network16(at: ip.transportOffset + 6) != 0 { report.status |= 1 << 10 }
        } else {
            report.packetChecksum = batch.packetChecksum(
                of: frame.index, from: control.packetChecksumStart, gap: stripsTag ? frame.headers.tagOffset : nil)
        }
        let identification = ip.isIPv4 ? bytes.network16(at: ip.offset + 4) : 0
        report.information |= UInt64(identification) << 32 | UInt64(report.packetChecksum) << 48
    }
}
