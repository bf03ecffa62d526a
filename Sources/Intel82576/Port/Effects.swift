// What register accesses ask of other blocks.

extension Port {
    /// Does what an access to one block asks of the others, in the order of the cases below.
    func apply(_ effects: RegisterEffects) {
        guard !effects.isEmpty else { return }
        if effects.contains(.softwareReset) { reset(.software) }
        for index in 0..<8 where effects.virtualResets &>> UInt32(index) & 1 != 0 { resetVirtualFunction(index) }
        if effects.contains(.reloadNVM) { loadFromNVM() }
        if effects.contains(.resetDone) { mailbox.announceResetDone(to: owners.virtualFunctions, &interrupts) }
        if effects.contains(.busMaster) { updateMaster() }
        if effects.contains(.link) { updateLink() }
        if effects.contains(.pauseRequest) { receive.flow.request() }
        if effects.contains(.transmit) { transmit.ringEnabledDoorbells() }
        if effects.contains(.receive) { isReceiveNotified = true }
        if effects.contains(.interrupts) { deliverInterrupts() }
    }
}
