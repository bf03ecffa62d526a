// SPDX-License-Identifier: Apache-2.0

// Register accesses: each goes to the block that the register belongs to, which returns what it asks of the other blocks.

extension Port {
    /// Reads the 32-bit register at `offset` of BAR 0, with the side effects a driver's read has. Holes read as zero.
    func readRegister(_ offset: Int) -> UInt32 {
        guard let entry = RegisterMap.shared[offset / 4] else { return 0 }
        switch entry.owner {
        case .deviceControl: return deviceControl.read(entry, isPaused: isPaused, functions)
        case .nvm: return nvm.read(entry)
        case .interrupts:
            defer { apply(.interrupts) }
            return interrupts.read(entry)
        case .mailbox: return mailbox.read(entry)
        case .time: return time.read(entry, now: clock())
        case .statistics: return registers.readOctets(entry)
        case .table, .functions, .transmit, .receive, .switch: return registers.read(entry)
        }
    }

    /// What a write of some bytes of the register at `offset` leaves in the others, without the side effects of a read;
    /// zero where writing ones has an effect.
    func storedRegister(_ offset: Int) -> UInt32 {
        guard let entry = RegisterMap.shared[offset / 4] else { return 0 }
        switch entry.owner {
        case .nvm: return nvm.stored(entry)
        case .interrupts: return interrupts.stored(entry)
        default: return registers.stored(entry)
        }
    }

    /// Writes the 32-bit register at `offset` of BAR 0. Holes ignore writes.
    func writeRegister(_ offset: Int, _ value: UInt32) {
        guard let entry = RegisterMap.shared[offset / 4] else { return }
        apply(write(entry, value))
    }

    @inline(__always)
    private func write(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        switch entry.owner {
        case .transmit: return transmit.write(entry, value, &interrupts)
        case .receive: return receive.write(entry, value)
        case .switch: return bridge.write(entry, value)
        case .deviceControl: return deviceControl.write(entry, value, now: clock(), &interrupts)
        case .nvm: return nvm.write(entry, value, now: clock())
        case .interrupts: return interrupts.write(entry, value, now: clock())
        case .mailbox: return mailbox.write(entry, value, &interrupts)
        case .time: return time.write(entry, value, now: clock(), &interrupts)
        case .functions: return functions.write(entry, value)
        case .table, .statistics:
            registers.write(entry, value)
            return []
        }
    }
}

// MARK: The register space of a VF. Most of it leads to registers of the port. Datasheet 8.26 and 8.27

extension Port {
    /// Reads the register at `offset` of VF `index`, with the side effects a driver's read has. Holes read as zero.
    /// - Precondition: the VF exists.
    func readVirtualRegister(_ index: Int, _ offset: Int) -> UInt32 {
        guard let entry = VirtualRegisterMap.shared[offset / 4] else { return 0 }
        return entry.isVector
            ? interrupts.readVectors(entry.name, of: index) : readRegister(entry.offset(of: index))
    }

    /// What a write of some bytes of the register at `offset` of VF `index` leaves in the others.
    func storedVirtualRegister(_ index: Int, _ offset: Int) -> UInt32 {
        guard let entry = VirtualRegisterMap.shared[offset / 4] else { return 0 }
        return entry.isVector
            ? interrupts.readVectors(entry.name, of: index) : storedRegister(entry.offset(of: index))
    }

    /// Writes the register at `offset` of VF `index`. Holes ignore writes.
    /// - Precondition: the VF exists.
    func writeVirtualRegister(_ index: Int, _ offset: Int, _ value: UInt32) {
        guard let entry = VirtualRegisterMap.shared[offset / 4], !entry.isReadOnly else { return }
        if entry.isVector {
            interrupts.writeVectors(entry.name, of: index, value)
        } else {
            writeRegister(entry.offset(of: index), value)
        }
    }
}

// MARK: Effects

extension Port {
    /// Does what an access to one block asks of the others, in the order of the statements below.
    func apply(_ requested: RegisterEffects) {
        guard !requested.isEmpty else { return }
        var effects = requested
        if effects.contains(.softwareReset) { reset(.software) }
        var resets = effects.virtualResets
        while resets != 0 {
            resetVirtualFunction(resets.trailingZeroBitCount)
            resets &= resets &- 1
        }
        if effects.contains(.reloadNVM) { loadFromNVM() }
        if effects.contains(.resetDone) { mailbox.announceResetDone(to: functions.enabledCount, &interrupts) }
        if effects.contains(.busMaster) { effects.formUnion(updateMasters()) }
        if effects.contains(.link) { effects.formUnion(updateLink()) }
        if effects.contains(.pauseRequest) { receive.flow.request() }
        if effects.contains(.transmit) { transmit.ringEnabledDoorbells() }
        if effects.contains(.receive) { isReceiveNotified = true }
        if effects.contains(.interrupts) { deliverInterrupts() }
    }

    private func updateMasters() -> RegisterEffects {
        let effects = functions.updateMasters(isDisabled: registers[CTRL.self].disablesMaster)
        interrupts.deliver(by: functions.delivery)
        interrupts.virtual.deliverable = functions.deliverableVectors
        return effects
    }

    private func updateLink() -> RegisterEffects {
        let effects = deviceControl.updateLink(&interrupts)
        if let isUp = deviceControl.takeUplinkChange() { uplink.portLinkChanged(isUp: isUp) }
        return effects
    }

    /// Sends the messages of all functions that are due.
    func deliverInterrupts() {
        let before = interrupts.messages
        interrupts.deliver(now: clock(), to: host(of: 0))
        let sent = interrupts.messages &- before
        registers.add(UInt32(truncatingIfNeeded: sent), to: IAC.self)
        interruptCounts[0] &+= sent
        guard functions.enabledCount > 0 else { return }
        var vectors = interrupts.takeVirtual(now: clock())
        while vectors != 0 {
            let (index, vector) = VirtualInterrupts.owner(of: vectors.trailingZeroBitCount)
            vectors &= vectors &- 1
            interruptCounts[index + 1] &+= 1
            host(of: index + 1)?.sendMSIX(vector)
        }
    }
}
