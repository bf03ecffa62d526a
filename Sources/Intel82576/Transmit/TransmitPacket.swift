/// What the descriptors of one packet ask for, legacy and advanced alike, taken from its first data descriptor (legacy:
/// from its last, where the datasheet puts it).
struct TransmitRequest {
    var context = TransmitContext()
    var vlanTag: UInt16?
    var isSegmented = false
    /// 1588: the packet's time is wanted.
    var isStamped = false
    var insertsIPChecksum = false
    var insertsL4Checksum = false
    /// Legacy IC: start and place of a plain checksum.
    var legacyChecksum: (start: Int, offset: Int)?
    /// Bytes in all buffers together.
    var total = 0
    var payloadLength = 0

    /// Bytes that have to lie in the private header: all that may be patched or looked at.
    @inline(__always)
    var headerLength: Int {
        if isSegmented { return context.headerLength }
        var needed = FrameBatch.headerLength
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

    /// The checksums of a packet that is not segmented.
    var insertsChecksums: Bool { insertsIPChecksum || insertsL4Checksum || legacyChecksum != nil }

    @inline(__always)
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
            reportMalformed(queue)
            return .done
        }
        if request.isSegmented { return appendSegmented(queue, request, start, end) }
        let result = gather(queue, request, start, end)
        if result == .done { finish(queue, request) }
        return settle(result)
    }

    /// A packet to be segmented: whole to an uplink that cuts it, otherwise in pieces.
    private func appendSegmented(_ queue: Int, _ request: TransmitRequest, _ start: Int, _ end: Int) -> GatherResult {
        packetBatch.removeAll()
        let result = packetBatch.gather(
            request, transmitDescriptors, start, end, memory(of: queue), tagTypes: tagTypes)
        guard result == .done else {
            if result == .full { reportMalformed(queue) }
            return settle(result == .full ? .done : result)
        }
        guard canHandOver(request), !mayStayInside(packetBatch.destination(of: 0)) else {
            if !hasPools || passesSpoofChecks(parse(packetBatch, 0), queue: queue) { segment(queue, request) }
            return .done
        }
        let whole = gather(queue, request, start, end)
        if whole == .done { finish(queue, request) }
        return settle(whole)
    }

    @inline(__always)
    private func gather(_ queue: Int, _ request: TransmitRequest, _ start: Int, _ end: Int) -> GatherResult {
        transmitBatch.gather(request, transmitDescriptors, start, end, memory(of: queue), tagTypes: tagTypes)
    }

    private func settle(_ result: GatherResult) -> GatherResult {
        if result == .fault { transmit.drops.unreadable &+= 1 }
        return result == .full ? .full : .done
    }

    @inline(__always)
    private func request(_ queue: Int, _ start: Int, _ end: Int) -> TransmitRequest {
        var request = TransmitRequest()
        var index = start
        while index <= end {
            request.total &+= transmitDescriptors[index].control.length
            index &+= 1
        }
        let first = transmitDescriptors[start].control
        let last = transmitDescriptors[end].control
        if first.isAdvanced {
            request.context = transmitContexts[2 &* queue &+ first.contextIndex]
            request.vlanTag = first.insertsVLAN ? request.context.vlanTag : nil
            request.isSegmented = first.isSegmented
            request.isStamped = first.isStamped
            request.insertsIPChecksum = first.insertsIPChecksum && request.context.isIPv4
            request.insertsL4Checksum = first.insertsL4Checksum && request.context.l4 != nil
            request.payloadLength = first.payloadLength
        } else {
            request.vlanTag = last.insertsVLAN ? last.legacyVLANTag : nil
            if last.insertsLegacyChecksum {
                request.legacyChecksum = (last.legacyChecksumStart, last.legacyChecksumOffset)
            }
        }
        if transmit.hasPools { applyPoolVLAN(queue & 7, &request) }
        return request
    }

    /// VMVIR: the pool's own tag, or none, whatever the descriptor says.
    private func applyPoolVLAN(_ pool: Int, _ request: inout TransmitRequest) {
        let insertion = registers[VMVIR.self, pool]
        switch insertion.policy {
        case .byDescriptor: break
        case .always: request.vlanTag = insertion.tag
        case .never: request.vlanTag = nil
        }
    }

    /// EtherTypes of tags.
    var tagTypes: TagTypes { TagTypes(vet: registers[VET.self].raw, isExtended: isExtendedVLAN) }

    /// What the uplink finishes for us; nothing in loopback.
    var uplinkOffloads: UplinkOffloads { transmit.offloads }

    /// Checks, checksums and padding of the frame just gathered.
    @inline(__always)
    private func finish(_ queue: Int, _ request: TransmitRequest) {
        let frame = transmitBatch.count - 1
        let pads = !request.isSegmented && registers[TCTL.self].padsShortPackets
        if transmit.hasPools {
            guard admitFromPool(queue, byteCount: max(pads ? 60 : 0, Int(transmitBatch[frame].byteCount))) else {
                return
            }
        }
        let shift = request.vlanTag == nil ? 0 : 4
        if request.isSegmented {
            handOver(request, frame, shift)
        } else {
            if request.insertsChecksums { insertChecksums(request, frame, shift) }
            if pads { transmitBatch.padLastFrame(to: 60) }
        }
        if request.isStamped { requestStamp(queue) }
        transmit.batchedBytes += Int(transmitBatch[frame].byteCount)
    }

    /// Notes the pool of the frame gathered last, which will be `byteCount` bytes long, or takes it out of the batch again
    /// if it fails the anti-spoof checks.
    @inline(__always)
    func admitFromPool(_ queue: Int, byteCount: Int) -> Bool {
        let frame = transmitBatch.count - 1
        if transmit.checksSpoofing, !passesSpoofChecks(headers(ofTransmitted: frame, byteCount), queue: queue) {
            transmitBatch.cancelFrame()
            return false
        }
        transmitBatch[frame].sourcePool = UInt8(truncatingIfNeeded: queue & 7)
        return true
    }

    private func headers(ofTransmitted frame: Int, _ byteCount: Int) -> PacketHeaders {
        if transmit.seesPlain, let packet = PlainPacket(transmitBatch.header(of: frame), frameLength: byteCount) {
            return packet.headers
        }
        parseTransmitted(frame, byteCount: byteCount)
        return transmitHeaders[frame]
    }

    private func insertChecksums(_ request: TransmitRequest, _ frame: Int, _ shift: Int) {
        insertChecksums(request.insertion(shift))
        if let (start, offset) = request.legacyChecksum {
            _ = transmitBatch.insertChecksum(
                of: frame, from: start + shift, at: offset + shift, zeroIsAllOnes: false)
        }
    }

    /// Into the frame gathered last.
    func insertChecksums(_ insertion: ChecksumInsertion) {
        let frame = transmitBatch.count - 1
        let leavesSum = uplinkOffloads.contains(.checksum) && !mayStayInside(transmitBatch.destination(of: frame))
        if !insertion.apply(to: frame, of: &transmitBatch, leavesSum: leavesSum) {
            transmit.drops.missedChecksums &+= 1
        }
    }
}
