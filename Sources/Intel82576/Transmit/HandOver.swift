// A segmented packet that the uplink cuts up itself: one frame, with the headers a host's own large frame has.

extension Port {
    /// Whether the uplink takes the packet whole. Its offload terms know plain Ethernet with at most one tag; tunnels,
    /// whose outer headers hide in MACLEN, are cut here.
    func canHandOver(_ request: TransmitRequest) -> Bool {
        let context = request.context
        let linkLength = context.macLength + (request.vlanTag == nil ? 0 : 4)
        guard request.insertsL4Checksum, request.total - context.macLength <= 65535, linkLength <= 18 else {
            return false
        }
        switch (context.l4, context.isIPv4) {
        case (.tcp, true): return uplinkOffloads.contains([.checksum, .segmentTCP4]) && request.insertsIPChecksum
        case (.tcp, false): return uplinkOffloads.contains([.checksum, .segmentTCP6])
        case (.udp, _): return uplinkOffloads.contains([.checksum, .segmentUDP])
        default: return false
        }
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
