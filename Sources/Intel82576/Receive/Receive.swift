// SPDX-License-Identifier: Apache-2.0

/// Receive: from a frame to the descriptor of a queue. Datasheet 7.1.
///
/// A frame from the wire (or from transmit, in loopback) is summarised once. Length, flow control, address and VLAN
/// filters or the ``Switch``'s choice of pools, storm control, queue, checksums and time stamp are decided over the
/// summary; then the frame is copied to the queue's buffers and written back. Frames that the switch brings from another
/// pool enter at the choice of queue.
///
/// A frame whose queue lacks descriptors is dropped if SRRCTL.Drop_En says so, and otherwise held in the
/// ``ReceiveBuffer``, with everything behind it, until the driver provides some; with pools nothing is held, since others
/// wait behind it.
///
/// Descriptors are written back at once: RXDCTL.WTHRESH and SWFLSH only ever say how long a driver may have to wait.
struct Receive: ~Copyable {
    /// Longest frame whatever RLPML says, FCS included (datasheet 7.1.1.1: 9.5 KB).
    static let maximumFrame = 9728

    let registers: RegisterFile
    let owners: QueueOwners
    let stamps: TimeStamps
    /// Nanoseconds of the port's clock.
    let clock: () -> UInt64
    var selection: QueueSelection
    var flow: FlowControl

    /// What the registers say for all frames of a batch.
    var rules = ReceiveRules()
    /// Queues as the frames of a batch need them, and which of them have been looked up for it, a bit each.
    let lanes: FixedBuffer<ReceiveLane>
    var openLanes: UInt32 = 0
    /// Frames of the batch for each queue that could not be written, of those that its lane has as stored.
    let unwritten = FixedBuffer<FrameTotals>(repeating: FrameTotals(), count: 16)
    /// Scratch for a frame with its FCS; `nil` while that is written.
    var framedBatch: FrameBatch? = FrameBatch()

    /// The frame at hand was offered before and held: it has been counted and obeyed.
    var isHeld = false
    /// Frames that passed the filters, by size: GPRC, GORC, PRCxx, MPRC, BPRC.
    var accepted = FrameCounters()
    /// Frames that arrived from the wire: TPR and TOR.
    var arrived = FrameTotals()
    let drops: DropCounters
    /// Who watches frames.
    var observer: (any FrameObserver)? { didSet { interest = observer?.interest ?? FrameInterest() } }
    /// What the ``observer`` wants to see: asking for that itself counts a reference.
    private(set) var interest = FrameInterest()
    let activity = FixedBuffer<QueueActivity>(repeating: QueueActivity(), count: 16)
    /// Causes of ICR that frames of the batch have.
    var causes: InterruptCause = []

    init(
        _ registers: RegisterFile, _ owners: QueueOwners, _ drops: DropCounters, clock: @escaping () -> UInt64
    ) {
        (self.registers, self.owners, self.drops, self.clock) = (registers, owners, drops, clock)
        stamps = TimeStamps(registers)
        selection = QueueSelection(registers)
        flow = FlowControl(registers)
        lanes = FixedBuffer(repeating: ReceiveLane(ranges: owners.ranges(of: 0)), count: 16)
    }

    mutating func reset() {
        flow.reset()
        isHeld = false
    }

    /// Takes over all registers.
    mutating func load() {
        selection.loadFilters()
        selection.loadKey()
    }
}

// MARK: Registers

extension Receive {
    /// A driver's write of one of the block's registers.
    mutating func write(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        let queue = Int(entry.element)
        switch entry.name {
        case .RDT:
            registers[RDT.self, queue].raw = value & 0xFFFF
            activity[queue].doorbells &+= 1
            return .receive
        case .RDH:
            if !registers[RXDCTL.self, queue].isEnabled { registers[RDH.self, queue].raw = value & 0xFFFF }
            return []
        default: registers.write(entry, value)
        }
        switch entry.name {
        case .RCTL: return [.receive, .link]
        case .RSSRK:
            selection.loadKey()
            return []
        case .ETQF, .FTQF, .SAQF, .DAQF, .SPQF, .IMIR, .IMIREXT, .IMIRVP, .SYNQF, .RFCTL: selection.loadFilters()
        default: break
        }
        return .receive
    }
}

// MARK: Batches

/// What the registers and the link say for all frames of a batch.
struct ReceiveRules: BitwiseCopyable {
    var control = RCTL(raw: 0)
    var command = MRQC(raw: 0)
    var hasPools = false
    var checksums = RXCSUM(raw: 0)
    var verification: ChecksumVerification = []
    var tagTypes = TagTypes()
    /// The receiver is on, and there is a link or a loopback.
    var isOpen = false
    /// Frames come from transmit, not from the wire.
    var isLoopback = false
    /// Without pools: what CTRL.VME, RCTL.SECRC and MRQC say.
    var placement: Placement = []
    /// A frame may be stamped.
    var stampsFrames = false
    /// A descriptor reports more than most do: sums in place of a hash, or a time stamp.
    var reportsMore = false
    /// CTRL.RFCE: MAC control frames are obeyed.
    var obeysPause = false
    var speed = LinkSpeed.megabits1000
    /// The system time when the batch came.
    var systemTime: UInt64 = 0

    /// Bytes up to which a frame is taken with any number of tags, FCS included.
    var surelyTaken = 0
    /// Longest frame that the port takes with `tagCount` tags, FCS included. Datasheet 7.1.1.1: 1518 bytes and 4 more for
    /// each tag, or RLPML with long packets enabled.
    @inline(__always)
    func longestFrame(tagCount: Int) -> Int {
        if control.storesBadPackets { return Receive.maximumFrame }
        return control.acceptsLongPackets ? longestLongPacket : 1518 &+ 4 &* tagCount
    }
    /// RLPML, and no more than ``Receive/maximumFrame``.
    var longestLongPacket = 0
}

extension Receive {
    /// To be called before the first frame of a batch is delivered. Neither registers nor mappings change until its last.
    mutating func beginBatch(_ link: Link, isLoopback: Bool, systemTime: UInt64, _ bridge: inout Switch) {
        openLanes = 0
        bridge.beginBatch()
        let control = registers[RCTL.self]
        rules.control = control
        rules.command = registers[MRQC.self]
        rules.hasPools = rules.command.hasPools
        rules.checksums = registers[RXCSUM.self]
        rules.verification = ChecksumVerification(rules.checksums, registers[RFCTL.self])
        rules.tagTypes = TagTypes(registers[VET.self], registers[CTRL_EXT.self])
        rules.isOpen = control.isEnabled && (link.isUp || isLoopback)
        (rules.isLoopback, rules.speed, rules.systemTime) = (isLoopback, link.speed, systemTime)
        rules.placement = Placement(
            usesRSS: rules.command.isRSS, stripsVLAN: registers[CTRL.self].usesVLAN, stripsCRC: control.stripsCRC)
        rules.obeysPause = registers[CTRL.self].receivesPause
        rules.stampsFrames = registers[TSYNCRXCTL.self].isEnabled
        rules.reportsMore = rules.stampsFrames || !rules.checksums.reportsHash
        rules.longestLongPacket = min(registers[RLPML.self].length, Self.maximumFrame)
        rules.surelyTaken = rules.longestFrame(tagCount: 0)
    }

    /// Adds the batch's counters and raises its causes.
    /// - Returns: what was written to memory.
    @discardableResult
    mutating func finishBatch(_ interrupts: inout Interrupts) -> FrameTotals {
        registers.addReceived(accepted)
        registers.add(arrived, packets: TPR.self, octets: TORL.self)
        (accepted, arrived) = (FrameCounters(), FrameTotals())
        if !causes.isEmpty {
            interrupts.raise(causes)
            causes = []
        }
        var stored = FrameTotals()
        while openLanes != 0 {
            let queue = openLanes.trailingZeroBitCount
            finishLane(queue, &interrupts)
            stored.add(lanes[queue].stored)
            openLanes &= openLanes &- 1
        }
        return stored
    }

    private func finishLane(_ queue: Int, _ interrupts: inout Interrupts) {
        registers.add(lanes[queue].stored, packets: RPTHC.self, octets: HGORCL.self)
        if rules.hasPools { registers.countReceived(lanes[queue].stored, looped: lanes[queue].looped, by: queue & 7) }
        let written = written(queue)
        activity[queue].frames &+= UInt64(written.packets)
        activity[queue].bytes &+= written.octets
        guard lanes[queue].isWritten else { return }
        registers[RDH.self, queue].raw = UInt32(truncatingIfNeeded: lanes[queue].ring.head)
        interrupts.raiseReceive(queue, isUrgent: lanes[queue].isUrgent)
    }

    /// What the batch at hand has brought to `queue`.
    private func written(_ queue: Int) -> FrameTotals {
        FrameTotals(
            packets: lanes[queue].stored.packets &- unwritten[queue].packets,
            octets: lanes[queue].stored.octets &- unwritten[queue].octets)
    }

    /// Counts in `matrix` what the batch at hand has brought to queues.
    /// - Parameter sender: the pool that sent it; `nil` for the wire.
    func count(in matrix: borrowing SwitchMatrix, from sender: Int?) {
        var left = openLanes
        while left != 0 {
            let queue = left.trailingZeroBitCount
            left &= left &- 1
            matrix.add(Int(written(queue).packets), from: sender, to: rules.hasPools ? queue & 7 : 0)
        }
    }

    /// A frame was lost because no descriptors came in time: MPC, and the cause RXO.
    mutating func countMissed() {
        registers.add(1, to: MPC.self)
        causes.insert(.receiverOverrun)
    }
}
