/// What the descriptors of one packet ask for, legacy and advanced alike, taken from its first data descriptor (legacy:
/// from its last, where the datasheet puts it).
struct TransmitRequest {
    var context = TransmitContext()
    var vlanTag: UInt16?
    var isSegmented = false
    var insertsIPChecksum = false
    var insertsL4Checksum = false
    /// Legacy IC: start and place of a plain checksum.
    var legacyChecksum: (start: Int, offset: Int)?
    /// Bytes in all buffers together.
    var total = 0
    var payloadLength = 0

    /// Bytes that have to lie in the private header: all that may be patched or looked at.
    var headerLength: Int {
        if isSegmented { return context.headerLength }
        var needed = 128
        if insertsL4Checksum { needed = max(needed, context.l4Offset + 20) }
        if insertsIPChecksum { needed = max(needed, context.l4Offset) }
        if let legacyChecksum { needed = max(needed, legacyChecksum.offset + 2) }
        return min(needed, total)
    }

    /// What checksum insertion has to do, with a tag of `shift` bytes inserted in front of the IP header.
    func insertion(_ shift: Int) -> ChecksumInsertion {
        ChecksumInsertion(
            macLength: context.macLength + shift, ipLength: context.ipLength, insertsIPChecksum: insertsIPChecksum,
            transport: insertsL4Checksum ? context.l4 : nil)
    }

    var isWellFormed: Bool {
        guard isSegmented else { return total >= (vlanTag == nil ? 1 : 12) && total <= Transmit.maximumFrame }
        let shortestL4 = context.l4 == .tcp ? 20 : 8
        return (context.l4 == .tcp || context.l4 == .udp) && context.segmentSize > 0 && payloadLength > 0
            && context.macLength >= 14 && context.ipLength >= (context.isIPv4 ? 20 : 40)
            && context.l4Length >= shortestL4 && total == context.headerLength + payloadLength
    }
}

extension Port {
    /// Turns descriptors `start...end` into frames of the batch. `.full` leaves the batch as it was; everything else
    /// ends the packet, sent or dropped.
    func appendPacket(_ queue: Int, _ start: Int, _ end: Int) -> GatherResult {
        let request = request(queue, start, end)
        guard request.isWellFormed else {
            transmit.drops.malformed &+= 1
            return .done
        }
        if request.isSegmented, !canHandOver(request) { return segment(request, start, end) }
        switch transmitBatch.gather(request, transmitDescriptors, start, end, memory, tagTypes: tagTypes) {
        case .full: return .full
        case .fault:
            transmit.drops.unreadable &+= 1
            return .done
        case .done:
            finish(request)
            return .done
        }
    }

    private func request(_ queue: Int, _ start: Int, _ end: Int) -> TransmitRequest {
        var request = TransmitRequest()
        for index in start...end { request.total += transmitDescriptors[index].control.length }
        let first = transmitDescriptors[start].control
        let last = transmitDescriptors[end].control
        if first.isAdvanced {
            request.context = transmitContexts[2 * queue + first.contextIndex]
            request.vlanTag = first.insertsVLAN ? request.context.vlanTag : nil
            request.isSegmented = first.isSegmented
            request.insertsIPChecksum = first.insertsIPChecksum && request.context.isIPv4
            request.insertsL4Checksum = first.insertsL4Checksum && request.context.l4 != nil
            request.payloadLength = first.payloadLength
        } else {
            request.vlanTag = last.insertsVLAN ? last.legacyVLANTag : nil
            if last.insertsLegacyChecksum {
                request.legacyChecksum = (last.legacyChecksumStart, last.legacyChecksumOffset)
            }
        }
        return request
    }

    /// EtherTypes of tags.
    var tagTypes: TagTypes { TagTypes(vet: registers[VET.self].raw, isExtended: isExtendedVLAN) }

    /// What the uplink finishes for us; nothing in loopback.
    var uplinkOffloads: UplinkOffloads { isLoopback ? [] : uplink.offloads }

    /// Checksums and padding of the frame just gathered, then its counters.
    private func finish(_ request: TransmitRequest) {
        let frame = transmitBatch.count - 1
        let shift = request.vlanTag == nil ? 0 : 4
        if request.isSegmented {
            handOver(request, frame, shift)
        } else {
            insertChecksums(request, frame, shift)
            if registers[TCTL.self].padsShortPackets { transmitBatch.padLastFrame(to: 60) }
            countTransmitted(frame, byteCount: Int(transmitBatch[frame].byteCount), packets: 1)
        }
    }

    private func insertChecksums(_ request: TransmitRequest, _ frame: Int, _ shift: Int) {
        let isDone = request.insertion(shift).apply(
            to: frame, of: &transmitBatch, leavesSum: uplinkOffloads.contains(.checksum))
        if !isDone { transmit.drops.missedChecksums &+= 1 }
        if let (start, offset) = request.legacyChecksum {
            _ = transmitBatch.insertChecksum(
                of: frame, from: start + shift, at: offset + shift, zeroIsAllOnes: false)
        }
    }

    /// Counts `packets` frames of `byteCount` bytes with the addresses of `frame`.
    func countTransmitted(_ frame: Int, byteCount: Int, packets: Int) {
        guard packets > 0 else { return }
        let destination = transmitBatch.destination(of: frame)
        transmit.counters.count(
            byteCount: byteCount, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast,
            packets: UInt32(truncatingIfNeeded: packets))
        transmit.batchedBytes += byteCount * packets
    }
}
