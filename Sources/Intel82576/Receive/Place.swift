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

extension Port {
    /// Selects the queue of a frame that passed the filters and writes it to memory.
    func place(
        _ batch: inout FrameBatch, _ index: Int, _ byteCount: Int, _ headers: PacketHeaders, _ match: AddressMatch,
        _ control: RCTL
    ) -> Delivery {
        var report = ReceiveReport()
        let queue = selectQueue(batch, index, headers, &report)
        guard registers[RXDCTL.self, queue].isEnabled, let ring = registers.ring(at: 0xC000 + 0x40 * queue) else {
            receive.drops.queueDisabled &+= 1
            return .done
        }
        let split = registers[SRRCTL.self, queue]
        let bufferSize = split.packetBufferSize == 0 ? control.bufferSize : split.packetBufferSize
        let stripsTag = isStrippingVLAN && headers.isTagged
        let length = byteCount - (stripsTag ? 4 : 0) + (control.stripsCRC ? 0 : 4)
        guard (length + bufferSize - 1) / bufferSize <= ring.available else {
            return refuse(queue, split)
        }
        report.status |= match == .inexact ? 1 << 7 : 0
        verifyChecksums(batch, index, headers, &report)
        if stripsTag { strip(&batch, index, headers, &report) }
        let header = headers.destination
        receive.counters.count(
            byteCount: byteCount, isMulticast: header.isMulticast, isBroadcast: header.isBroadcast)
        if control.stripsCRC {
            write(batch, index, length, queue, ring, bufferSize, report, isLegacy: split.isLegacy)
        } else {
            withChecksummed(batch, index, byteCount: length - 4) {
                write(checkedBatch, 0, length, queue, ring, bufferSize, report, isLegacy: split.isLegacy)
            }
        }
        return .done
    }

    /// No room in the ring.
    private func refuse(_ queue: Int, _ split: SRRCTL) -> Delivery {
        if split.dropsWhenEmpty {
            receive.drops.noDescriptors &+= 1
            let dropped = (0xC030 + 0x40 * queue) / 4
            registers[word: dropped] = min(registers[word: dropped] &+ 1, 0xFFF)
            return .done
        }
        if !receive.isHeld { add(1, to: Statistic.RNBC) }
        return .held
    }

    /// RSS, or the default queue.
    private func selectQueue(
        _ batch: borrowing FrameBatch, _ index: Int, _ headers: PacketHeaders, _ report: inout ReceiveReport
    ) -> Int {
        report.information = UInt64(headers.packetType) << 4
        let command = registers[MRQC.self]
        guard command.isRSS else { return command.defaultQueue }
        let (hash, type) = rss.hash(
            headers, batch.header(of: index), enabledTypes: command.hashTypes,
            extensions: registers[RFCTL.self].hashExtensions)
        if registers[RXCSUM.self].reportsHash {
            report.information |= UInt64(type.rawValue) | UInt64(hash) << 32
        }
        guard type != .none else { return command.defaultQueue }
        let entry = Int(hash & 127)
        return Int(registers[word: 0x5C00 / 4 + entry / 4] &>> UInt32(8 * (entry & 3)) & 0xF)
    }

    private func verifyChecksums(
        _ batch: borrowing FrameBatch, _ index: Int, _ headers: PacketHeaders, _ report: inout ReceiveReport
    ) {
        let control = registers[RXCSUM.self]
        let verification = ChecksumVerification(rxcsum: control.raw, rfctl: registers[RFCTL.self].raw)
        report.status |= verification.verify(headers, frame: index, of: batch).rawValue
        guard !control.reportsHash else { return }
        report.packetChecksum = batch.packetChecksum(of: index, from: control.packetChecksumStart)
        let bytes = batch.header(of: index)
        let identification = headers.ip.isIPv4 ? bytes.network16(at: headers.ip.offset + 4) : 0
        report.information |= UInt64(identification) << 32 | UInt64(report.packetChecksum) << 48
    }

    private func strip(
        _ batch: inout FrameBatch, _ index: Int, _ headers: PacketHeaders, _ report: inout ReceiveReport
    ) {
        report.vlanTag = headers.tag
        report.status |= 1 << 3
        batch.removeVLANTag(of: index, at: headers.tagOffset)
    }

    /// The frame with padding and FCS, as the wire had it, in ``checkedBatch``.
    private func withChecksummed(_ batch: borrowing FrameBatch, _ index: Int, byteCount: Int, _ body: () -> Void) {
        checkedBatch.removeAll()
        if checkedBatch.appendWithFCS(batch, frame: index, byteCount: byteCount) { body() }
    }

    /// Copies a frame into the buffers at the ring's head and writes their descriptors back, the last with EOP.
    /// - Precondition: the ring has enough of them.
    private func write(
        _ batch: borrowing FrameBatch, _ index: Int, _ length: Int, _ queue: Int, _ ring: Ring, _ bufferSize: Int,
        _ report: ReceiveReport, isLegacy: Bool
    ) {
        var (head, offset) = (ring.head, 0)
        while offset < length {
            let count = min(bufferSize, length - offset)
            let address = ring.address(head)
            guard let words = memory.descriptor(at: address) else {
                receive.drops.unwritable &+= 1
                return
            }
            if !memory.store(batch, frame: index, at: offset, count, to: words.low) { receive.drops.unwritable &+= 1 }
            offset += count
            let isLast = offset >= length
            // DD, and EOP in the last one; the second quadword goes last and whole, since drivers poll its length.
            var status = UInt64(isLast ? report.status | 3 : 1)
            status |= UInt64(count) << (isLegacy ? 0 : 32) | UInt64(isLast ? report.vlanTag : 0) << 48
            if isLegacy {
                status = legacyStatus(count, isLast ? report : ReceiveReport(), isLast)
            } else {
                _ = memory.storeQuadword(isLast ? report.information : 0, at: address)
            }
            if !memory.storeQuadword(status, at: address &+ 8) { receive.drops.unwritable &+= 1 }
            head = ring.advanced(head)
        }
        registers[word: (0xC010 + 0x40 * queue) / 4] = UInt32(truncatingIfNeeded: head)
        receive.touchedQueues |= 1 &<< UInt32(queue)
        noteThreshold(queue, ring, newHead: head)
    }

    /// The legacy second quadword: length, packet checksum, status, errors, tag. Datasheet 7.1.4.
    private func legacyStatus(_ count: Int, _ report: ReceiveReport, _ isLast: Bool) -> UInt64 {
        let status = UInt64(report.status & 0xFF) | (isLast ? 3 : 1)
        let errors = UInt64(report.status >> 24) & 0xFF
        return UInt64(count) | UInt64(report.packetChecksum) << 16 | status << 32 | errors << 40
            | UInt64(report.vlanTag) << 48
    }

    /// RXDMT0 when the free descriptors fall to the threshold.
    private func noteThreshold(_ queue: Int, _ ring: Ring, newHead: Int) {
        let threshold = registers[SRRCTL.self, queue].lowThreshold
        guard threshold > 0, ring.available > threshold else { return }
        var after = ring
        after.head = newHead
        if after.available <= threshold {
            interrupts.raise(.receiveThreshold)
            add(1, to: Statistic.RXDMTC)
        }
    }
}
