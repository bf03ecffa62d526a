extension Port {
    enum ResetLevel {
        /// CTRL.RST: MAC, DMA and filters; not the PHY, not configuration space, not what the table keeps.
        case software
        /// FLR, and D3hot to D0: all registers; not the PHY's link.
        case function
        /// Everything.
        case powerOn
    }

    /// Puts registers and what hangs on them back to their reset values. Datasheet 4.2.
    func reset(_ level: ResetLevel) {
        updateVirtualFunctions()
        for spec in RegisterTable.physical where level != .software || spec.resetScope == .software {
            for offset in spec.offsets where RegisterMap.shared[Int(offset) / 4]?.name == spec.name {
                registers[word: Int(offset) / 4] = spec.reset
            }
        }
        resetUnits(level)
        disableVirtualQueues()
        announceReset()
        loadFromNVM()
        updateRSSKey()
        poolFilters.load(registers)
        queueFilters.load(registers)
        updateMaster()
        updateLink()
        // Last, because the link going down is no cause that survives.
        resetInterrupts(level)
    }

    private func resetInterrupts(_ level: ResetLevel) {
        let eitr = interrupts.eitr
        interrupts.reset()
        if level == .software {
            for vector in 0..<Interrupts.vectorCount { interrupts.writeEITR(vector, eitr[vector]) }
        } else {
            msix.reset()
        }
        updateInterruptMode()
    }

    private func resetUnits(_ level: ResetLevel) {
        nvm.reset()
        semaphores.reset()
        if level == .powerOn { phy.reset(now: clock()) }
        for queue in 0..<16 { resetTransmitQueue(queue) }
        doorbells = 0
        rates.reset()
        time = SystemTime(now: clock())
        timers.reset(keepsFreeRunning: level == .software, now: clock())
        flow = FlowControl()
        // Frames held for descriptors that are gone are gone too, like the packet buffer's contents.
        uplinkBatch.removeAll()
        laterBatch.removeAll()
        segmentBatch.removeAll()
        packetBuffer.removeAll()
        receive = Receive()
        storm = StormControl()
        wantsFrames = true
    }
}
