// Which functions may send requests: DMA, and the messages that interrupts are.

extension Port {
    /// The function that owns `queue` may send requests: for DMA of its descriptors and buffers.
    @inline(__always)
    func isMaster(of queue: Int) -> Bool { masterQueues & 1 &<< UInt32(truncatingIfNeeded: queue) != 0 }

    /// A VF is its own bus master, but sleeps with the PF.
    func updateMasterQueues() {
        let before = masterQueues
        masterQueues = isMaster ? 0xFFFF : 0
        for index in 0..<enabledVirtualFunctions {
            let queues: UInt32 = 0x101 &<< UInt32(index)
            let isOn = virtuals[index].configuration.isBusMaster && isAwake
            masterQueues = isOn ? masterQueues | queues : masterQueues & ~queues
        }
        guard masterQueues & ~before != 0 else { return }
        ringEnabledDoorbells()
        isReceiveKicked = true
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
        for index in 0..<enabledVirtualFunctions {
            let configuration = virtuals[index].configuration
            guard configuration.isMSIXEnabled, configuration.isBusMaster, isAwake else { continue }
            interrupts.virtual.deliverable |= VirtualInterrupts.mask(index)
        }
    }
}
