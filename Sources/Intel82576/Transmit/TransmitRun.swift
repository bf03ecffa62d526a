// SPDX-License-Identifier: Apache-2.0

/// What is constant while a queue is served, and how far its descriptors are done.
struct TransmitRun {
    var queue = 0
    var ring = Ring(base: 0, count: 1, head: 0, tail: 0)
    /// Descriptors fetched.
    var fetched = 0
    /// The next one to look at.
    var index = 0
    /// The first one of a packet whose end has not been seen.
    var packetStart: Int?
    /// Descriptors done with: all up to the last complete packet.
    var consumed = 0
    /// The segmentation of a packet that is not in frames to its end.
    var segmentation: Segmentation? { didSet { isSegmenting = segmentation != nil } }
    /// The first descriptor of the packet that was segmented last.
    var segmentedPacket = 0
    /// There is a ``segmentation``: asking for that itself copies it.
    private(set) var isSegmenting = false
    /// Bytes in the batch, and in the batches of this run forwarded before it.
    var batchedBytes = 0
    var sentBytes = 0
    /// Frames forwarded before the batch.
    var sentFrames = 0
    /// Copies for pools of what was forwarded before the batch.
    var copies = FrameTotals()

    /// The pool that sends; `nil` without pools.
    var pool: Int?
    /// What the pool's packets have for a tag (VMVIR).
    var insertion = VMVIR(raw: 0)
    var ranges: RangeTable
    /// The frame that passed the anti-spoof checks last.
    var passed: FrameSummary?
    var tagTypes = TagTypes()
    /// What the pool sends is checked against its addresses or VLANs.
    var checksSpoofing = false
    /// Frames may be for other pools.
    var isSwitching = false
    /// Shorter frames have to be padded (TCTL.PSP).
    var shortestFrame = 1
    /// What the uplink finishes for us; nothing in loopback.
    var offloads: UplinkOffloads = []
    /// The observer of frames wants to see what the queue sends.
    var showsSent = false
    /// What is done to the queue's packets is noted, for the observer of frames.
    var isWatched = false
}

extension Transmit {
    /// What the port says of itself when a run begins.
    struct Conditions {
        var isLoopback: Bool
        var offloads: UplinkOffloads
    }

    /// Whether a doorbell of `queue` would be served now, as far as the queue is concerned.
    @inline(__always)
    private mutating func isEnabled(_ queue: Int, _ bridge: inout Switch) -> Bool {
        registers[TXDCTL.self, queue].isEnabled && registers[TCTL.self].isEnabled && owners.canTransmit(queue)
            && (!bridge.hasPools || bridge.sendingPools &>> PoolSet(queue & 7) & 1 != 0) && !isBlocked(queue)
    }

    /// Begins to serve `queue`: fetches descriptors. False when there is nothing to do.
    mutating func begin(_ queue: Int, _ conditions: Conditions, _ bridge: inout Switch) -> Bool {
        guard isEnabled(queue, &bridge), let ring = registers.transmitRing(queue), ring.available > 0 else {
            return false
        }
        let limit = rates.isLimited(queue) ? Self.limitedDescriptorsPerRun : Self.descriptorsPerRun
        var fetched = fetch(ring, owners.memory(of: queue), limit: limit)
        // A packet of more than that.
        if fetched == limit, limit < Self.descriptorsPerRun, !endsPacket(within: fetched) {
            fetched = fetch(ring, owners.memory(of: queue), limit: Self.descriptorsPerRun)
        }
        guard fetched > 0 else {
            countRingFault(queue)
            return false
        }
        run = TransmitRun(queue: queue, ring: ring, fetched: fetched, ranges: owners.ranges(of: queue))
        run.tagTypes = TagTypes(registers[VET.self], registers[CTRL_EXT.self])
        run.shortestFrame = registers[TCTL.self].padsShortPackets ? 60 : 1
        run.offloads = conditions.offloads
        run.showsSent = interest.hasFunction(owners.owner(of: queue))
        run.isWatched = run.showsSent || interest.hasWire
        guard bridge.hasPools else { return true }
        run.pool = queue & 7
        run.insertion = registers[VMVIR.self, queue & 7]
        run.checksSpoofing = bridge.checksSpoofing(queue & 7)
        run.isSwitching = bridge.isEnabled && !conditions.isLoopback
        return true
    }

    /// Whether a packet ends in the first `count` descriptors fetched.
    private func endsPacket(within count: Int) -> Bool {
        (0..<count).contains { descriptors[$0].control.kind != .context && descriptors[$0].control.isEndOfPacket }
    }

    /// Copies the descriptors between head and tail; fewer than there are at the first one that cannot be read.
    private mutating func fetch(_ ring: Ring, _ memory: AddressSpace, limit: Int) -> Int {
        let wanted = min(ring.available, limit)
        var index = ring.head
        let beforeEnd = min(wanted, ring.count - index)
        if memory.copyDescriptors(at: ring.address(index), beforeEnd, to: descriptors, from: 0),
            memory.copyDescriptors(at: ring.base, wanted - beforeEnd, to: descriptors, from: beforeEnd)
        {
            return wanted
        }
        for fetched in 0..<wanted {
            if fetched > 0, memory.isBusy { return fetched }
            guard let words = memory.descriptor(at: ring.address(index)) else { return fetched }
            descriptors[fetched] = TransmitDescriptor(
                bufferAddress: words.low, control: TransmitDescriptor.Control(raw: words.high))
            index = ring.advanced(index)
        }
        return wanted
    }

    /// Why ``fill(_:)`` returned.
    enum Progress {
        /// There are frames to be forwarded before it can go on.
        case batchFull
        /// All that was fetched is looked at, or the queue is blocked.
        case finished
    }

    /// Turns descriptors into frames of the batch until it is full or there are no more.
    mutating func fill(_ bridge: inout Switch) -> Progress {
        while true {
            if run.isSegmenting {
                continueSegmentation()
                return .batchFull
            }
            guard run.index < run.fetched else { return finishRun() }
            if run.batchedBytes >= Self.batchBytes { return .batchFull }
            if run.packetStart == nil, appendWholePackets(&bridge) {
                run.consumed = run.index
                continue
            }
            if takeDescriptor(&bridge) == .batchFull { return .batchFull }
            if isBlocked(run.queue) { return .finished }
            guard run.packetStart == nil else { continue }
            run.consumed = run.index
            if owners.memory(of: run.queue).isBusy { return .finished }
        }
    }

    /// One descriptor that is no whole packet. `.batchFull` leaves it for the next call.
    private mutating func takeDescriptor(_ bridge: inout Switch) -> Progress {
        let control = descriptors[run.index].control
        switch control.kind {
        case .context:
            contexts[2 * run.queue + control.contextIndex] = TransmitContext(descriptors[run.index])
        case .data, .legacy:
            let start = run.packetStart ?? run.index
            run.packetStart = start
            guard control.isEndOfPacket else { break }
            guard finishPacket(start...run.index, &bridge) else { return .batchFull }
            run.packetStart = nil
        case .reserved: reportMalformed()
        }
        if !isBlocked(run.queue) { run.index += 1 }
        return .finished
    }

    /// False when the batch has to be forwarded first.
    private mutating func finishPacket(_ packet: ClosedRange<Int>, _ bridge: inout Switch) -> Bool {
        if skipping & (1 &<< UInt32(run.queue)) != 0 {
            skipping &= ~(1 &<< UInt32(run.queue))
            return true
        }
        guard appendPacket(packet, &bridge) == .full else { return true }
        if batch.count > 0 { return false }
        reportMalformed()
        return true
    }

    /// A packet that fills the ring, or a whole run, without an end cannot be sent: it is dropped up to its EOP.
    private mutating func finishRun() -> Progress {
        guard run.consumed == 0, run.fetched >= Self.descriptorsPerRun || run.ring.available == run.ring.count - 1
        else { return .finished }
        reportMalformed()
        if isBlocked(run.queue) { return .finished }
        skipping |= 1 &<< UInt32(run.queue)
        run.consumed = run.fetched
        return .finished
    }

    /// The batch was forwarded, and `copies` made of it for pools.
    mutating func finishBatch(_ copies: FrameTotals) {
        run.sentFrames &+= batch.count
        batch.removeAll()
        run.sentBytes &+= run.batchedBytes
        run.batchedBytes = 0
        run.copies.add(copies)
    }

    /// The run has sent enough.
    mutating func isRunOver(uplinkIsCongested: Bool) -> Bool {
        let frames = max(run.sentFrames, Int(run.copies.packets))
        let bytes = max(run.sentBytes, Int(truncatingIfNeeded: run.copies.octets))
        return frames > 0 && (frames >= Self.runFrames || bytes >= Self.runBytes || uplinkIsCongested)
    }

    /// Reports what is done with. Whether the ring has more that could go on at once.
    mutating func finish(_ interrupts: inout Interrupts, linkSpeed: LinkSpeed, now: () -> UInt64) -> Bool {
        if !causes.isEmpty {
            interrupts.raise(causes)
            causes = []
        }
        activity[run.queue].frames &+= UInt64(truncatingIfNeeded: run.sentFrames)
        activity[run.queue].bytes &+= UInt64(truncatingIfNeeded: run.sentBytes)
        let isSuspended = suspendSegmentation()
        if rates.isLimited(run.queue), run.sentBytes > 0 {
            rates.countSent(run.queue, bytes: UInt64(run.sentBytes), now: now(), linkSpeed: linkSpeed)
        }
        guard run.consumed > 0 else { return isSuspended }
        if !isSuspended { sentSegments[run.queue] = 0 }
        writeBack(&interrupts, now: now)
        return run.ring.head != run.ring.tail
    }
}
