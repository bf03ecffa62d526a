// SPDX-License-Identifier: Apache-2.0

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

    @inline(__always)
    var isWellFormed: Bool {
        guard isSegmented else { return total >= (vlanTag == nil ? 1 : 12) && total <= Transmit.maximumFrame }
        let shortestL4 = context.l4 == .tcp ? 20 : 8
        return (context.l4 == .tcp || context.l4 == .udp) && context.segmentSize > 0 && payloadLength > 0
            && context.macLength >= 14 && context.ipLength >= (context.isIPv4 ? 20 : 40)
            && context.l4Length >= shortestL4 && total == context.headerLength + payloadLength
    }
}

extension Transmit {
    /// Turns descriptors `packet` into a frame of the batch, or begins to. `.full` leaves the batch as it was; everything
    /// else ends the packet, sent or dropped.
    mutating func appendPacket(_ packet: ClosedRange<Int>, _ bridge: inout Switch) -> GatherResult {
        let request = request(packet)
        guard request.isWellFormed else {
            reportMalformed()
            return .done
        }
        if request.isSegmented { return appendSegmented(packet, request, &bridge) }
        let result = gather(packet, request)
        if result == .done { finish(request, &bridge) }
        return settle(result)
    }

    @inline(__always)
    mutating func gather(_ packet: ClosedRange<Int>, _ request: TransmitRequest) -> GatherResult {
        batch.gather(
            request, descriptors, packet, owners.memory(of: run.queue), tagTypes: run.tagTypes)
    }

    mutating func settle(_ result: GatherResult) -> GatherResult {
        if result == .fault { noteLost(.unreadable, run.queue) }
        return result == .full ? .full : .done
    }

    private mutating func request(_ packet: ClosedRange<Int>) -> TransmitRequest {
        var request = TransmitRequest()
        var index = packet.lowerBound
        while index <= packet.upperBound {
            request.total &+= descriptors[index].control.length
            index &+= 1
        }
        let first = descriptors[packet.lowerBound].control
        let last = descriptors[packet.upperBound].control
        if first.isAdvanced {
            request.context = contexts[2 &* run.queue &+ first.contextIndex]
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
        request.vlanTag = tag(request.vlanTag)
        return request
    }

    /// The tag that a packet gets whose descriptor asks for `tag`: with pools as VMVIR says.
    @inline(__always)
    mutating func tag(_ tag: UInt16?) -> UInt16? {
        switch run.insertion.policy {
        case .byDescriptor: tag
        case .always: run.insertion.tag
        case .never: nil
        }
    }

    /// Checks, checksums and padding of the frame just gathered.
    mutating func finish(_ request: TransmitRequest, _ bridge: inout Switch) {
        let frame = batch.count - 1
        let pads = !request.isSegmented && run.shortestFrame > 1
        guard admit(byteCount: max(pads ? 60 : 0, Int(batch[frame].byteCount)), &bridge) else { return }
        let shift = request.vlanTag == nil ? 0 : 4
        var hasChecksums = true
        if request.isSegmented {
            handOver(request, frame, shift)
        } else {
            if request.insertsIPChecksum || request.insertsL4Checksum {
                hasChecksums = insertChecksums(request.insertion(shift), &bridge)
            }
            if let (start, offset) = request.legacyChecksum {
                _ = batch.insertChecksum(of: frame, from: start + shift, at: offset + shift, zeroIsAllOnes: false)
            }
            if pads { batch.padLastFrame(to: 60) }
        }
        // The stamps belong to the PF, which alone can read them.
        if request.isStamped, stamps.stampsTransmitted, !owners.isVirtual(run.queue) { isStampRequested = true }
        run.batchedBytes += Int(batch[frame].byteCount)
        if run.isWatched { note(request, frame, hasChecksums: hasChecksums) }
    }
}

// MARK: What every frame goes through

extension Transmit {
    /// Notes the pool of the frame appended last, which will be `byteCount` bytes long, or takes it out of the batch again
    /// if it fails the anti-spoof checks.
    @inline(__always)
    mutating func admit(byteCount: Int, _ bridge: inout Switch) -> Bool {
        guard let pool = run.pool else { return true }
        guard !run.checksSpoofing || passes(byteCount: byteCount, pool, &bridge) else {
            batch.cancelFrame()
            return false
        }
        batch.setSourcePool(pool, of: batch.count &- 1)
        return true
    }

    /// Whether the frame appended last, which will be `byteCount` bytes long, passes the anti-spoof checks of `pool`. What
    /// has the addresses, tag and type of the frame that passed last passes too.
    @inline(never)
    private mutating func passes(byteCount: Int, _ pool: Int, _ bridge: inout Switch) -> Bool {
        let frame = batch.count &- 1
        let summary = FrameSummary(batch.header(of: frame), frameLength: byteCount, tagTypes: run.tagTypes)
        summaries[frame] = summary
        batch.markSummarized(frame)
        if let passed = run.passed, summary.hasLinkHeader(of: passed) { return true }
        if let spoofing = bridge.spoofing(summary, by: pool) {
            report(spoofing, &bridge)
            note(spoofing, batch, frame)
            return false
        }
        run.passed = summary
        return true
    }

    /// Inserts the checksums of TCP, UDP, SCTP and IP into the frame appended last, or leaves the sum to the uplink. False if
    /// one has no place in the frame.
    @inline(__always)
    @discardableResult
    mutating func insertChecksums(_ insertion: ChecksumInsertion, _ bridge: inout Switch) -> Bool {
        let frame = batch.count &- 1
        let leavesSum = run.offloads.contains(.checksum) && !mayStayInside(batch.destination(of: frame), &bridge)
        if insertion.apply(to: frame, of: &batch, leavesSum: leavesSum) { return true }
        missedChecksums &+= 1
        return false
    }

    /// Whether a frame to `destination` may end up in a pool here, so that nothing of it can be left to the uplink.
    @inline(__always)
    mutating func mayStayInside(_ destination: MACAddress, _ bridge: inout Switch) -> Bool {
        run.isSwitching && bridge.mayStayInside(destination)
    }
}
