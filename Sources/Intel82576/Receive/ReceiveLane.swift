/// A receive queue as the frames of a batch need it. Neither registers nor mappings change while a batch is delivered, so
/// its first frame for a queue looks everything up for the others.
struct ReceiveLane: BitwiseCopyable {
    /// Moves on with each frame, as RDH does.
    var ring = Ring(base: 0, count: 0, head: 0, tail: 0)
    /// Where the ring lies, for queues whose frames go to memory in the simplest way: advanced format, no header buffers.
    var window: RingWindow?
    /// What its owner reaches by DMA.
    var ranges: RangeTable
    var control = SRRCTL(raw: 0)
    var bufferSize = 0
    /// The queue is enabled, may send requests, and has a ring.
    var isUsable = false
    /// Longest plain packet without FCS that the port or the pool takes and the queue can put into one buffer; 0 when plain
    /// packets need more than a copy.
    var longestPlain = 0
}

extension Port {
    /// To be called before the first frame of a batch is delivered.
    func beginDelivery() {
        openLanes = 0
        `switch`.recent = Switch.Decision()
        let (control, stamps) = (registers[RXCSUM.self], registers[TSYNCRXCTL.self])
        receive.takesPlain =
            queueFilters.used.isEmpty && control.reportsHash && (!stamps.isEnabled || stamps.isValid)
            && !tagTypes.hasIPv4 && !takesIPv4ForFlowControl
        receive.verification = ChecksumVerification(rxcsum: control.raw, rfctl: registers[RFCTL.self].raw)
    }

    /// Looks up `queue` for the frames of this batch. Whether it can take any.
    @inline(__always)
    func openLane(_ queue: Int, _ control: RCTL) -> Bool {
        if openLanes &>> UInt32(truncatingIfNeeded: queue) & 1 == 0 { lookUpLane(queue, control) }
        return receiveLanes[queue].isUsable
    }

    private func lookUpLane(_ queue: Int, _ receiveControl: RCTL) {
        openLanes |= 1 &<< UInt32(queue)
        var lane = ReceiveLane(ranges: ranges(of: queue))
        defer { receiveLanes[queue] = lane }
        guard registers[RXDCTL.self, queue].isEnabled, isMaster(of: queue),
            let ring = registers.ring(at: 0xC000 + 0x40 * queue)
        else { return }
        lane.ring = ring
        lane.isUsable = true
        let control = registers[SRRCTL.self, queue]
        lane.control = control
        lane.bufferSize = control.packetBufferSize == 0 ? receiveControl.bufferSize : control.packetBufferSize
        guard !control.usesHeaderBuffer, !control.isLegacy else { return }
        lane.window = RingWindow(ring, in: lane.ranges)
        guard lane.window != nil else { return }
        lane.longestPlain = min(longestPlain(queue, receiveControl), lane.bufferSize)
    }

    /// What the port or the pool of `queue` takes, without FCS, when it strips that. What the port does not take no pool
    /// gets from the wire; from another pool it is at most as long.
    private func longestPlain(_ queue: Int, _ control: RCTL) -> Int {
        let longest = control.acceptsLongPackets ? registers[RLPML.self].length : 1518
        let ofPort = min(longest, Receive.maximumFrame) - 4
        guard hasPools else { return control.stripsCRC ? ofPort : 0 }
        let rules = registers[VMOLR.self, queue & 7]
        guard rules.stripsCRC else { return 0 }
        return min(ofPort, (rules.acceptsLongPackets ? rules.maximumLength : 1518) - 4)
    }
}
