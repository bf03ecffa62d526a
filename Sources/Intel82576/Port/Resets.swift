// SPDX-License-Identifier: Apache-2.0

// Resets of the port and of its VFs: which blocks they reach, in which order. Datasheet 4.2.

extension Port {
    /// Puts registers and what hangs on them back to their reset values.
    func reset(_ level: ResetLevel) {
        updateVirtualFunctions()
        functions.owners.unhang(transmit: 0xFFFF, receive: 0xFFFF)
        let setsLinkUp = registers[CTRL.self].setsLinkUp
        registers.reset(level)
        if level == .software { registers[CTRL.self].setsLinkUp = setsLinkUp }
        nvm.reset()
        if level == .powerOn { deviceControl.resetPHY(now: clock()) }
        time.reset(keepsFreeRunning: level == .software, now: clock())
        transmit.reset()
        bridge.reset()
        receive.reset()
        // Frames held for descriptors that are gone are gone too, like the packet buffer's contents.
        receiveBuffer.reset(receive)
        wantsFrames = true
        // Queue 0, which starts enabled in the PF's hands, is off as a VF's.
        for queue in 0..<16 where functions.owners.isVirtual(queue) { clearQueue(queue) }
        mailbox.announceReset(to: functions.enabledCount, &interrupts)
        loadFromNVM()
        bridge.load()
        receive.load()
        apply([.busMaster, .link, .receive])
        // Last, because the link going down is no cause that survives.
        interrupts.reset(keepsThrottles: level == .software)
        functions.withdrawMessages()
        if level != .software { functions.state.physical.msix.reset() }
        note(.port(level))
    }

    /// What the EEPROM loads at reset: station address, LEDs, software-definable pins.
    func loadFromNVM() {
        let (low, high) = nvm.image.macAddress.registerWords
        registers[RAL.self].raw = low
        registers[RAH.self] = RAH(raw: high)
        registers[RAH.self].isValid = true
        bridge.load()
        deviceControl.load(nvm.image)
    }

    /// The PF's client has left, and what it changed in the EEPROM with it unless that is kept.
    func powerCycle() {
        nvm.powerCycle()
        functions.powerCycle(nvm.image)
    }
}

// MARK: Virtual functions

extension Port {
    /// VF Enable or NumVFs may have changed: VFs appear, with their queues in reset state, or vanish and leave their
    /// queues to the PF the same way.
    func updateVirtualFunctions() {
        let (old, new) = (functions.enabledCount, functions.requestedCount)
        guard new != old else { return }
        for index in stride(from: new, to: old, by: 1) {
            resetVirtualFunction(index)
            bridge.setEnabled(true, pool: index)
        }
        functions.setEnabledCount(new)
        transmit.rates.virtualFunctions = new
        interrupts.setVirtualFunctions(new)
        for index in stride(from: old, to: new, by: 1) {
            clearVirtualFunction(index)
            registers.clearCounters(of: index)
        }
        apply(.busMaster)
    }

    /// VF reset: VTCTRL.RST through either side, FLR, a client that comes or goes, VF Enable cleared. The PF's driver is
    /// told.
    ///
    /// Counters stay, see ``RegisterFile/clearCounters(of:)``.
    func resetVirtualFunction(_ index: Int) {
        guard functions.exists(index) else { return }
        clearVirtualFunction(index)
        mailbox.announceVirtualReset(index, &interrupts)
        note(.virtualFunction(index))
    }

    /// Puts all that a VF owns into reset state: nothing of its past is left for the next driver to read or to run on.
    private func clearVirtualFunction(_ index: Int) {
        for queue in [index, index + 8] { clearQueue(queue) }
        interrupts.resetVirtual(index)
        functions.withdrawMessages(of: index)
        registers[PSRTYPE.self, index].raw = 0
        bridge.setEnabled(false, pool: index)
        mailbox.reset(index)
        apply(.receive)
    }

    private func clearQueue(_ queue: Int) {
        registers.resetQueue(queue)
        functions.owners.unhang(transmit: 1 &<< UInt32(queue), receive: 1 &<< UInt32(queue))
        transmit.clear(queue)
    }
}
