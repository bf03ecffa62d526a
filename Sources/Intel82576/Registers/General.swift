extension Port {
    // MARK: CTRL, STATUS and the link

    /// CTRL.RST and PHY_RST read back as zero: both are done at once. With RST the rest of what is written is lost.
    private func writeControl(_ entry: RegisterMap.Entry, _ value: CTRL) -> RegisterEffects {
        if value.resetsPHY {
            phy.reset(now: clock())
            hasResetPHY = true
        }
        if value.resets { return [.softwareReset, .interrupts] }
        registers.write(entry, value.raw)
        return [.busMaster, .link, .interrupts]
    }

    /// STATUS is read-only but for PHYRA, which a write of zero clears.
    private func writeStatus(_ value: UInt32) {
        if !STATUS(raw: value).hasResetPHY { hasResetPHY = false }
    }

    /// PHYRA lives in the otherwise unused word of STATUS.
    private var hasResetPHY: Bool {
        get { registers[STATUS.self].hasResetPHY }
        set {
            var status = registers[STATUS.self]
            status.hasResetPHY = newValue
            registers[STATUS.self] = status
        }
    }

    /// STATUS as it is now.
    var status: STATUS {
        var status = STATUS(raw: 0)
        status.hasResetPHY = hasResetPHY
        status.isFullDuplex = link.isFullDuplex
        status.isLinkUp = link.isUp
        status.isPaused = isPaused
        status.speed = link.speed
        status.detectedSpeed = link.speed
        status.virtualFunctionCount = UInt32(min(configuration.virtualFunctionCount, 15))
        status.isVirtualized = configuration.isVirtualized
        status.isMasterEnabled = !registers[CTRL.self].disablesMaster
        status.raw |= 1 << 31
        return status
    }

    /// Composes the link from carrier, PHY and CTRL, and raises LSC when it came or went.
    func updateLink() {
        let control = registers[CTRL.self]
        var new = phy.link
        if control.forcesSpeed { new.speed = control.speed }
        if control.forcesDuplex { new.isFullDuplex = control.isFullDuplex }
        new.isUp = new.isUp && control.setsLinkUp
        // Both ends of the comparison are up when the PHY went down and up again in one step.
        let wentThrough = phy.takeLinkChange() && new.isUp && link.isUp
        let changed = new.isUp != link.isUp || wentThrough
        link = new
        updateLoopback()
        tellUplink(phy.link.isUp && !phy.loopsBack)
        guard changed else { return }
        interrupts.raise(.linkStatusChange)
        if link.isUp { transmit.ringEnabledDoorbells() }
        isReceiveNotified = true
    }

    /// A powered-down PHY, for one, is seen at the other end of the cable; SLU is not.
    private func tellUplink(_ isUp: Bool) {
        guard isUp != hasUplinkLink else { return }
        hasUplinkLink = isUp
        uplink.portLinkChanged(isUp: isUp)
    }

    /// RCTL.LBM, or the PHY's own loopback.
    func updateLoopback() {
        isLoopback = registers[RCTL.self].loopbackMode != 0 || phy.loopsBack
    }

    func updateMaster() {
        isMaster = configuration.isBusMaster && !registers[CTRL.self].disablesMaster
        interrupts.deliver(by: delivery)
        if isMaster { transmit.ringEnabledDoorbells() }
        updateMasterQueues()
        isReceiveNotified = true
    }

    /// What configuration space lets interrupts leave by. MSI-X and MSI are memory writes and need mastering.
    var delivery: Interrupts.Delivery {
        if configuration.isMSIXEnabled { return isMaster ? .msix : .none }
        if configuration.isMSIEnabled { return isMaster ? .msi : .none }
        return configuration.isINTxDisabled ? .none : .intx
    }

    // MARK: NVM and MDIC

    func readGeneralRegister(_ entry: RegisterMap.Entry) -> UInt32 {
        entry.name == .STATUS ? status.raw : registers.read(entry)
    }

    func writeGeneralRegister(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        switch entry.name {
        case .CTRL: return writeControl(entry, CTRL(raw: value))
        case .STATUS: writeStatus(value)
        case .MDIC:
            let command = MDIC(raw: value)
            registers[MDIC.self] = phy.access(mdic: command, now: clock())
            if command.interrupts { interrupts.raise(.managementDataAccess) }
            return [.link, .interrupts]
        case .CTRL_EXT:
            var control = CTRL_EXT(raw: value)
            let reloads = control.reloads
            control.reloads = false
            registers[CTRL_EXT.self] = control
            return (reloads ? RegisterEffects.reloadNVM : []).union(
                control.isPhysicalFunctionReady ? [.resetDone, .interrupts] : [])
        default: break
        }
        return []
    }

    /// What the EEPROM loads at reset: station address, LEDs, software-definable pins.
    func loadFromNVM() {
        let (low, high) = nvm.image.macAddress.registerWords
        registers[RAL.self].raw = low
        registers[RAH.self].raw = high
        registers[RAH.self].isValid = true
        bridge.load()
        registers[word: RegisterMap.word(of: .LEDCTL)] = nvm.image.ledControl
        let pins = SoftwarePinsWord(raw: nvm.image[SoftwarePinsWord.port0])
        registers[CTRL.self].load(pins)
        registers[CTRL_EXT.self].load(pins)
    }
}
