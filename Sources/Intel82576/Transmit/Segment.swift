extension Port {
    /// Cuts the packet in ``packetBatch`` into frames, sending batches as they fill.
    func segment(_ queue: Int, _ request: TransmitRequest) {
        if hasPools { packetBatch[0].sourcePool = UInt8(truncatingIfNeeded: queue & 7) }
        guard var segmentation = segmentation(of: request) else {
            reportMalformed(queue)
            return
        }
        var progress = Segmentation.Progress.outputFull
        while progress == .outputFull {
            progress = segmentation.run(from: packetBatch, into: &transmitBatch)
            // Only the last segment is short, unless MSS is absurd.
            if progress == .finished, registers[TCTL.self].padsShortPackets { transmitBatch.padLastFrame(to: 60) }
            if progress == .outputFull { sendBatch() }
        }
        if progress == .tooFragmented { transmit.drops.malformed &+= 1 }
        transmit.batchedBytes += request.payloadLength + segmentation.next * request.context.headerLength
        // Before the scratch batch is used again.
        sendBatch()
        add(1, to: Statistic.TSCTC)
    }

    /// The cutting of the packet in ``packetBatch``.
    private func segmentation(of request: TransmitRequest) -> Segmentation? {
        let context = request.context
        let layout = Segmentation.Layout(
            macLength: context.macLength + (request.vlanTag == nil ? 0 : 4), ipLength: context.ipLength,
            transportLength: context.l4Length, isIPv4: context.isIPv4, isTCP: context.l4 == .tcp)
        var segmentation = Segmentation(
            layout, segmentSize: context.segmentSize, payloadLength: request.payloadLength, frame: 0, of: packetBatch)
        segmentation?.flagMasks = Segmentation.FlagMasks(
            dtxtcpflgl: registers[DTXTCPFLGL.self].raw, dtxtcpflgh: registers[DTXTCPFLGH.self].raw)
        let leavesSum = uplinkOffloads.contains(.checksum) && !mayStayInside(packetBatch.destination(of: 0))
        segmentation?.insertsIPChecksum = request.insertsIPChecksum
        segmentation?.transportChecksum =
            !request.insertsL4Checksum ? .untouched : leavesSum ? .partial : .complete
        return segmentation
    }
}
