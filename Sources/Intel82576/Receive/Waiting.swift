// Frames that wait for descriptors. ``Port/uplinkBatch`` has the ones being delivered, the packet buffer those behind
// them, and ``Port/laterBatch`` what the buffer had no room for.

extension Port {
    /// Frames from the uplink's call `receive`, delivered or left waiting.
    func takeFromUplink() {
        uplinkBatch.removeAll()
        receive.next = 0
        receive.isBuffered = false
        receive.arrival = clock()
        uplink.receive(into: &uplinkBatch)
        if isLoopback {
            // The wire is cut off.
            receive.drops.disabled &+= UInt64(uplinkBatch.count)
            uplinkBatch.removeAll()
        }
        deliverWaiting()
    }

    /// Delivers what waits, as far as there are descriptors, and settles whether the uplink is asked for more.
    func deliverWaiting() {
        repeat { receive.isWaiting = !deliverPending() } while !receive.isWaiting && refill()
        wantsFrames = !receive.isWaiting || canStore
    }

    /// The next frames that wait, once those at hand are delivered. False when there are none.
    private func refill() -> Bool {
        guard receive.isBuffered || laterBatch.count > 0 else { return false }
        uplinkBatch.removeAll()
        receive.next = 0
        packetBuffer.lend(to: &uplinkBatch)
        if uplinkBatch.count > 0 { return true }
        receive.isBuffered = false
        swap(&uplinkBatch, &laterBatch)
        (receive.next, receive.nextLater) = (receive.nextLater, 0)
        return uplinkBatch.count > 0
    }

    /// Whether a call of ``store()`` would take frames. What is in pieces cannot be moved.
    private var canStore: Bool {
        registers[CTRL.self].transmitsPause && registers[FCRTH.self].bytes > 0 && !hasPools && !isLoopback
            && receive.segmentation == nil && segmentBatch.count == 0 && laterBatch.count == 0
            && packetBufferFullness < registers[RXPBS.self].bytes
    }

    /// Takes frames from the uplink behind those that wait.
    func store() {
        guard canStore, moveBatch() else {
            wantsFrames = false
            return
        }
        uplink.receive(into: &laterBatch)
        receive.nextLater = 0
        while receive.nextLater < laterBatch.count, packetBufferFullness < registers[RXPBS.self].bytes,
            packetBuffer.append(laterBatch, receive.nextLater)
        {
            receive.nextLater += 1
        }
        if receive.nextLater == laterBatch.count {
            laterBatch.removeAll()
            receive.nextLater = 0
        }
        wantsFrames = canStore
    }

    /// Moves the frames at hand out of the uplink's memory, which its next call uses again.
    private func moveBatch() -> Bool {
        if receive.isBuffered { return true }
        packetBuffer.removeAll()
        for index in receive.next..<uplinkBatch.count where !packetBuffer.append(uplinkBatch, index) {
            packetBuffer.removeAll()
            return false
        }
        uplinkBatch.removeAll()
        receive.next = 0
        receive.isBuffered = true
        packetBuffer.lend(to: &uplinkBatch)
        return true
    }

    /// Bytes of the frames that wait, as on the wire.
    var packetBufferFullness: Int {
        guard receive.isWaiting else { return 0 }
        var bytes = packetBuffer.wireBytes + (receive.segmentation?.remainingPayload ?? 0)
        for index in receive.next..<max(receive.next, uplinkBatch.count) {
            bytes += PacketBuffer.wireLength(Int(uplinkBatch[index].byteCount))
        }
        for index in receive.nextLater..<max(receive.nextLater, laterBatch.count) {
            bytes += PacketBuffer.wireLength(Int(laterBatch[index].byteCount))
        }
        return bytes
    }
}

extension Segmentation {
    /// Payload that is not in a segment yet.
    fileprivate var remainingPayload: Int { max(0, payloadLength &- next &* segmentSize) }
}
