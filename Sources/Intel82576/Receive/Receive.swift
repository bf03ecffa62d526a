/// Receive: filters, queue selection, placement, write-back. Datasheet 7.1.
///
/// Frames come in batches from the uplink (or from transmit, in loopback). A frame that passes the filters and whose
/// queue lacks descriptors is dropped if SRRCTL.Drop_En says so, and otherwise held, with everything behind it, until
/// the driver provides some: the chip's packet buffer does the same, and the uplink's own queue plays its part, or
/// FlowControl/ when that is on.
///
/// Descriptors are written back at once: RXDCTL.WTHRESH and SWFLSH only ever say how long a driver may have to wait.
///
/// What differs with pools is in Switch/: nothing is held there.
struct Receive {
    /// Longest frame whatever RLPML says, FCS included (datasheet 7.1.1.1: 9.5 KB).
    static let maximumFrame = 9728

    /// Frames of `uplinkBatch` delivered so far.
    var next = 0
    /// The same of `segmentBatch`, which holds parts of the frame before `next`.
    var nextSegment = 0
    /// What is left of that frame.
    var segmentation: Segmentation?
    /// There is such a frame.
    var isCutting = false
    /// The frame at hand has been counted as arrived already: it was held.
    var isHeld = false
    /// That frame, and whatever is behind it, waits for descriptors.
    var isWaiting = false
    /// `uplinkBatch` lies in the packet buffer, not in memory of the uplink.
    var isBuffered = false
    /// Frames of `laterBatch` that are in the packet buffer.
    var nextLater = 0
    /// When the last batch came, in clock nanoseconds: what its frames are stamped with.
    var arrival: UInt64 = 0
    var counters = FrameCounters()
    /// Frames that arrived from the wire: TPR and TOR.
    var arrived = FrameTotals()
    /// Frames written to memory: RPTHC and HGORC.
    var stored = FrameTotals()
    var drops = Drops()
    /// Constant during a batch: nothing is asked of plain packets but addresses, checksums and RSS.
    var takesPlain = false
    /// Constant during a batch.
    var verification = ChecksumVerification()
    /// Queues written to since the last interrupt, a bit each.
    var touchedQueues: UInt32 = 0
    /// Those of them where a frame asked for a low-latency interrupt.
    var immediateQueues: UInt32 = 0

    /// Frames that reached no queue, by reason.
    struct Drops {
        /// Receiver disabled, link down, or the wire cut off by loopback.
        var disabled: UInt64 = 0
        /// Longer than allowed.
        var oversize: UInt64 = 0
        /// Address or VLAN filter.
        var filtered: UInt64 = 0
        /// The queue is not enabled, or its ring is not one.
        var queueDisabled: UInt64 = 0
        /// No descriptors, and the queue drops.
        var noDescriptors: UInt64 = 0
        /// Ring or buffer outside the memory the function may write.
        var unwritable: UInt64 = 0
    }
}

extension Port {
    /// Takes a batch from the uplink and delivers it; behind frames that wait, as many as the packet buffer has room for.
    public func receiveFromUplink() {
        look()
        if receive.isWaiting { deliverWaiting() }
        if receive.isWaiting { store() } else { takeFromUplink() }
        runFlowControl()
        showQueues()
        deliverInterrupts()
    }

    /// Delivers what the last batch still holds. False while a frame is held.
    func deliverPending() -> Bool {
        beginDelivery()
        defer { finishReceive() }
        while true {
            if receive.isCutting {
                guard deliverSegments() else { return false }
                receive.isCutting = false
            }
            guard receive.next < uplinkBatch.count else { return true }
            let frame = uplinkBatch[receive.next]
            if frame.offload.segmentation != .none {
                startSegmentation()
                continue
            }
            if frame.offload.needsChecksum { _ = uplinkBatch.completeChecksum(of: receive.next) }
            guard deliver(uplinkBatch, receive.next) != .held else { return false }
            receive.next += 1
        }
    }

    /// Cuts the large frame at hand and delivers the pieces. False while one is held.
    private func deliverSegments() -> Bool {
        while true {
            while receive.nextSegment < segmentBatch.count {
                guard deliver(segmentBatch, receive.nextSegment) != .held else { return false }
                receive.nextSegment += 1
            }
            segmentBatch.removeAll()
            receive.nextSegment = 0
            guard receive.segmentation?.run(from: uplinkBatch, into: &segmentBatch) == .outputFull else {
                receive.segmentation = nil
                if segmentBatch.count == 0 { return true }
                continue
            }
        }
    }

    /// The frame at hand is larger than a segment; its host left the cutting to us.
    private func startSegmentation() {
        let headers = PacketHeaders(
            uplinkBatch.header(of: receive.next), frameLength: Int(uplinkBatch[receive.next].byteCount),
            tagTypes: TagTypes(vet: 0x8100_8100, isExtended: false))
        receive.segmentation = Segmentation(received: headers, frame: receive.next, of: uplinkBatch)
        receive.isCutting = receive.segmentation != nil
        if !receive.isCutting { receive.drops.oversize &+= 1 }
        receive.next += 1
    }

    /// Frames that transmit hands back in loopback. Nothing is held: a loop has no buffer to wait in.
    func receiveLoopback(_ batch: borrowing FrameBatch) {
        beginDelivery()
        // A frame from the wire may be held behind them.
        let isHeld = receive.isHeld
        for frame in 0..<batch.count {
            receive.isHeld = false
            if deliver(batch, frame) == .held {
                receive.drops.noDescriptors &+= 1
                countMissed()
            }
        }
        receive.isHeld = isHeld
        finishReceive()
    }

    /// Adds the batch's counters and raises the causes of the queues it touched.
    func finishReceive() {
        addReceived(receive.counters)
        add(receive.arrived, packets: Statistic.TPR, octets: Statistic.TOR)
        add(receive.stored, packets: Statistic.RPTHC, octets: Statistic.HGORC)
        (receive.counters, receive.arrived, receive.stored) = (FrameCounters(), FrameTotals(), FrameTotals())
        var queues = receive.touchedQueues
        let immediate = receive.immediateQueues
        (receive.touchedQueues, receive.immediateQueues) = (0, 0)
        while queues != 0 {
            let queue = queues.trailingZeroBitCount
            interrupts.raiseReceive(queue, isUrgent: immediate &>> UInt32(queue) & 1 != 0)
            queues &= queues &- 1
        }
    }

    private func deliver(_ batch: borrowing FrameBatch, _ index: Int) -> Delivery {
        let delivery = accept(batch, index)
        receive.isHeld = delivery == .held
        return delivery
    }

    /// One frame through filters and queue selection to memory.
    private func accept(_ batch: borrowing FrameBatch, _ index: Int) -> Delivery {
        let control = registers[RCTL.self]
        guard control.isEnabled, link.isUp || isLoopback else {
            receive.drops.disabled &+= 1
            return .dropped
        }
        if receive.takesPlain, !hasPools, acceptPlain(batch, index, control) { return .done }
        var frame = ReceivedFrame(
            index: index, byteCount: max(60, Int(batch[index].byteCount)), headers: parse(batch, index))
        if !receive.isHeld { receive.arrived.count(frame.byteCount) }
        guard isLengthAllowed(frame, control) else {
            receive.drops.oversize &+= 1
            add(1, to: Statistic.ROC)
            return .dropped
        }
        let headers = frame.headers
        if isFlowControl(headers), !acceptFlowControl(batch.header(of: index), control) { return .dropped }
        let isVLANRight = passesVLANFilter(headers.isTagged ? headers.tag : nil, control)
        guard isLoopback || !isVLANRight || passesStormControl(frame) else { return .dropped }
        if hasPools {
            deliverFromWire(batch, frame, control, isVLANRight: isVLANRight)
            return .done
        }
        guard isVLANRight else { return dropFiltered() }
        let match = matchAddress(headers.destination, source: headers.source, control)
        guard match != .none else { return dropFiltered() }
        frame.isInexact = match == .inexact
        return deliverWithoutPools(batch, frame, control)
    }

    private func dropFiltered() -> Delivery {
        receive.drops.filtered &+= 1
        return .dropped
    }

    private func deliverWithoutPools(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ control: RCTL
    ) -> Delivery {
        let placement = Placement(
            stripsVLAN: isStrippingVLAN, stripsCRC: control.stripsCRC, usesRSS: registers[MRQC.self].isRSS)
        let delivery = place(batch, frame, placement, control)
        if delivery == .done {
            let destination = frame.headers.destination
            receive.counters.count(
                byteCount: frame.byteCount, isMulticast: destination.isMulticast,
                isBroadcast: destination.isBroadcast)
        }
        return delivery
    }

    /// Datasheet 7.1.1.1: 1518 bytes and 4 more for each tag, or RLPML with long packets enabled; FCS included.
    private func isLengthAllowed(_ frame: ReceivedFrame, _ control: RCTL) -> Bool {
        let length = frame.byteCount + 4
        guard length <= Receive.maximumFrame else { return false }
        if control.storesBadPackets { return true }
        if control.acceptsLongPackets { return length <= registers[RLPML.self].length }
        return length <= 1518 + 4 * frame.headers.tagCount
    }
}

extension PacketHeaders {
    /// VLAN tags in front of the payload.
    var tagCount: Int { (isTagged ? 1 : 0) + (isOuterTagged ? 1 : 0) }
}
