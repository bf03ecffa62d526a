/// Transmit: doorbell, fetch, gather and offload, delivery, write-back. Datasheet 7.2.
///
/// A run takes up to ``Transmit/descriptorsPerRun`` descriptors of one ring, turns the complete packets among them into
/// a ``FrameBatch``, hands that to the uplink (or back to the receiver in loopback) and then writes back. A packet whose
/// EOP the driver has not posted yet stays on the ring. What is posted wrongly is consumed, dropped and counted.
///
/// Not implemented: priority between queues, IPsec and MACsec.
struct Transmit {
    static let descriptorsPerRun = 256
    /// The same for a queue with a rate limit, so that it does not send a long burst and then nothing.
    static let limitedDescriptorsPerRun = 32
    /// Longest frame without segmentation (datasheet 7.2.1: 9.5 KB with FCS).
    static let maximumFrame = 9728 - 4
    /// A batch is sent once it holds this much, so that an uplink's own store stays small.
    static let batchBytes = 256 * 1024
    /// A run ends once it sent this much. One packet may exceed it: PAYLEN allows 256 KB of payload.
    static let runBytes = 1024 * 1024

    /// Queues that skip up to the EOP of a packet too long to take, a bit each.
    var skipping: UInt32 = 0
    var batchedBytes = 0
    /// Constant during a run: whether there are pools, and what the uplink finishes for us.
    var hasPools = false
    /// Constant during a run: what the queue sends is checked against its pool's addresses or VLANs.
    var checksSpoofing = false
    /// Constant during a run: what looks like a plain packet is one.
    var seesPlain = false
    /// Constant during a run: a descriptor alone says what becomes of a plain packet.
    var takesPlain = false
    var offloads: UplinkOffloads = []
    /// A packet of the batch is to be stamped.
    var isStampRequested = false
    /// Sent by this run.
    var sentBytes = 0
    var counters = FrameCounters()
    var drops = Drops()

    /// Packets consumed without being sent, by reason.
    struct Drops {
        /// Lengths that contradict each other: empty, too long, too short for a tag, header beyond the packet, PAYLEN wrong, MSS 0.
        var malformed: UInt64 = 0
        /// A buffer outside the memory the function may read.
        var unreadable: UInt64 = 0
        /// Packets sent without a checksum that was asked for: its place is not in the frame. Not a drop.
        var missedChecksums: UInt64 = 0
        /// Descriptors that could not be fetched or written back.
        var ringFaults: UInt64 = 0
    }
}

extension Port {
    /// Whether a doorbell of `queue` would be served now.
    @inline(__always)
    func isTransmitEnabled(_ queue: Int) -> Bool {
        registers[TXDCTL.self, queue].isEnabled && registers[TCTL.self].isEnabled && isMaster(of: queue) && canTransmit
            && (!hasPools || sendingPools &>> PoolSet(queue & 7) & 1 != 0) && !isBlocked(queue)
    }

    /// One run of a queue. Whether it left work that could go on at once.
    func transmit(_ queue: Int) -> Bool {
        guard isTransmitEnabled(queue), var ring = registers.ring(at: 0xE000 + 0x40 * queue), ring.available > 0 else {
            return false
        }
        let fetched = fetch(
            ring, memory(of: queue),
            limit: rates.isLimited(queue) ? Transmit.limitedDescriptorsPerRun : Transmit.descriptorsPerRun)
        guard fetched > 0 else {
            transmit.drops.ringFaults &+= 1
            return false
        }
        transmit.sentBytes = 0
        transmit.hasPools = hasPools
        transmit.checksSpoofing = transmit.hasPools && checksSpoofing(queue)
        transmit.seesPlain = !tagTypes.hasIPv4
        transmit.offloads = isLoopback ? [] : uplink.offloads
        transmit.takesPlain =
            transmit.skipping &>> UInt32(queue) & 1 == 0
            && (!transmit.hasPools || registers[VMVIR.self, queue & 7].policy != .always)
        let consumed = assemble(queue, fetched, of: ring)
        sendBatch()
        guard consumed > 0 else { return false }
        writeBack(queue, consumed, &ring)
        rates.charge(queue, bytes: UInt64(transmit.sentBytes), now: clock(), linkSpeed: link.speed)
        return ring.head != ring.tail
    }

    /// Copies the descriptors between head and tail; fewer than there are at the first one that cannot be read.
    private func fetch(_ ring: Ring, _ memory: AddressSpace, limit: Int) -> Int {
        let wanted = min(ring.available, limit)
        var index = ring.head
        let beforeEnd = min(wanted, ring.count - index)
        if memory.copyDescriptors(at: ring.address(index), beforeEnd, to: transmitDescriptors, from: 0),
            memory.copyDescriptors(at: ring.base, wanted - beforeEnd, to: transmitDescriptors, from: beforeEnd)
        {
            return wanted
        }
        for fetched in 0..<wanted {
            guard let words = memory.descriptor(at: ring.address(index)) else { return fetched }
            transmitDescriptors[fetched] = TransmitDescriptor(
                bufferAddress: words.low, control: TransmitDescriptor.Control(raw: words.high))
            index = ring.advanced(index)
        }
        return wanted
    }

    /// Works through the fetched descriptors. How many are done with: all up to the last complete packet, or to one that
    /// blocks the queue.
    private func assemble(_ queue: Int, _ fetched: Int, of ring: Ring) -> Int {
        var (consumed, start) = (0, -1)
        var index = 0
        while index < fetched {
            let plain = start < 0 ? appendPlainPackets(queue, index, fetched) : 0
            if plain > 0 {
                index += plain
            } else {
                assemble(queue, index, &start)
                if isBlocked(queue) { return consumed }
                index += 1
            }
            guard start < 0 else { continue }
            consumed = index
            if transmit.batchedBytes >= Transmit.batchBytes { sendBatch() }
            if transmit.sentBytes > 0, isRunOver { return consumed }
        }
        return consumed > 0 ? consumed : skipEndless(queue, fetched, of: ring)
    }

    /// One descriptor that is not a plain packet.
    /// - Parameter start: the first one of a packet whose end has not been seen; -1 outside of packets.
    private func assemble(_ queue: Int, _ index: Int, _ start: inout Int) {
        let control = transmitDescriptors[index].control
        switch control.kind {
        case .context:
            transmitContexts[2 * queue + control.contextIndex] = TransmitContext(transmitDescriptors[index])
        case .data, .legacy:
            if start < 0 { start = index }
            if control.isEndOfPacket {
                finishPacket(queue, start, index)
                start = -1
            }
        case .reserved: reportMalformed(queue)
        }
    }

    /// Whether what was sent so far is enough for one run, or for the uplink.
    private var isRunOver: Bool { transmit.sentBytes >= Transmit.runBytes || uplink.isCongested }

    /// A packet that fills the ring, or a whole run, without an end cannot be sent: it is dropped up to its EOP.
    private func skipEndless(_ queue: Int, _ fetched: Int, of ring: Ring) -> Int {
        guard fetched >= Transmit.descriptorsPerRun || ring.available == ring.count - 1 else { return 0 }
        reportMalformed(queue)
        if isBlocked(queue) { return 0 }
        transmit.skipping |= 1 &<< UInt32(queue)
        return fetched
    }

    private func finishPacket(_ queue: Int, _ start: Int, _ end: Int) {
        if transmit.skipping & (1 &<< UInt32(queue)) != 0 {
            transmit.skipping &= ~(1 &<< UInt32(queue))
            return
        }
        if appendPacket(queue, start, end) == .full {
            sendBatch()
            if appendPacket(queue, start, end) == .full { reportMalformed(queue) }
        }
    }

    /// Forgets what a queue remembers between doorbells.
    func resetTransmitQueue(_ queue: Int) {
        transmitContexts[2 * queue] = TransmitContext()
        transmitContexts[2 * queue + 1] = TransmitContext()
        transmit.skipping &= ~(1 &<< UInt32(queue))
        writeBacks.forget(queue)
    }

    /// Hands the batch on and empties it.
    func sendBatch() {
        guard transmitBatch.count > 0 else { return }
        if transmit.isStampRequested { stampTransmitted() }
        if isLoopback {
            var counters = transmit.counters
            for frame in 0..<transmitBatch.count { countTransmitted(frame, &counters) }
            transmit.counters = counters
            receiveLoopback(transmitBatch)
        } else {
            switchBatch()
            uplink.transmit(&transmitBatch)
        }
        transmitBatch.removeAll()
        transmit.sentBytes += transmit.batchedBytes
        transmit.batchedBytes = 0
        addTransmitted(transmit.counters)
        transmit.counters = FrameCounters()
    }

    /// Local delivery and counters of the frames in the batch.
    private func switchBatch() {
        let (isSwitching, isLinkUp, isCongested) = (isSwitching, link.isUp, isWireBlocked)
        if isSwitching { beginDelivery() }
        var counters = transmit.counters
        for frame in 0..<transmitBatch.count {
            if isSwitching { switchFrame(frame) }
            if !isLinkUp || isCongested, transmitBatch[frame].goesToUplink {
                transmitBatch[frame].goesToUplink = false
                add(1, to: Statistic.HTDPMC)
                if isLinkUp { self.switch.undeliverable &+= 1 }
            }
            countTransmitted(frame, &counters)
        }
        transmit.counters = counters
        if isSwitching { finishReceive() }
    }
}
