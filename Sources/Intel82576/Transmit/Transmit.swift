// SPDX-License-Identifier: Apache-2.0

/// Transmit: descriptor fetch, gather and offload, source checks, write-back. Datasheet 7.2.
///
/// A run takes up to ``descriptorsPerRun`` descriptors of one ring and turns the complete packets among them into frames of
/// ``batch``; whenever that is full the port forwards it and the run goes on. A packet whose EOP the driver has not posted
/// yet stays on the ring. What is posted wrongly is consumed, dropped and counted.
///
/// Most packets are one whole buffer, which is taken by a shortcut (``appendWholePackets()``); the others are gathered
/// (TransmitGather.swift), and those to be segmented cut, or handed to the uplink whole (TransmitSegmentation.swift).
///
/// Not implemented: priority between queues, IPsec and MACsec.
struct Transmit: ~Copyable {
    static let descriptorsPerRun = 256
    /// Descriptors a run of a queue with a rate limit, so that it does not send a long burst and then nothing.
    static let limitedDescriptorsPerRun = 32
    /// Longest frame without segmentation (datasheet 7.2.1: 9.5 KB with FCS).
    static let maximumFrame = 9728 - 4
    /// A batch is forwarded once it holds this many bytes, so that an uplink's own store stays small.
    static let batchBytes = 256 * 1024
    /// A run ends once it sent this many bytes, or frames, or as much of copies for pools. A packet that is being segmented
    /// goes on in the next run.
    static let runBytes = 1024 * 1024
    static let runFrames = 1024

    let registers: RegisterFile
    let owners: QueueOwners
    let stamps: TimeStamps
    var rates = RateLimits()
    var writeBacks = WriteBacks()

    /// Queues whose doorbell rang, a bit each.
    var doorbells: UInt32 = 0
    /// Pools of which both queues had work and the upper one was served, a bit each.
    private var servedUpper: UInt32 = 0
    /// Queues that skip up to the EOP of a packet too long to take, a bit each.
    var skipping: UInt32 = 0
    /// Segments already sent of the packet at each queue's head, which the last run did not bring to its end.
    let sentSegments = FixedBuffer<Int>(repeating: 0, count: 16)
    /// The two contexts of each of 16 queues.
    let contexts = FixedBuffer<TransmitContext>(repeating: TransmitContext(), count: 32)

    /// The queue that is served now.
    var run: TransmitRun
    let descriptors = FixedBuffer<TransmitDescriptor>(repeating: TransmitDescriptor(), count: descriptorsPerRun)
    /// Frames to be forwarded.
    var batch = FrameBatch()
    /// Summaries of the frames of `batch` that are marked as summarised.
    let summaries = FixedBuffer<FrameSummary>(
        repeating: FrameSummary(PacketHeaders()), count: FrameBatch.capacity)
    /// The packet that is being segmented.
    var packetBatch = FrameBatch()
    /// A packet of the batch is to be stamped.
    var isStampRequested = false
    let activity = FixedBuffer<QueueActivity>(repeating: QueueActivity(), count: 16)
    /// Causes of ICR that packets of the run have.
    var causes: InterruptCause = []
    let drops: DropCounters
    /// Packets sent without a checksum that was asked for: its place is not in the frame.
    var missedChecksums: UInt64 = 0
    /// Who watches frames.
    var observer: (any FrameObserver)? { didSet { interest = observer?.interest ?? FrameInterest() } }
    /// What the ``observer`` wants to see: asking for that itself counts a reference.
    private(set) var interest = FrameInterest()
    /// What was done to the frames of `batch`, and of the packet that is being segmented; only kept
    /// where somebody watches.
    let performed = FixedBuffer<TransmitOffloads>(repeating: TransmitOffloads(), count: FrameBatch.capacity)
    var segmentedOffloads = TransmitOffloads()

    init(_ registers: RegisterFile, _ owners: QueueOwners, _ drops: DropCounters) {
        (self.registers, self.owners, self.drops) = (registers, owners, drops)
        stamps = TimeStamps(registers)
        run = TransmitRun(ranges: owners.ranges(of: 0))
    }

    mutating func reset() {
        for queue in 0..<16 { reset(queue) }
        doorbells = 0
        rates.reset()
    }

    /// Forgets all of a queue whose function was reset: what is posted, and that malicious driver detection stopped it.
    mutating func clear(_ queue: Int) {
        reset(queue)
        doorbells &= ~(1 &<< UInt32(queue))
        registers[MDFB.self].queues &= ~(1 &<< UInt32(queue))
    }

    /// Forgets what a queue remembers between doorbells.
    mutating func reset(_ queue: Int) {
        contexts[2 * queue] = TransmitContext()
        contexts[2 * queue + 1] = TransmitContext()
        skipping &= ~(1 &<< UInt32(queue))
        sentSegments[queue] = 0
        writeBacks.forget(queue)
    }
}

// MARK: Registers

extension Transmit {
    /// A driver's write of one of the block's registers.
    mutating func write(
        _ entry: RegisterMap.Entry, _ value: UInt32, _ interrupts: inout Interrupts
    ) -> RegisterEffects {
        let queue = Int(entry.element)
        switch entry.name {
        case .TDT:
            registers[TDT.self, queue].raw = value & 0xFFFF
            activity[queue].doorbells &+= 1
            doorbells |= 1 &<< UInt32(queue)
        case .TDH: if !registers[TXDCTL.self, queue].isEnabled { registers[TDH.self, queue].raw = value & 0xFFFF }
        case .TXDCTL: writeControl(entry, value, of: queue, &interrupts)
        case .TCTL:
            registers.write(entry, value)
            return TCTL(raw: value).requestsPause ? [.transmit, .pauseRequest] : .transmit
        case .RTTBCNRC:
            registers.write(entry, value)
            rates[registers[RTTDQSEL.self].queue] = registers[RTTBCNRC.self]
        case .RTTDQSEL:
            registers.write(entry, value)
            registers[RTTBCNRC.self] = rates[registers[RTTDQSEL.self].queue]
        default:
            registers.write(entry, value)
            return .transmit
        }
        return []
    }

    /// SWFLSH, a queue going out of use, another WTHRESH: what is done is reported.
    private mutating func writeControl(
        _ entry: RegisterMap.Entry, _ value: UInt32, of queue: Int, _ interrupts: inout Interrupts
    ) {
        let wasEnabled = registers[TXDCTL.self, queue].isEnabled
        flushWriteBack(queue, &interrupts)
        registers.write(entry, value)
        let isEnabled = registers[TXDCTL.self, queue].isEnabled
        // Posted before it was enabled, or enabled again: the ring is served, contexts are gone.
        if isEnabled { doorbells |= 1 &<< UInt32(queue) }
        if isEnabled != wasEnabled { reset(queue) }
    }

    /// Every enabled queue may have been given work while something else held it back.
    mutating func ringEnabledDoorbells() {
        for queue in 0..<16 where registers[TXDCTL.self, queue].isEnabled { doorbells |= 1 &<< UInt32(queue) }
    }

    /// Doorbells of queues that their rate limit, and the client that their memory belongs to, let send now.
    func dueDoorbells(now: () -> UInt64) -> UInt32 {
        let due = doorbells & rates.limited == 0 ? doorbells : doorbells & ~rates.waiting(now: now())
        return due & ~busyDoorbells
    }

    /// `queues`, a bit each, without one of two that have descriptors and are the same pool's, `pool` and `pool + 8`:
    /// alternately.
    mutating func oneOfEachPool(_ queues: UInt32) -> UInt32 {
        let (lower, upper) = (queues & 0xFF, queues &>> 8 & 0xFF)
        var (both, left) = (UInt32(0), lower & upper)
        while left != 0 {
            let pool = left.trailingZeroBitCount
            if hasDescriptors(pool), hasDescriptors(pool + 8) { both |= 1 &<< UInt32(pool) }
            left &= left &- 1
        }
        let chosen = both & ~servedUpper
        servedUpper = servedUpper & ~both | chosen
        return lower & ~chosen | (upper & ~both | chosen) &<< 8
    }

    private func hasDescriptors(_ queue: Int) -> Bool {
        registers[TDH.self, queue].raw != registers[TDT.self, queue].raw
    }

    /// Doorbells of queues whose memory is reached by messages, but not now.
    var busyDoorbells: UInt32 {
        var (left, busy) = (doorbells, UInt32(0))
        while left != 0 {
            let queue = left.trailingZeroBitCount
            if owners.memory(of: queue).isBusy { busy |= 1 &<< UInt32(queue) }
            left &= left &- 1
        }
        return busy
    }
}

// MARK: Malicious driver detection

// With DTXCTL.MDP_EN a packet that no driver should post stops its queue: the head stays on it, MDFB shows the queue, WVBR
// tells of it in its upper half, LVMMC says what was wrong with whom, and DOUTSYNC is raised. Writing MDFB's bit releases
// the queue; so does a reset of its VF, after which the PF has to let it send again anyway. With OOS_EN alone such a packet
// is dropped, as it always is without MDP_EN, and reported.
//
// Which bits say what is from FreeBSD's driver (bits 4:2 of LVMMC block, 19:16 is the queue, WVBR 31:16 the blocked queues)
// and Intel's own (MDFB bits are cleared by writing ones); that spoofing is in bits 1:0 is a guess.

extension Transmit {
    /// Malicious driver detection stopped the queue.
    @inline(__always)
    mutating func isBlocked(_ queue: Int) -> Bool { registers[MDFB.self].queues &>> UInt32(queue) & 1 != 0 }

    /// The queue has a packet that cannot be sent. What becomes of it then is the caller's business.
    mutating func reportMalformed() {
        noteLost(.malformed, run.queue)
        let (control, queue) = (registers[DTXCTL.self], run.queue)
        guard control.blocksMalicious || control.reportsOutOfSync else { return }
        registers[LVMMC.self] = LVMMC(.malformed, queue: queue)
        if control.blocksMalicious {
            registers[MDFB.self].queues |= 1 &<< UInt32(queue)
            registers[WVBR.self].blocked |= 1 &<< UInt32(queue)
        }
        causes.insert(.outOfSync)
    }

    /// A frame of the queue failed an anti-spoof check.
    mutating func report(_ spoofing: Spoofing, _ bridge: inout Switch) {
        bridge.countSpoofed()
        registers[WVBR.self].spoofing |= 1 &<< UInt32(run.queue)
        registers[LVMMC.self] = LVMMC(spoofing == .wrongVLAN ? .wrongVLAN : .wrongAddress, queue: run.queue)
        if registers[DTXCTL.self].interruptsOnSpoof { causes.insert(.outOfSync) }
    }
}
