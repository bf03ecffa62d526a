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
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, _ control: RCTL
    ) -> Delivery {
        var report = ReceiveReport()
        let queue = selectQueue(batch, frame, placement, &report)
        guard registers[RXDCTL.self, queue].isEnabled, isMaster(of: queue),
            let ring = registers.ring(at: 0xC000 + 0x40 * queue)
        else {
            receive.drops.queueDisabled &+= 1
            return .dropped
        }
        let split = registers[SRRCTL.self, queue]
        let bufferSize = split.packetBufferSize == 0 ? control.bufferSize : split.packetBufferSize
        let stripsTag = placement.stripsVLAN && frame.headers.isTagged
        let length = frame.byteCount - (stripsTag ? 4 : 0) + (placement.stripsCRC ? 0 : 4)
        guard (length + bufferSize - 1) / bufferSize <= ring.available else {
            return refuse(queue, split, mayHold: placement.pool == nil)
        }
        verifyChecksums(batch, frame, &report)
        if stripsTag { report.vlanTag = frame.headers.tag }
        report.status |= (frame.isInexact ? 1 << 7 : 0) | (stripsTag ? 1 << 3 : 0) | (frame.isLoopback ? 1 << 18 : 0)
        let target = ReceiveTarget(
            queue: queue, ring: ring, memory: memory(of: queue), bufferSize: bufferSize, length: length,
            gap: stripsTag ? frame.headers.tagOffset : nil, isLegacy: split.isLegacy)
        if placement.stripsCRC {
            write(batch, frame.index, target, report)
        } else {
            writeWithFCS(batch, frame, target, report)
        }
        return .done
    }

    /// No room in the ring. Drop_En of the queue drops, its bit of QDE does, and pools do not wait for each other.
    private func refuse(_ queue: Int, _ split: SRRCTL, mayHold: Bool) -> Delivery {
        let isDropEnabled = registers[word: 0x2408 / 4] &>> UInt32(queue) & 1 == 1
        if !mayHold || split.dropsWhenEmpty || isDropEnabled {
            receive.drops.noDescriptors &+= 1
            let dropped = (0xC030 + 0x40 * queue) / 4
            registers[word: dropped] = min(registers[word: dropped] &+ 1, 0xFFF)
            return .dropped
        }
        if !receive.isHeld { add(1, to: Statistic.RNBC) }
        return .held
    }

    /// RSS, or the first queue of the pool, or the default queue.
    private func selectQueue(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ placement: Placement, _ report: inout ReceiveReport
    ) -> Int {
        report.information = UInt64(frame.headers.packetType) << 4
        let command = registers[MRQC.self]
        let fallback = placement.pool ?? command.defaultQueue
        guard placement.usesRSS else { return fallback }
        let (hash, type) = rss.hash(
            frame.headers, batch.header(of: frame.index), enabledTypes: command.hashTypes,
            extensions: registers[RFCTL.self].hashExtensions)
        if registers[RXCSUM.self].reportsHash {
            report.information |= UInt64(type.rawValue) | UInt64(hash) << 32
        }
        guard type != .none else { return fallback }
        let entry = Int(hash & 127)
        let queue = Int(registers[word: 0x5C00 / 4 + entry / 4] &>> UInt32(8 * (entry & 3)) & 0xF)
        // With pools bit 3 of the entry chooses between the pool's two queues (Linux writes it there for the 82576).
        return placement.pool.map { $0 | queue & 8 } ?? queue
    }

    private func verifyChecksums(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ report: inout ReceiveReport
    ) {
        let control = registers[RXCSUM.self]
        let verification = ChecksumVerification(rxcsum: control.raw, rfctl: registers[RFCTL.self].raw)
        report.status |= verification.verify(frame.headers, frame: frame.index, of: batch).rawValue
        guard !control.reportsHash else { return }
        report.packetChecksum = batch.packetChecksum(of: frame.index, from: control.packetChecksumStart)
        let bytes = batch.header(of: frame.index)
        let ip = frame.headers.ip
        let identification = ip.isIPv4 ? bytes.network16(at: ip.offset + 4) : 0
        report.information |= UInt64(identification) << 32 | UInt64(report.packetChecksum) << 48
    }
}
