// SPDX-License-Identifier: Apache-2.0

// Packets with TSE: cut into frames here, or handed to an uplink that cuts them itself, as one frame with the headers that
// a host's own large frame has.

extension Transmit {
    /// A packet to be segmented: whole to an uplink that cuts it, otherwise in pieces.
    mutating func appendSegmented(
        _ packet: ClosedRange<Int>, _ request: TransmitRequest, _ bridge: inout Switch
    ) -> GatherResult {
        // What the last run left is at the head.
        let sent = packet.lowerBound == 0 ? sentSegments[run.queue] : 0
        sentSegments[run.queue] = 0
        packetBatch.removeAll()
        let result = packetBatch.gather(
            request, descriptors, packet, owners.memory(of: run.queue), tagTypes: run.tagTypes)
        guard result == .done else {
            if result == .full { reportMalformed() }
            return settle(result == .full ? .done : result)
        }
        if sent == 0, canHandOver(request), !mayStayInside(packetBatch.destination(of: 0), &bridge) {
            let whole = gather(packet, request)
            if whole == .done { finish(request, &bridge) }
            return settle(whole)
        }
        run.segmentedPacket = packet.lowerBound
        if admitSegmented(&bridge) { beginSegmentation(request, after: sent, &bridge) }
        return .done
    }

    /// The anti-spoof checks of the packet in ``packetBatch``, whose pool is noted.
    private mutating func admitSegmented(_ bridge: inout Switch) -> Bool {
        guard let pool = run.pool else { return true }
        packetBatch.setSourcePool(pool, of: 0)
        guard run.checksSpoofing else { return true }
        let summary = FrameSummary(
            packetBatch.header(of: 0), frameLength: Int(packetBatch[0].byteCount), tagTypes: run.tagTypes)
        guard let spoofing = bridge.spoofing(summary, by: pool) else { return true }
        report(spoofing, &bridge)
        note(spoofing, packetBatch, 0)
        return false
    }

    /// Begins to cut the packet in ``packetBatch`` into frames, after the `sent` segments that have left already.
    private mutating func beginSegmentation(_ request: TransmitRequest, after sent: Int, _ bridge: inout Switch) {
        let context = request.context
        let layout = Segmentation.Layout(
            macLength: context.macLength + (request.vlanTag == nil ? 0 : 4), ipLength: context.ipLength,
            transportLength: context.l4Length, isIPv4: context.isIPv4, isTCP: context.l4 == .tcp)
        guard
            var segmentation = Segmentation(
                layout, segmentSize: context.segmentSize, payloadLength: request.payloadLength, frame: 0,
                of: packetBatch), segmentation.skip(sent, of: packetBatch)
        else { return reportMalformed() }
        segmentation.flagMasks = Segmentation.FlagMasks(registers[DTXTCPFLGL.self], registers[DTXTCPFLGH.self])
        let leavesSum = run.offloads.contains(.checksum) && !mayStayInside(packetBatch.destination(of: 0), &bridge)
        segmentation.insertsIPChecksum = request.insertsIPChecksum
        segmentation.transportChecksum =
            !request.insertsL4Checksum ? .untouched : leavesSum ? .partial : .complete
        run.segmentation = segmentation
        if run.isWatched { segmentedOffloads = TransmitOffloads(request) }
    }

    /// Goes on with the packet in ``packetBatch``. Its frames refer to it, so they have to leave before it is used again.
    mutating func continueSegmentation() {
        guard var segmentation = run.segmentation else { return }
        let (left, first, start) = (segmentation.remainingBytes, segmentation.next, batch.count)
        let progress = segmentation.run(from: packetBatch, into: &batch)
        run.batchedBytes += left - segmentation.remainingBytes
        if run.isWatched { noteSegments(from: first, batch: start) }
        guard progress != .outputFull else {
            run.segmentation = segmentation
            return
        }
        // Only the last segment is short, unless MSS is absurd.
        if progress == .finished, run.shortestFrame > 1 { batch.padLastFrame(to: 60) }
        if progress == .tooFragmented { noteLost(.malformed, run.queue) }
        registers.add(1, to: TSCTC.self)
        run.segmentation = nil
    }

    /// Leaves the rest of a packet that is being segmented to the next run, which finds its descriptors at the head. Whether
    /// there was one.
    mutating func suspendSegmentation() -> Bool {
        guard let segmentation = run.segmentation else { return false }
        sentSegments[run.queue] = segmentation.next
        run.consumed = run.segmentedPacket
        run.segmentation = nil
        return true
    }
}

// MARK: Whole to the uplink

extension Transmit {
    /// Whether the uplink takes the packet in ``packetBatch`` whole. Its offload terms know plain Ethernet with at most
    /// one tag; tunnels, whose outer headers hide in MACLEN or whose inner ones hide in IPLEN, are cut here.
    private mutating func canHandOver(_ request: TransmitRequest) -> Bool {
        let context = request.context
        let linkLength = context.macLength + (request.vlanTag == nil ? 0 : 4)
        guard request.insertsL4Checksum, request.total - context.macLength <= 65535, linkLength <= 18 else {
            return false
        }
        guard Self.isL4BehindIP(context, packetBatch.header(of: 0), at: linkLength) else { return false }
        switch (context.l4, context.isIPv4) {
        case (.tcp, true): return run.offloads.contains([.checksum, .segmentTCP4]) && request.insertsIPChecksum
        case (.tcp, false): return run.offloads.contains([.checksum, .segmentTCP6])
        case (.udp, _): return run.offloads.contains([.checksum, .segmentUDP])
        default: return false
        }
    }

    /// Whether IPLEN covers the IP header at `network` with its options or extension headers, and L4 is what it carries.
    private static func isL4BehindIP(_ context: TransmitContext, _ header: RawSpan, at network: Int) -> Bool {
        let l4 = network + context.ipLength
        guard header.byteCount >= l4 + 8 else { return false }
        func byte(_ offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: header.network16(at: offset) &>> 8) }
        let number = context.l4 == .tcp ? IPProtocol.tcp : IPProtocol.udp
        if context.isIPv4 { return Int(byte(network) & 0xF) * 4 == context.ipLength && byte(network + 9) == number }
        var (next, position) = (byte(network + 6), network + 40)
        while position < l4, isExtension(next) {
            (next, position) = (byte(position), position + 8 + 8 * Int(byte(position + 1)))
        }
        return position == l4 && next == number
    }

    /// Completes what software left to hardware and describes the packet to the uplink.
    mutating func handOver(_ request: TransmitRequest, _ frame: Int, _ shift: Int) {
        let context = request.context
        batch.completeLengths(request, frame: frame, shift: shift)
        _ = request.insertion(shift).apply(to: frame, of: &batch, leavesSum: true)
        batch[frame].offload.segmentation = context.l4 == .udp ? .udp : context.isIPv4 ? .tcp4 : .tcp6
        batch[frame].offload.segmentSize = UInt16(truncatingIfNeeded: context.segmentSize)
        batch[frame].offload.headerLength = UInt16(truncatingIfNeeded: context.headerLength + shift)
        registers.add(1, to: TSCTC.self)
    }
}

private func isExtension(_ number: UInt8) -> Bool {
    number == IPProtocol.hopByHop || number == IPProtocol.routing || number == IPProtocol.destinationOptions
}

extension FrameBatch {
    /// Lengths of the whole packet in its IP and UDP headers, and in the pseudo-header sum: the driver's lacks the
    /// length, the uplink's terms want it in.
    fileprivate mutating func completeLengths(_ request: TransmitRequest, frame: Int, shift: Int) {
        let context = request.context
        let network = context.macLength + shift
        let l4 = context.l4Offset + shift
        let l4Bytes = UInt16(truncatingIfNeeded: context.l4Length + request.payloadLength)
        var header = mutableHeader(of: frame)
        if context.isIPv4 {
            header.storeNetwork16(UInt16(truncatingIfNeeded: request.total - context.macLength), at: network + 2)
        } else {
            header.storeNetwork16(UInt16(truncatingIfNeeded: request.total - context.macLength - 40), at: network + 4)
        }
        if context.l4 == .udp { header.storeNetwork16(l4Bytes, at: l4 + 4) }
        let field = l4 + (context.l4?.checksumOffset ?? 0)
        var seed = ChecksumAccumulator()
        seed.add(header.bytes.network16(at: field))
        seed.add(l4Bytes)
        header.storeNetwork16(seed.folded, at: field)
    }
}
