extension Port {
    /// Puts registers and what hangs on them back to their reset values. Datasheet 4.2.
    func reset(_ level: ResetLevel) {
        updateVirtualFunctions()
        registers.reset(level)
        resetUnits(level)
        disableVirtualQueues()
        mailbox.announceReset(to: owners.virtualFunctions, &interrupts)
        loadFromNVM()
        bridge.load()
        receive.load()
        updateMaster()
        updateLink()
        // Last, because the link going down is no cause that survives.
        interrupts.reset(keepsThrottles: level == .software)
        if level != .software { msix.reset() }
    }

    private func resetUnits(_ level: ResetLevel) {
        nvm.reset()
        if level == .powerOn { phy.reset(now: clock()) }
        time.reset(keepsFreeRunning: level == .software, now: clock())
        transmit.reset()
        bridge.reset()
        receive.reset()
        // Frames held for descriptors that are gone are gone too, like the packet buffer's contents.
        receiveBuffer.reset()
        wantsFrames = true
    }
}
