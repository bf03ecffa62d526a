// Which functions may send requests: DMA, and the messages that interrupts are.

extension Port {
    /// A VF is its own bus master, but sleeps with the PF.
    func updateMasterQueues() {
        let before = owners.masters
        owners.masters = isMaster ? 0xFFFF : 0
        for index in 0..<owners.virtualFunctions {
            let queues: UInt32 = 0x101 &<< UInt32(index)
            let isOn = virtuals[index].configuration.isBusMaster && isAwake
            owners.masters = isOn ? owners.masters | queues : owners.masters & ~queues
        }
        guard owners.masters & ~before != 0 else { return }
        transmit.ringEnabledDoorbells()
        isReceiveNotified = true
    }

    /// Bus mastering or MSI-X of a VF was switched.
    func virtualConfigurationChanged() {
        updateMasterQueues()
        updateVirtualInterruptMode()
        deliverInterrupts()
    }

    /// Which VFs' messages can leave.
    func updateVirtualInterruptMode() {
        interrupts.virtual.deliverable = 0
        for index in 0..<owners.virtualFunctions {
            let configuration = virtuals[index].configuration
            guard configuration.isMSIXEnabled, configuration.isBusMaster, isAwake else { continue }
            interrupts.virtual.deliverable |= VirtualInterrupts.mask(index)
        }
    }
}
