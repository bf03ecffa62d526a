extension Port {
    /// Cuts the packet of descriptors `start...end` into frames, sending batches as they fill.
    func segment(_ request: TransmitRequest, _ start: Int, _ end: Int) -> GatherResult {
        // The pieces point into the packet's own batch: nothing of an earlier one may be left in the output.
        packetBatch.removeAll()
        let result = packetBatch.gather(request, transmitDescriptors, start, end, memory, vlanType: vlanType)
        guard result == .done else {
            if result == .fault { transmit.drops.unreadable &+= 1 } else { transmit.drops.malformed &+= 1 }
            return .done
        }
        let masks = Segmentation.FlagMasks(
            first: registers[DTXTCPFLGL.self].firstMask, middle: registers[DTXTCPFLGL.self].middleMask,
            last: registers[DTXTCPFLGH.self].lastMask)
        var segmentation = Segmentation(
            request, packetBatch, frame: 0, shift: request.vlanTag == nil ? 0 : 4, masks: masks)
        var isFinished = false
        while !isFinished {
            let first = transmitBatch.count
            isFinished = segmentation.append(from: packetBatch, to: &transmitBatch)
            guard transmitBatch.count > 0 else { break }
            for frame in first..<transmitBatch.count {
                countTransmitted(frame, byteCount: Int(transmitBatch[frame].byteCount), packets: 1)
            }
            if !isFinished { sendBatch() }
        }
        // Before the scratch batch is used again.
        sendBatch()
        add(1, to: Statistic.TSCTC)
        return .done
    }
}
