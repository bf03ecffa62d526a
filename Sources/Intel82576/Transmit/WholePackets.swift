// Packets in one buffer and one descriptor, sent as they are or with checksums and a tag inserted: what most packets are
// that are not segmented. A shortcut past the gathering of buffers; checks and offloads are those of all packets.

extension Transmit {
    /// Appends the whole packets that come next, up to the first one that is not or that the batch has no room for. False
    /// when there was none.
    @inline(__always)
    mutating func appendWholePackets(_ bridge: inout Switch) -> Bool {
        let control = descriptors[run.index].control
        guard control.isWholePacket, skipping &>> UInt32(run.queue) & 1 == 0 else { return false }
        if control.isUntouched, !run.checksSpoofing, run.insertion.policy != .always { return appendUntouched() }
        return appendWhole(control, &bridge)
    }

    /// Packets that nothing is to be done to.
    private mutating func appendUntouched() -> Bool {
        let (count, byteCount) = batch.appendUntouched(
            descriptors, run.index..<run.fetched, run.ranges, sourcePool: run.pool, shortest: run.shortestFrame,
            limit: Self.batchBytes)
        run.batchedBytes &+= byteCount
        run.index &+= count
        return count > 0
    }

    /// One packet that is to be checked, or to be given a tag or checksums.
    private mutating func appendWhole(_ control: TransmitDescriptor.Control, _ bridge: inout Switch) -> Bool {
        let context = contexts[2 &* run.queue &+ control.contextIndex]
        let tag = tag(control.insertsVLAN ? context.vlanTag : nil)
        // Behind an outer tag the place of the inner one depends on the frame. All that is patched lies in the header.
        guard tag == nil || !run.tagTypes.isExtended,
            context.l4Offset &+ 20 <= FrameBatch.headerLength || !control.insertsChecksums,
            control.length >= run.shortestFrame, control.length <= Self.maximumFrame,
            batch.appendWhole(
                control.length, at: descriptors[run.index].bufferAddress, run.ranges,
                tag: tag.map { UInt32(run.tagTypes.inner) &<< 16 | UInt32($0) })
        else { return false }
        run.index &+= 1
        let byteCount = control.length &+ (tag == nil ? 0 : 4)
        guard admit(byteCount: byteCount, &bridge) else { return true }
        if control.insertsChecksums {
            insertChecksums(
                ChecksumInsertion(
                    macLength: context.macLength &+ (tag == nil ? 0 : 4), ipLength: context.ipLength,
                    insertsIPChecksum: control.insertsIPChecksum && context.isIPv4,
                    transport: control.insertsL4Checksum ? context.l4 : nil), &bridge)
        }
        run.batchedBytes &+= byteCount
        return true
    }
}
