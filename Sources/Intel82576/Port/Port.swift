import PCIe

/// One port of the 82576: its physical function's registers and the packet engine behind them.
///
/// A port does no input or output, starts no thread and reads no clock of its own; it is given an ``Uplink``, a clock and,
/// through its function, guest memory and a place to send interrupts. One thread owns it. Register writes only note
/// what they ask for; ``run()`` does it, so a write never re-enters the device and many doorbells become one batch.
public final class Port {
    let clock: () -> UInt64
    let uplink: any Uplink
    let registers = RegisterFile()
    /// Whether clients are offered ``mappedQueues``.
    let mapsQueues: Bool
    var mappedQueues = MappedQueues()
    /// Looks at mapped queues, whoever asked for them, that found something.
    public internal(set) var finds: UInt64 = 0
    /// What the PF reaches by DMA.
    let memory: AddressSpace
    /// What each VF reaches by DMA. A VF's queues touch nothing else.
    let virtualMemories: [AddressSpace]
    /// Whose each queue is.
    let owners: QueueOwners

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
    /// Bus mastering is on in configuration space and not stopped by CTRL.GIO_MASTER_DISABLE.
    var isMaster = false
    /// What the uplink was told of the PHY's link; before anything, that it is up.
    var hasUplinkLink = true
    /// The MAC's view of the link; see ``updateLink()``.
    var link = Link.down
    /// Transmitted frames come back instead of leaving.
    var isLoopback = false
    var transmit: Transmit
    /// The switch between pools and the wire.
    var bridge: Switch
    var receive: Receive
    var receiveBuffer: ReceiveBuffer
    /// Something changed that may let a held frame go on.
    var isReceiveNotified = false
    var time: Time
    /// False while received frames wait for a driver's descriptors and no more can be taken: leave the uplink's
    /// descriptor alone.
    public internal(set) var wantsFrames = true

    /// - Parameter clock: nanoseconds of a monotonic clock.
    public init(_ configuration: Configuration, uplink: any Uplink, clock: @escaping () -> UInt64) {
        (self.uplink, self.clock, mapsQueues) = (uplink, clock, configuration.mapsQueues)
        time = Time(registers, now: clock())
        memory = AddressSpace()
        virtualMemories = (0..<configuration.virtualFunctions).map { _ in AddressSpace() }
        owners = QueueOwners(physical: memory, virtual: virtualMemories)
        transmit = Transmit(registers, owners)
        bridge = Switch(registers)
        receive = Receive(registers, owners, clock: clock)
        receiveBuffer = ReceiveBuffer(registers)
        mailbox = Mailbox(registers)
        nvm = NVM(configuration.nvm, keepsChanges: configuration.keepsNVM)
        self.configuration = PhysicalFunctionConfiguration(
            configuration.nvm, virtualFunctions: configuration.virtualFunctions)
        msix = self.configuration.msixTable
        virtuals = (0..<configuration.virtualFunctions).map { VirtualFunction($0, of: self) }
        reset(.powerOn)
        phy.setCarrier(uplink.isLinkUp, now: clock())
    }

    deinit {
        registers.deallocate()
        owners.deallocate()
    }

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
            ("receive_unwritable", receive.drops.unwritable), ("switch_spoofed", bridge.spoofed),
            ("switch_link_control", bridge.linkControl), ("switch_undeliverable", bridge.undeliverable),
            ("switch_unfinished", bridge.unfinished), ("switch_storm", bridge.storm.drops),
        ]
    }

    /// Whether a call of ``run()`` would find work.
    public var hasWork: Bool {
        (transmit.dueDoorbells(now: clock) != 0 && canTransmit) || (isReceiveNotified && receiveBuffer.isWaiting)
    }

    /// Does a bounded amount of pending work: due timers, one run of each ring whose doorbell rang, held frames that
    /// got descriptors, interrupts.
    public func run() {
        look()
        runTimers()
        transmit.runWriteBacks(&interrupts, now: clock)
        watchWire()
        transmitAll()
        if isReceiveNotified, receiveBuffer.isWaiting { deliverWaiting() }
        isReceiveNotified = false
        watchWire()
        runFlowControl()
        showQueues()
        deliverInterrupts()
        reportLostMemory()
    }

    /// Takes a batch from the uplink and delivers it.
    public func receiveFromUplink() {
        look()
        receiveAll()
        runFlowControl()
        showQueues()
        deliverInterrupts()
    }

    /// Tells each host whose guest memory went away since the last run.
    private func reportLostMemory() {
        if memory.table.takeLoss() { memory.host?.memoryLost() }
        for memory in virtualMemories where memory.table.takeLoss() { memory.host?.memoryLost() }
    }

    /// The uplink's carrier came or went.
    public func uplinkLinkChanged() {
        phy.setCarrier(uplink.isLinkUp, now: clock())
        updateLink()
        deliverInterrupts()
    }

    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when no timer runs.
    public var nextDeadline: UInt64? {
        let rateDeadline = canTransmit ? transmit.rates.nextRelease(transmit.doorbells) : nil
        let deadlines: InlineArray<7, UInt64?> = [
            interrupts.nextDeadline, phy.nextDeadline, rateDeadline, wireDeadline, flowDeadline, time.nextDeadline,
            transmit.writeBacks.nextDeadline,
        ]
        var earliest = UInt64.max
        for index in deadlines.indices { earliest = min(earliest, deadlines[index] ?? .max) }
        return earliest == .max ? nil : earliest
    }

    private func runTimers() {
        if let deadline = phy.nextDeadline {
            let now = clock()
            if now >= deadline {
                phy.advance(to: now)
                updateLink()
            }
        }
        if let deadline = time.nextDeadline, clock() >= deadline { time.run(now: clock(), &interrupts) }
    }

    func deliverInterrupts() {
        let before = interrupts.messages
        interrupts.deliver(now: clock(), to: host)
        registers.add(UInt32(truncatingIfNeeded: interrupts.messages &- before), to: IAC.self)
        if owners.virtualFunctions > 0 { deliverVirtualInterrupts() }
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
