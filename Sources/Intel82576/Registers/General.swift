extension Port {
    // MARK: CTRL, STATUS and the link

    /// CTRL.RST and PHY_RST read back as zero: both are done at once.
    func writeControl(_ value: CTRL) {
        if value.isReset { return reset(.software) }
        registers[CTRL.self] = CTRL(raw: value.raw & ~(CTRL.resetBit | CTRL.phyResetBit))
        if value.isPHYReset {
            phy.reset(now: clock())
            isPHYResetAsserted = true
        }
        updateMaster()
        updateLink()
    }

    /// STATUS is read-only but for PHYRA, which a write of zero clears.
    func writeStatus(_ value: UInt32) {
        if !STATUS(raw: value).isPHYResetAsserted { isPHYResetAsserted = false }
    }

    /// PHYRA lives in the otherwise unused word of STATUS.
    private var isPHYResetAsserted: Bool {
        get { registers[STATUS.self].isPHYResetAsserted }
        set {
            var status = registers[STATUS.self]
            status.isPHYResetAsserted = newValue
            registers[STATUS.self] = status
        }
    }

    /// STATUS as it is now.
    var status: STATUS {
        var status = STATUS(raw: 0)
        status.isPHYResetAsserted = isPHYResetAsserted
        status.isFullDuplex = link.isFullDuplex
        status.isLinkUp = link.isUp
        status.speed = link.speed
        status.isMasterEnabled = !registers[CTRL.self].isMasterDisabled
        status.isClockGated = true
        return status
    }

    /// Composes the link from carrier, PHY and CTRL, and raises LSC when it came or went.
    func updateLink() {
        let control = registers[CTRL.self]
        var new = phy.link
        if control.isSpeedForced { new.speed = control.speed }
        if control.isDuplexForced { new.isFullDuplex = control.isFullDuplex }
        new.isUp = new.isUp && control.isLinkEnabled
        let changed = new.isUp != link.isUp || phy.takeLinkChange()
        link = new
        updateLoopback()
        guard changed else { return }
        interrupts.raise(.linkStatusChange)
        if link.isUp { ringEnabledDoorbells() }
        isReceiveKicked = true
    }

    /// RCTL.LBM, or the PHY's own loopback.
    func updateLoopback() {
        isLoopback = registers[RCTL.self].loopbackMode != 0 || phy.isLoopback
    }

    func updateMaster() {
        isMaster = configuration.isBusMaster && !registers[CTRL.self].isMasterDisabled
        if isMaster { ringEnabledDoorbells() }
        isReceiveKicked = true
    }

    /// CTRL_EXT.EXT_VLAN: frames carry an outer tag.
    var isExtendedVLAN: Bool { registers[CTRL_EXT.self].isExtendedVLAN }
    /// CTRL.VME: the receiver takes the tag out of the frame.
    var isStrippingVLAN: Bool { registers[CTRL.self].stripsVLAN }

    // MARK: NVM and MDIC

    func readNVMRegister(_ name: RegisterName) -> UInt32 {
        switch name {
        case .EECD: nvm.eecd.raw
        case .EERD: nvm.eerd.raw
        case .SWSM: nvm.readSWSM().raw
        case .SW_FW_SYNC: nvm.softwareFirmwareSync
        default: 0
        }
    }

    func writeGeneralRegister(_ entry: RegisterMap.Entry, _ value: UInt32) {
        switch entry.name {
        case .EECD: nvm.writeEECD(EECD(raw: value))
        case .EERD: nvm.writeEERD(EERD(raw: value))
        case .SWSM: nvm.writeSWSM(SWSM(raw: value))
        case .SW_FW_SYNC: nvm.softwareFirmwareSync = value & 0xFFFF
        case .MDIC:
            registers[MDIC.self] = phy.access(MDIC(raw: value), now: clock())
            updateLink()
        default:
            let word = Int(entry.canonicalWord)
            let stored = rules.write(entry.row, registers[word: word], value)
            registers[word: word] = stored & ~(CTRL_EXT.eepromResetBit | CTRL_EXT.pfResetDoneBit)
            if value & CTRL_EXT.eepromResetBit != 0 { loadFromNVM() }
        }
    }

    /// What the EEPROM loads at reset: the station address.
    func loadFromNVM() {
        let (low, high) = nvm.macAddress.registerWords
        registers[word: AddressFilter.word(0)] = low
        registers[word: AddressFilter.word(0) + 1] = high | 1 << 31
        addressFilter = AddressFilter(registers)
    }
}
