// Plain packets on the short way to memory. Where something is not as it mostly is, nothing happens here, and the frame
// goes the long way; so the two agree on everything they both do.

extension Port {
    /// Takes a frame from the wire or from loopback, without pools. False, and nothing done, for one that is not plain,
    /// not unicast, not for this port, or has no room.
    @inline(__always)
    func acceptPlain(_ batch: borrowing FrameBatch, _ index: Int, _ control: RCTL) -> Bool {
        let frameLength = Int(batch[index].byteCount)
        let header = batch.header(of: index)
        guard let packet = PlainPacket(header, frameLength: frameLength), !packet.destination.isMulticast else {
            return false
        }
        let isExact = addressFilter.matches(destination: packet.destination, source: packet.source)
        guard isExact || control.isUnicastPromiscuous else { return false }
        let command = registers[MRQC.self]
        var (queue, information) = (command.defaultQueue, packet.packetType &<< 4)
        if command.isRSS {
            let (hash, type) = rss.hash(packet, header, enabledTypes: command.hashTypes)
            information |= UInt64(type.rawValue) | UInt64(hash) &<< 32
            if type != .none { queue = redirected(hash) }
        }
        let byteCount = max(60, frameLength)
        // PIF.
        let status: UInt32 = isExact ? 0 : 1 &<< 7
        guard placePlain(batch, index, packet, byteCount, queue, information, status, control) else { return false }
        if !receive.isHeld { receive.arrived.count(byteCount) }
        receive.counters.count(byteCount: byteCount, isMulticast: false, isBroadcast: false)
        return true
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
        let checksums = receive.verification.verify(packet, frame: index, of: batch).rawValue
        let report = ReceiveReport(information: information, status: status | checksums)
        guard writeWhole(batch, index, byteCount, queue, report) else { return false }
        receive.stored.count(byteCount)
        return true
    }
}
