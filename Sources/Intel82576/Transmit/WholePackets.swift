// SPDX-License-Identifier: Apache-2.0

// Packets in one buffer and one descriptor, sent as they are or with checksums and a tag inserted: what most packets are
// that are not segmented. A shortcut past the gathering of buffers; checks and offloads are those of all packets.

extension Transmit {
    /// Appends the whole packets that come next, up to the first one that is not or that the batch has no room for. False
    /// when there was none.
    @inline(__always)
    mutating func appendWholePackets(_ bridge: inout Switch) -> Bool {
        guard skipping &>> UInt32(run.queue) & 1 == 0 else { return false }
        let mayBeUntouched = !run.checksSpoofing && run.insertion.policy != .always
        let start = run.index
        while run.index < run.fetched, run.batchedBytes < Self.batchBytes {
            let control = descriptors[run.index].control
            guard control.isWholePacket,
                control.isUntouched && mayBeUntouched ? appendUntouched() : appendWhole(control, &bridge)
            else { break }
        }
        return run.index > start
    }

    /// Packets that nothing is to be done to.
    private mutating func appendUntouched() -> Bool {
        let (count, byteCount) = batch.appendUntouched(
            descriptors, run.index..<run.fetched, run.ranges, sourcePool: run.pool, shortest: run.shortestFrame,
            limit: Self.batchBytes)
        run.batchedBytes &+= byteCount
        run.index &+= count
        if run.isWatched { noteUntouched(from: batch.count &- count) }
        return count > 0
    }

    /// One packet that is to be checked, or to be given a tag or checksums.
    private mutating func appendWhole(_ control: TransmitDescriptor.Control, _ bridge: inout Switch) -> Bool {
        let context = 2 &* run.queue &+ control.contextIndex
        let tag = tag(control.insertsVLAN ? contexts[context].vlanTag : nil)
        // Behind an outer tag the place of the inner one depends on the frame. All that is patched lies in the header.
        guard tag == nil || !run.tagTypes.isExtended,
            !control.insertsChecksums || contexts[context].l4Offset &+ 20 <= FrameBatch.headerLength,
            control.length >= run.shortestFrame, control.length <= Self.maximumFrame,
            batch.appendWhole(
                control.length, at: descriptors[run.index].bufferAddress, run.ranges,
                tag: tag.map { UInt32(run.tagTypes.inner) &<< 16 | UInt32($0) })
        else { return false }
        run.index &+= 1
        let byteCount = control.length &+ (tag == nil ? 0 : 4)
        guard admit(byteCount: byteCount, &bridge) else { return true }
        var hasChecksums = true
        if control.insertsChecksums {
            hasChecksums = insertChecksums(control.insertion(contexts[context], shift: tag == nil ? 0 : 4), &bridge)
        }
        if run.isWatched { note(control, tag: tag, hasChecksums: hasChecksums) }
        run.batchedBytes &+= byteCount
        return true
    }
}

extension TransmitDescriptor.Control {
    /// What checksum insertion has to do, with a tag of `shift` bytes inserted in front of the IP header.
    @inline(__always)
    fileprivate func insertion(_ context: TransmitContext, shift: Int) -> ChecksumInsertion {
        ChecksumInsertion(
            macLength: context.macLength &+ shift, ipLength: context.ipLength,
            insertsIPChecksum: insertsIPChecksum && context.isIPv4, transport: insertsL4Checksum ? context.l4 : nil)
    }
}

extension FrameBatch {
    /// Appends a frame for each of `descriptors` in `range`, until one is not a whole packet to be sent as it is, of at
    /// least `shortest` bytes in one mapped range, the batch is full, or the frames have `limit` bytes.
    fileprivate mutating func appendUntouched(
        _ descriptors: borrowing FixedBuffer<TransmitDescriptor>, _ range: Range<Int>, _ ranges: RangeTable,
        sourcePool: Int?, shortest: Int, limit: Int
    ) -> (count: Int, byteCount: Int) {
        appendBuffers(range, ranges, sourcePool: sourcePool, limit: limit) { index in
            let (control, address) = (descriptors[index].control, descriptors[index].bufferAddress)
            let length = Int(truncatingIfNeeded: control.raw & 0xFFFF)
            guard control.isUntouched, length >= shortest, length <= Transmit.maximumFrame else { return nil }
            return (address, length)
        }
    }
}
