// SPDX-License-Identifier: Apache-2.0

import PCIe

/// One port of the 82576: the blocks of the chip, and the wiring between them.
///
/// A port does no input or output, starts no thread and reads no clock of its own; it is given an ``Uplink``, a clock and,
/// through its functions, guest memory and places to send interrupts. One thread owns it. Register writes only note what
/// they ask for; ``run()`` does it, so a write never re-enters the device and many doorbells become one batch.
///
/// Each block is a type in a folder of its own that has its state, registers and counters. What stands here, in Port/, says
/// who is asked in which order: register accesses (RegisterAccess.swift), resets (Resets.swift), frames (DataPath.swift).
public final class Port {
    let clock: () -> UInt64
    let uplink: any Uplink
    let registers: RegisterFile
    var functions: Functions
    var deviceControl: DeviceControl
    var nvm: NVM
    var interrupts = Interrupts()
    let mailbox: Mailbox
    var time: Time

    /// Frames that went nowhere.
    let drops = DropCounters()
    var transmit: Transmit
    /// The switch between pools and the wire.
    var bridge: Switch
    /// Who sends to whom, while that is counted.
    package var matrix = SwitchMatrix()
    var receive: Receive
    var receiveBuffer: ReceiveBuffer
    /// Something changed that may let a held frame go on.
    var isReceiveNotified = false
    /// False while received frames wait for a driver's descriptors and no more can be taken: leave the uplink's
    /// descriptor alone.
    public internal(set) var wantsFrames = true
    /// Interrupts that each function has sent: the PF, then each VF.
    let interruptCounts = FixedBuffer<UInt64>(repeating: 0, count: 9)
    /// The cable is out, whatever the uplink says.
    package var isUnplugged = false { didSet { uplinkLinkChanged() } }
    /// Who watches its functions.
    package var observers: [any PortObserver] = []
    /// Who watches the descriptors that its transmit queues fetch.
    var descriptorObserver: (any DescriptorObserver)?

    /// - Parameter clock: nanoseconds of a monotonic clock.
    public init(_ configuration: Configuration, uplink: any Uplink, clock: @escaping () -> UInt64) {
        (self.uplink, self.clock, registers) = (uplink, clock, RegisterFile())
        functions = Functions(
            configuration.nvm, count: configuration.virtualFunctions, expansionROM: configuration.expansionROM)
        deviceControl = DeviceControl(registers, isSynchronous: configuration.isSynchronous)
        nvm = NVM(configuration.nvm, keepsChanges: configuration.keepsNVM)
        mailbox = Mailbox(registers)
        time = Time(registers, now: clock())
        transmit = Transmit(registers, functions.owners, drops)
        bridge = Switch(registers)
        receive = Receive(registers, functions.owners, drops, clock: clock)
        receiveBuffer = ReceiveBuffer(registers)
        interrupts.isModerated = !configuration.isSynchronous
        reset(.powerOn)
        deviceControl.setCarrier(uplink.isLinkUp, now: clock())
    }

    deinit { registers.deallocate() }

    /// The physical function, for a transport to serve.
    public private(set) lazy var physicalFunction: any Function = PhysicalFunction(self)

    /// The virtual functions, for a transport each: all that the configuration has, whether enabled now or not.
    public private(set) lazy var virtualFunctions: [any Function] =
        functions.virtualMemories.indices.map { VirtualFunction($0, of: self) }
}

// MARK: The owner's calls

extension Port {
    /// The EEPROM's contents, for the owner to keep. ``nvmChanges`` tells when to look.
    public var nvmImage: NVMImage { nvm.image }
    /// How often a driver wrote to the EEPROM.
    public var nvmChanges: UInt64 { nvm.changes }

    /// Who watches frames.
    package var frameObserver: (any FrameObserver)? {
        get { receive.observer }
        set { (receive.observer, transmit.observer) = (newValue, newValue) }
    }

    /// Packets that went nowhere or lost something on the way, by reason, in the order a report lists them.
    public var counters: [(name: String, value: UInt64)] { losses + incomplete }

    /// Frames that went nowhere, by reason.
    package var losses: [(name: String, value: UInt64)] { DropReason.losses.map { ($0.name, drops[$0]) } }

    /// Frames that went without something their driver asked for.
    package var incomplete: [(name: String, value: UInt64)] { [("transmit_missed_checksum", transmit.missedChecksums)] }

    /// Whether a call of ``run()`` would find work.
    public var hasWork: Bool {
        (transmit.dueDoorbells(now: clock) != 0 && canTransmit) || (isReceiveNotified && receiveBuffer.isWaiting)
    }

    /// Does a bounded amount of pending work: due timers, one run of each ring whose doorbell rang, or of one of a pool's two,
    /// held frames that got descriptors, interrupts.
    public func run() {
        runTimers()
        transmit.runWriteBacks(&interrupts, now: clock)
        watchWire()
        transmitAll()
        let mayGoOn = isReceiveNotified
        isReceiveNotified = false
        if mayGoOn, receiveBuffer.isWaiting { deliverWaiting() }
        watchWire()
        finish()
    }

    /// Takes a batch from the uplink and delivers it.
    public func receiveFromUplink() {
        receiveAll()
        finish()
    }

    /// What follows from frames that went one way or the other.
    private func finish() {
        runFlowControl()
        deliverInterrupts()
        functions.reportLostMemory()
    }

    /// The uplink's carrier came or went.
    public func uplinkLinkChanged() {
        let hasCarrier = uplink.isLinkUp && !isUnplugged
        note(PortEvent.carrier(isUp: hasCarrier))
        deviceControl.setCarrier(hasCarrier, now: clock())
        apply([.link, .interrupts])
    }

    /// When ``run()`` has to be called next, in the clock's nanoseconds; `nil` when no timer runs.
    public var nextDeadline: UInt64? {
        let rateDeadline = canTransmit ? transmit.rates.nextRelease(transmit.doorbells) : nil
        let memoryDeadline = canTransmit && transmit.busyDoorbells != 0 ? clock() &+ Self.memoryRetry : nil
        let deadlines: InlineArray<8, UInt64?> = [
            memoryDeadline, interrupts.nextDeadline, deviceControl.nextDeadline, rateDeadline, wireDeadline,
            flowDeadline,
            time.nextDeadline, transmit.writeBacks.nextDeadline,
        ]
        var earliest = UInt64.max
        for index in deadlines.indices { earliest = min(earliest, deadlines[index] ?? .max) }
        return earliest == .max ? nil : earliest
    }

    /// When to try again what has to wait for memory that is reached by messages, in nanoseconds.
    private static let memoryRetry: UInt64 = 500_000

    private func runTimers() {
        if let deadline = deviceControl.nextDeadline, clock() >= deadline {
            note(PortEvent.timer)
            apply(deviceControl.run(now: clock()))
        }
        if let deadline = time.nextDeadline, clock() >= deadline {
            note(PortEvent.timer)
            time.run(now: clock(), &interrupts)
        }
    }
}
