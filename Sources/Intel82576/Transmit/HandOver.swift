// A segmented packet that the uplink cuts up itself: one frame, with the headers a host's own large frame has.

extension Port {
    /// Whether the uplink takes the packet in ``packetBatch`` whole. Its offload terms know plain Ethernet with at most
    /// one tag; tunnels, whose outer headers hide in MACLEN or whose inner ones hide in IPLEN, are cut here.
    func canHandOver(_ request: TransmitRequest) -> Bool {
        let context = request.context
        let linkLength = context.macLength + (request.vlanTag == nil ? 0 : 4)
        guard request.insertsL4Checksum, request.total - context.macLength <= 65535, linkLength <= 18 else {
            return false
        }
        guard isL4BehindIP(context, packetBatch.header(of: 0), at: linkLength) else { return false }
        switch (context.l4, context.isIPv4) {
        case (.tcp, true): return uplinkOffloads.contains([.checksum, .segmentTCP4]) && request.insertsIPChecksum
        case (.tcp, false): return uplinkOffloads.contains([.checksum, .segmentTCP6])
        case (.udp, _): return uplinkOffloads.contains([.checksum, .segmentUDP])
        default: return false
        }
    }

    /// Whether IPLEN covers the IP header at `network` with its options or extension headers, and L4 is what it carries.
    private func isL4BehindIP(_ context: TransmitContext, _ header: RawSpan, at network: Int) -> Bool {
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
    func handOver(_ request: TransmitRequest, _ frame: Int, _ shift: Int) {
        let context = request.context
        transmitBatch.completeLengths(request, frame: frame, shift: shift)
        _ = request.insertion(shift).apply(to: frame, of: &transmitBatch, leavesSum: true)
        transmitBatch[frame].offload.segmentation =
            context.l4 == .udp ? .udp : context.isIPv4 ? .tcp4 : .tcp6
        transmitBatch[frame].offload.segmentSize = UInt16(truncatingIfNeeded: context.segmentSize)
        transmitBatch[frame].offload.headerLength = UInt16(truncatingIfNeeded: context.headerLength + shift)
        add(1, to: Statistic.TSCTC)
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
