extension Port {
    /// Cuts the packet of descriptors `start...end` into frames, sending batches as they fill.
    func segment(_ request: TransmitRequest, _ start: Int, _ end: Int) -> GatherResult {
        // The pieces point into the packet's own batch: nothing of an earlier one may be left in the output.
        packetBatch.removeAll()
        let result = packetBatch.gather(request, transmitDescriptors, start, end, memory, tagTypes: tagTypes)
        guard result == .done else {
            if result == .fault { transmit.drops.unreadable &+= 1 } else { transmit.drops.malformed &+= 1 }
            return .done
        }
        guard var segmentation = segmentation(of: request) else {
            transmit.drops.malformed &+= 1
            return .done
        }
        var progress = Segmentation.Progress.outputFull
        while progress == .outputFull {
            let first = transmitBatch.count
            progress = segmentation.run(from: packetBatch, into: &transmitBatch)
            // Only the last segment is short, unless MSS is absurd.
            if progress == .finished, registers[TCTL.self].padsShortPackets { transmitBatch.padLastFrame(to: 60) }
            for frame in first..<transmitBatch.count {
                countTransmitted(frame, byteCount: Int(transmitBatch[frame].byteCount), packets: 1)
            }
            if progress == .outputFull { sendBatch() }
        }
        if progress == .tooFragmented { transmit.drops.malformed &+= 1 }
        // Before the scratch batch is used again.
        sendBatch()
        add(1, to: Statistic.TSCTC)
        return .done
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
        segmentation?.insertsIPChecksum = request.insertsIPChecksum
        segmentation?.transportChecksum =
            !request.insertsL4Checksum ? .untouched : uplinkOffloads.contains(.checksum) ? .partial : .complete
        return segmentation
    }
}
