// SPDX-License-Identifier: Apache-2.0

/// Device control: CTRL, STATUS, CTRL_EXT and MDIC, the PHY behind them, and the link that they make together.
///
/// What a saved device needs is in ``state`` and in the block's registers.
///
/// - Datasheet: Device Control, Device Status, Extended Device Control and MDI Control registers
struct DeviceControl {
    struct State {
        var phy = PHY()
        /// The MAC's view of the link: the PHY's, as CTRL overrides it.
        var link = Link.down
        /// The uplink was last told that the PHY has a link. Before it is told anything it takes the link for up.
        var isUplinkLinkUp = true
    }

    private(set) var state = State()
    /// Injected on purpose.
    var faults = PHYFaults()
    /// Transmitted frames come back instead of leaving: RCTL.LBM, or the PHY's own loopback.
    private(set) var isLoopback = false
    private let registers: RegisterFile

    /// - Parameter isSynchronous: auto-negotiation takes no time.
    init(_ registers: RegisterFile, isSynchronous: Bool) {
        self.registers = registers
        if isSynchronous { state.phy.negotiationTime = 0 }
    }

    var link: Link { @inline(__always) get { state.link } }

    // MARK: Link

    /// The uplink's carrier came or went.
    mutating func setCarrier(_ isUp: Bool, now: UInt64) { state.phy.setCarrier(isUp, now: now) }

    /// When ``run(now:)`` has to be called next; `nil` while the PHY does not negotiate.
    var nextDeadline: UInt64? { state.phy.nextDeadline }

    /// Lets the PHY's auto-negotiation complete.
    mutating func run(now: UInt64) -> RegisterEffects {
        state.phy.advance(to: now)
        return .link
    }

    /// Composes the link from carrier, PHY and CTRL, and raises LSC when it came or went.
    mutating func updateLink(_ interrupts: inout Interrupts) -> RegisterEffects {
        let control = registers[CTRL.self]
        var new = state.phy.link
        if control.forcesSpeed { new.speed = control.speed }
        if control.forcesDuplex { new.isFullDuplex = control.isFullDuplex }
        new.isUp = new.isUp && control.setsLinkUp
        // Both ends of the comparison are up when the PHY went down and up again in one step.
        let wentThrough = state.phy.takeLinkChange() && new.isUp && link.isUp
        let isChanged = new.isUp != link.isUp || wentThrough
        state.link = new
        isLoopback = registers[RCTL.self].loopbackMode != 0 || state.phy.loopsBack
        guard isChanged else { return [] }
        interrupts.raise(.linkStatusChange)
        return link.isUp ? [.transmit, .receive] : .receive
    }

    /// The link that the uplink is to be told of; `nil` when it knows. A powered-down PHY, for one, is seen at the other
    /// end of the cable; CTRL.SLU is not.
    mutating func takeUplinkChange() -> Bool? {
        let isUp = state.phy.link.isUp && !state.phy.loopsBack
        guard isUp != state.isUplinkLinkUp else { return nil }
        state.isUplinkLinkUp = isUp
        return isUp
    }

    // MARK: Resets

    /// Power-on reset, which is the only one that reaches the PHY: its registers go back, and the link drops.
    mutating func resetPHY(now: UInt64) { state.phy.reset(now: now) }

    /// Loads what the EEPROM has for this block: LEDs and software-definable pins.
    func load(_ image: NVMImage) {
        registers[LEDCTL.self].raw = image.ledControl
        let pins = SoftwarePinsWord(raw: image[SoftwarePinsWord.port0])
        registers[CTRL.self].load(pins)
        registers[CTRL_EXT.self].load(pins)
    }
}

// MARK: Registers

extension DeviceControl {
    /// A driver's read of one of the block's registers.
    func read(_ entry: RegisterMap.Entry, isPaused: Bool, _ functions: borrowing Functions) -> UInt32 {
        switch entry.name {
        case .STATUS: status(isPaused: isPaused, functions).raw
        case .PVTSTATUS: functions.exists(Int(entry.element)) ? status(isPaused: isPaused, functions).raw : 0
        default: registers.read(entry)
        }
    }

    /// A driver's write of one of the block's registers.
    mutating func write(
        _ entry: RegisterMap.Entry, _ value: UInt32, now: UInt64, _ interrupts: inout Interrupts
    ) -> RegisterEffects {
        switch entry.name {
        case .CTRL: return writeControl(entry, CTRL(raw: value), now: now)
        case .CTRL_EXT: return writeExtendedControl(CTRL_EXT(raw: value))
        case .MDIC:
            let command = MDIC(raw: value)
            registers[MDIC.self] = faults.answer(to: command) ?? state.phy.access(mdic: command, now: now)
            if command.interrupts, registers[MDIC.self].isReady { interrupts.raise(.managementDataAccess) }
            return [.link, .interrupts]
        case .STATUS:
            // Read-only but for PHYRA, which a write of zero clears.
            if !STATUS(raw: value).hasResetPHY { registers[STATUS.self].hasResetPHY = false }
            return []
        default: return []
        }
    }

    /// CTRL.RST and PHY_RST read back as zero: both are done at once. With RST the rest of what is written is lost, but
    /// for SLU.
    ///
    /// The datasheet has all of CTRL back at its reset values, and what becomes of bits that the same write sets is not
    /// known. Intel's drivers set SLU again after the reset, so they cannot tell; others (QEMU's qos-test, small systems)
    /// write both at once and expect a link. So SLU is what was written with RST.
    private mutating func writeControl(_ entry: RegisterMap.Entry, _ value: CTRL, now: UInt64) -> RegisterEffects {
        if value.resetsPHY {
            state.phy.reset(now: now)
            registers[STATUS.self].hasResetPHY = true
        }
        if value.resets {
            registers[CTRL.self].setsLinkUp = value.setsLinkUp
            return [.softwareReset, .interrupts]
        }
        registers.write(entry, value.raw)
        // TFCE is among the bits that say whether received frames are held.
        return [.busMaster, .link, .receive, .interrupts]
    }

    private func writeExtendedControl(_ value: CTRL_EXT) -> RegisterEffects {
        var control = value
        control.reloads = false
        registers[CTRL_EXT.self] = control
        var effects: RegisterEffects = []
        if value.reloads { effects.insert(.reloadNVM) }
        if value.isPhysicalFunctionReady { effects.formUnion([.resetDone, .interrupts]) }
        return effects
    }

    /// STATUS as it is now. Only PHYRA is stored, in its otherwise unused word.
    /// - Parameter isPaused: the link partner's PAUSE holds transmission.
    private func status(isPaused: Bool, _ functions: borrowing Functions) -> STATUS {
        var status = STATUS(raw: 1 << 31)
        status.hasResetPHY = registers[STATUS.self].hasResetPHY
        status.isFullDuplex = link.isFullDuplex
        status.isLinkUp = link.isUp
        status.isPaused = isPaused
        status.speed = link.speed
        status.detectedSpeed = link.speed
        let configuration = functions.state.physical.configuration
        status.virtualFunctionCount = UInt32(min(configuration.virtualFunctionCount, 15))
        status.isVirtualized = configuration.isVirtualized
        status.isMasterEnabled = !registers[CTRL.self].disablesMaster
        return status
    }
}
