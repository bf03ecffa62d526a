// Plain packets on the short way to memory. Where something is not as it mostly is, nothing happens here, and the frame
// goes the long way; so the two agree on everything they both do.

extension Port {
    /// Takes a frame from the wire or from loopback. False, and nothing done, for one that is not plain, not unicast, not for
    /// this port or for several pools, or has no room.
    @inline(__always)
    func acceptPlain(_ batch: borrowing FrameBatch, _ index: Int, _ control: RCTL) -> Bool {
        let frameLength = Int(batch[index].byteCount)
        guard let packet = PlainPacket(batch.header(of: index), frameLength: frameLength),
            !packet.destination.isMulticast
        else { return false }
        let byteCount = max(60, frameLength)
        let isTaken =
            hasPools
            ? acceptForPool(batch, index, packet, byteCount, control)
            : acceptForPort(batch, index, packet, byteCount, control)
        guard isTaken else { return false }
        if !receive.isHeld { receive.arrived.count(byteCount) }
        receive.counters.count(byteCount: byteCount, isMulticast: false, isBroadcast: false)
        return true
    }

    @inline(__always)
    private func acceptForPort(
        _ batch: borrowing FrameBatch, _ index: Int, _ packet: PlainPacket, _ byteCount: Int, _ control: RCTL
    ) -> Bool {
        let isExact = addressFilter.matches(destination: packet.destination, source: packet.source)
        guard isExact || control.isUnicastPromiscuous else { return false }
        let command = registers[MRQC.self]
        let (queue, hash) = selectQueue(batch, index, packet, usesRSS: command.isRSS)
        // PIF.
        let status: UInt32 = isExact ? 0 : 1 &<< 7
        return placePlain(batch, index, packet, byteCount, queue ?? command.defaultQueue, hash, status, control)
    }

    private func acceptForPool(
        _ batch: borrowing FrameBatch, _ index: Int, _ packet: PlainPacket, _ byteCount: Int, _ control: RCTL
    ) -> Bool {
        let pools = decision(for: packet, 0xFF, control).pools
        guard pools.nonzeroBitCount == 1 else { return false }
        let pool = pools.trailingZeroBitCount
        let usesRSS = registers[VMOLR.self, pool].usesRSS && registers[MRQC.self].hasPoolRSS
        let (queue, hash) = selectQueue(batch, index, packet, usesRSS: usesRSS)
        // As in ``selectQueue(_:_:_:_:_:)``: between the pool's two.
        guard placePlain(batch, index, packet, byteCount, pool | (queue ?? 0) & 8, hash, 0, control) else {
            return false
        }
        countPool(pool, byteCount, isMulticast: false, isLoopback: false)
        return true
    }

    /// The queue that RSS says, and what the write-back reports of it.
    @inline(__always)
    private func selectQueue(
        _ batch: borrowing FrameBatch, _ index: Int, _ packet: PlainPacket, usesRSS: Bool
    ) -> (queue: Int?, information: UInt64) {
        let information = packet.packetType &<< 4
        guard usesRSS else { return (nil, information) }
        let (hash, type) = rss.hash(packet, batch.header(of: index), enabledTypes: registers[MRQC.self].hashTypes)
        let reported = information | UInt64(type.rawValue) | UInt64(hash) &<< 32
        return (type == .none ? nil : redirected(hash), reported)
    }

    /// Writes a plain packet of `byteCount` bytes, padding included, to memory. False, and nothing written, when `queue` does
    /// not take it just so.
    /// - Parameters:
    ///   - information: the first quadword of the write-back.
    ///   - status: status bits beyond DD, EOP and those of the checksums.
    @inline(__always)
    func placePlain(
        _ batch: borrowing FrameBatch, _ index: Int, _ packet: PlainPacket, _ byteCount: Int, _ queue: Int,
        _ information: UInt64, _ status: UInt32, _ control: RCTL
    ) -> Bool {
        guard openLane(queue, control), byteCount <= receiveLanes[queue].longestPlain,
            receiveLanes[queue].ring.available > 0
        else { return false }
        prefetchBuffer(queue, byteCount)
        let checksums = receive.verification.verify(packet, frame: index, of: batch).rawValue
        let report = ReceiveReport(information: information, status: status | checksums)
        guard writeWhole(batch, index, byteCount, queue, report) else { return false }
        receive.stored.count(byteCount)
        return true
    }
}
