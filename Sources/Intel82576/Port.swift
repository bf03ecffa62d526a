import PCIe

/// One port of the 82576: its physical function's registers and the packet engine behind them.
///
/// A port does no input or output, starts no thread and reads no clock of its own; it is given an ``Uplink``, a clock and,
/// through its function, guest memory and a place to send interrupts. One thread owns it. Register writes only note
/// what they ask for; ``run()`` does it, so a write never re-enters the device and many doorbells become one batch.
public final class Port {
    public struct Configuration: Sendable {
        /// The EEPROM as it is at power-on, with the station address.
        public var nvm: NVMImage
        /// VFs that can be plugged in, 0 to 8. With none the PF has no SR-IOV capability.
        public var virtualFunctions: Int

        /// What a driver writes to the EEPROM is there for the next client. Otherwise it is gone with the client, who
        /// leaves nothing to another machine.
        public var keepsNVM: Bool

        /// Clients may map the pages of queue registers; see MappedQueues/.
        public var mapsQueues = false

        public init(macAddress: MACAddress, virtualFunctions: Int = 0) {
            self.init(nvm: NVMImage(macAddress: macAddress), keepsNVM: false, virtualFunctions: virtualFunctions)
        }

        public init(nvm: NVMImage, keepsNVM: Bool, virtualFunctions: Int = 0) {
            (self.nvm, self.keepsNVM) = (nvm, keepsNVM)
            self.virtualFunctions = min(max(virtualFunctions, 0), 8)
        }
    }

    let clock: () -> UInt64
    let uplink: any Uplink
    let registers = RegisterFile()
    /// Whether clients are offered ``mappedQueues``.
    let mapsQueues: Bool
    var mappedQueues = MappedQueues()
    /// Looks at mapped queues, whoever asked for them, that found something.
    public internal(set) var finds: UInt64 = 0
    /// What the PF reaches by DMA.
    let memory = AddressSpace()
    /// What each VF reaches by DMA. A VF's queues touch nothing else.
    let virtualMemories: [AddressSpace]
    /// Those of ``memory``, then of ``virtualMemories``.
    let rangeTables: FixedBuffer<RangeTable>

    var nvm: NVM
    var phy = PHY()
    var interrupts = Interrupts()
    let mailbox: Mailbox
    var msix: MSIXTable
    var configuration: PhysicalFunctionConfiguration
    /// Where interrupts go; `nil` while no transport is attached.
    weak var host: (any FunctionHost)?

    /// Every VF that can be plugged in; those from ``enabledVirtualFunctions`` on do not exist now.
    private(set) var virtuals: [VirtualFunction] = []
    /// VFs that exist now: NumVFs while VF Enable is set. VF v owns queues v and v + 8.
    var enabledVirtualFunctions = 0 { didSet { rates.virtualFunctions = enabledVirtualFunctions } }
    /// Queues whose owner may send requests, a bit each; see ``isMaster(of:)``.
    var masterQueues: UInt32 = 0

    /// Bus mastering is on in configuration space and not stopped by CTRL.GIO_MASTER_DISABLE.
    var isMaster = false
    /// What the uplink was told of the PHY's link; before anything, that it is up.
    var hasUplinkLink = true
    /// The MAC's view of the link; see ``updateLink()``.
    var link = Link.down
    /// Transmitted frames come back instead of leaving.
    var isLoopback = false
    var addressFilter = AddressFilter()
    var queueFilters = QueueFilters()
    var rss = RSS()

    var transmit = Transmit()
    /// Two slots for each of 16 queues.
    let transmitContexts = FixedBuffer<TransmitContext>(repeating: TransmitContext(), count: 32)
    let transmitDescriptors = FixedBuffer<TransmitDescriptor>(
        repeating: TransmitDescriptor(), count: Transmit.descriptorsPerRun)
    var transmitBatch = FrameBatch()
    /// What the parser found in the frames of `transmitBatch` that are marked as parsed.
    let transmitHeaders = FixedBuffer<PacketHeaders>(repeating: PacketHeaders(), count: FrameBatch.capacity)
    /// Scratch for one packet that is segmented or completed in software.
    var packetBatch = FrameBatch()
    /// Transmit queues whose doorbell rang, a bit each.
    var doorbells: UInt32 = 0
    var rates = RateLimits()
    var writeBacks = WriteBacks()

    var `switch` = Switch()
    var poolFilters = PoolFilters()
    var storm = StormControl()
    var receive = Receive()
    /// Those of a batch, and which of them have been looked up for it, a bit each.
    let receiveLanes: FixedBuffer<ReceiveLane>
    var openLanes: UInt32 = 0
    var uplinkBatch = FrameBatch()
    /// Frames from the uplink for which the packet buffer had no room.
    var laterBatch = FrameBatch()
    var packetBuffer = PacketBuffer()
    var flow = FlowControl()
    /// Scratch for one received frame with its FCS.
    var checkedBatch = FrameBatch()
    /// Pieces of one received frame larger than a segment.
    var segmentBatch = FrameBatch()
    /// Something changed that may let a held frame go on.
    var isReceiveKicked = false
    var time: Time
    /// False while received frames wait for a driver's descriptors and no more can be taken: leave the uplink's
    /// descriptor alone.
    public internal(set) var wantsFrames = true

    /// - Parameter clock: nanoseconds of a monotonic clock.
    public init(_ configuration: Configuration, uplink: any Uplink, clock: @escaping () -> UInt64) {
        (self.uplink, self.clock, mapsQueues) = (uplink, clock, configuration.mapsQueues)
        time = Time(registers, now: clock())
        virtualMemories = (0..<configuration.virtualFunctions).map { _ in AddressSpace() }
        rangeTables = FixedBuffer(repeating: memory.table, count: 1 + configuration.virtualFunctions)
        receiveLanes = FixedBuffer(repeating: ReceiveLane(ranges: memory.table), count: 16)
        for (index, memory) in virtualMemories.enumerated() { rangeTables[index + 1] = memory.table }
        mailbox = Mailbox(registers)
        nvm = NVM(configuration.nvm, keepsChanges: configuration.keepsNVM)
        self.configuration = PhysicalFunctionConfiguration(
            configuration.nvm, virtualFunctions: configuration.virtualFunctions)
        msix = self.configuration.msixTable
        virtuals = (0..<configuration.virtualFunctions).map { VirtualFunction($0, of: self) }
        reset(.powerOn)
        phy.setCarrier(uplink.isLinkUp, now: clock())
    }

    deinit { registers.deallocate() }

    /// The physical function, for a transport to serve.
    public private(set) lazy var physicalFunction: any Function = PhysicalFunction(self)

    /// The virtual functions, for a transport each: all that the configuration has, whether enabled now or not.
    public var virtualFunctions: [any Function] { virtuals }
}

// MARK: The owner's calls

extension Port {
    /// The EEPROM's contents, for the owner to keep. ``nvmChanges`` tells when to look.
    public var nvmImage: NVMImage { nvm.image }
    /// How often a driver wrote to the EEPROM.
    public var nvmChanges: UInt64 { nvm.changes }

    /// The PF's client has left. The next one finds what the EEPROM holds now in configuration space, as after power-on.
    func powerCycle() {
        nvm.powerCycle()
        configuration = PhysicalFunctionConfiguration(nvm.image, virtualFunctions: virtuals.count)
        msix = configuration.msixTable
    }

    /// Packets that went nowhere or lost something on the way, by reason, in the order a report lists them.
    public var counters: [(name: String, value: UInt64)] {
        [
            ("transmit_malformed", transmit.drops.malformed), ("transmit_unreadable", transmit.drops.unreadable),
            ("transmit_missed_checksum", transmit.drops.missedChecksums),
            ("transmit_ring_fault", transmit.drops.ringFaults), ("receive_disabled", receive.drops.disabled),
            ("receive_oversize", receive.drops.oversize), ("receive_filtered", receive.drops.filtered),
            ("receive_queue_disabled", receive.drops.queueDisabled),
            ("receive_no_descriptors", receive.drops.noDescriptors),
            ("receive_unwritable", receive.drops.unwritable), ("switch_spoofed", self.switch.spoofed),
            ("switch_link_control", self.switch.linkControl),
            ("switch_undeliverable", self.switch.undeliverable), ("switch_unfinished", self.switch.unfinished),
            ("switch_storm", storm.drops),
        ]
    }

    /// The memory that `queue` reaches: its VF's, or the PF's when no VF owns it.
    @inline(__always)
    func memory(of queue: Int) -> AddressSpace {
        let owner = queue & 7
        return owner < enabledVirtualFunctions ? virtualMemories[owner] : memory
    }

    /// The ranges of ``memory(of:)``.
    @inline(__always)
    func ranges(of queue: Int) -> RangeTable {
        let owner = queue & 7
        return rangeTables[owner < enabledVirtualFunctions ? owner &+ 1 : 0]
    }

    /// Whether a call of ``run()`` would find work.
    public var hasWork: Bool { (dueDoorbells != 0 && canTransmit) || (isReceiveKicked && receive.isWaiting) }

    /// Doorbells of queues that their rate limit lets send now.
    private var dueDoorbells: UInt32 {
        doorbells & rates.limited == 0 ? doorbells : doorbells & ~rates.held(now: clock())
    }

    /// Does a bounded amount of pending work: due timers, one run of each ring whose doorbell rang, held frames that
    /// got descriptors, interrupts.
    public func run() {
        look()
        runTimers()
        if let deadline = time.nextDeadline, clock() >= deadline { time.run(now: clock(), &interrupts) }
        runWriteBacks()
        watchCongestion()
        var queues = dueDoorbells
        while queues != 0, canTransmit {
            let queue = queues.trailingZeroBitCount
            queues &= queues &- 1
            if !transmit(queue), canTransmit { doorbells &= ~(1 &<< UInt32(queue)) }
        }
        if isReceiveKicked, receive.isWaiting { deliverWaiting() }
        isReceiveKicked = false
        watchCongestion()
        runFlowControl()
        showQueues()
        deliverInterrupts()
        reportLostMemory()
    }

    /// Tells each host whose guest memory went away since the last run.
    private func reportLostMemory() {
        for owner in 0..<rangeTables.count where rangeTables[owner].takeLoss() {
            (owner == 0 ? memory : virtualMemories[owner - 1]).host?.memoryLost()
        }
    }

    /// The uplink's carrier came or went.
    public func uplinkLinkChanged() {
        phy.setCarrier(uplink.isLinkUp, now: clock())
        updateLink()
        deliverInterrupts()
    }

    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when no timer runs.
    public var nextDeadline: UInt64? {
        let rateDeadline = canTransmit ? rates.nextRelease(doorbells) : nil
        let deadlines: InlineArray<7, UInt64?> = [
            interrupts.nextDeadline, phy.nextDeadline, rateDeadline, patienceDeadline, flowDeadline,
            time.nextDeadline, writeBacks.nextDeadline,
        ]
        var earliest = UInt64.max
        for index in deadlines.indices { earliest = min(earliest, deadlines[index] ?? .max) }
        return earliest == .max ? nil : earliest
    }

    private func runTimers() {
        guard let deadline = phy.nextDeadline else { return }
        let now = clock()
        guard now >= deadline else { return }
        phy.advance(to: now)
        updateLink()
    }

    /// Nothing outside the queues holds transmission back. On the chip a MAC without link stops DMA, and drivers count
    /// on the packets being there when it comes back; the switch goes on without a link.
    var canTransmit: Bool { isLoopback || ((link.isUp || isSwitching) && (!isWireBlocked || isPastPatience)) }

    /// The wire has been blocked for so long that the switch goes on without it.
    private var isPastPatience: Bool {
        guard isSwitching, let since = self.switch.congestedSince else { return false }
        return clock() &- since >= Switch.patience
    }

    /// Notes since when the wire is blocked.
    private func watchCongestion() {
        guard isSwitching, isWireBlocked else {
            self.switch.congestedSince = nil
            return
        }
        if self.switch.congestedSince == nil { self.switch.congestedSince = clock() }
    }

    /// When the switch stops waiting for the uplink, while transmission waits for it.
    private var patienceDeadline: UInt64? {
        guard doorbells != 0, let since = self.switch.congestedSince, !isPastPatience else { return nil }
        return since &+ Switch.patience
    }

    func deliverInterrupts() {
        let before = interrupts.messages
        interrupts.deliver(now: clock(), to: host)
        add(UInt32(truncatingIfNeeded: interrupts.messages &- before), to: Statistic.IAC)
        if enabledVirtualFunctions > 0 { deliverVirtualInterrupts() }
    }

    private func deliverVirtualInterrupts() {
        var vectors = interrupts.takeVirtual(now: clock())
        while vectors != 0 {
            let (index, vector) = VirtualInterrupts.owner(of: vectors.trailingZeroBitCount)
            vectors &= vectors &- 1
            virtuals[index].host?.sendMSIX(vector)
        }
    }
}
