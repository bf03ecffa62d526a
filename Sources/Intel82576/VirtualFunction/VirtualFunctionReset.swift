// Which VFs exist, and what their resets do. Datasheet 4.2.2 and 7.10.

extension Port {
    /// VF Enable or NumVFs may have changed: VFs appear, with their queues in reset state, or vanish and leave their
    /// queues to the PF the same way.
    func updateVirtualFunctions() {
        let new = configuration.isVirtualized ? min(configuration.virtualFunctionCount, virtuals.count) : 0
        let old = owners.virtualFunctions
        guard new != old else { return }
        for index in stride(from: new, to: old, by: 1) {
            resetVirtualFunction(index)
            enablePool(index, true)
        }
        owners.virtualFunctions = new
        interrupts.setVirtualFunctions(new)
        for index in stride(from: old, to: new, by: 1) {
            clearVirtualFunction(index)
            clearVirtualCounters(index)
        }
        updateMaster()
        updateVirtualInterruptMode()
    }

    /// VF reset: VTCTRL.RST through either side, FLR, a client that comes or goes, VF Enable cleared. The PF's driver is
    /// told by VFLRE and ICR.VMMB.
    ///
    /// Counters stay, see ``clearVirtualCounters(_:)``.
    func resetVirtualFunction(_ index: Int) {
        guard index < owners.virtualFunctions else { return }
        clearVirtualFunction(index)
        mailbox.announceVirtualReset(index, &interrupts)
        deliverInterrupts()
    }

    /// Puts all that a VF owns into reset state: nothing of its past is left for the next driver to read or to run on.
    private func clearVirtualFunction(_ index: Int) {
        for queue in [index, index + 8] { clearQueue(queue) }
        interrupts.resetVirtual(index)
        registers[word: RegisterMap.word(of: .PSRTYPE, index)] = 0
        enablePool(index, false)
        mailbox.reset(index)
        isReceiveNotified = true
    }

    /// Ring, enables, contexts and drop counter of a queue. It is disabled, also queue 0, which starts enabled as a
    /// queue of the PF.
    private func clearQueue(_ queue: Int) {
        for (offset, reset) in Self.queueResets { registers[word: (offset + 0x40 * queue) / 4] = reset }
        transmit.reset(queue)
        transmit.unblock(queue)
        transmit.doorbells &= ~(1 &<< UInt32(queue))
    }

    /// Offset for queue 0, and reset value of queues that start disabled.
    private static let queueResets: [(offset: Int, reset: UInt32)] =
        (RegisterTable.receiveQueues + RegisterTable.transmitQueues).filter { $0.count > 1 }.map {
            (Int($0.offset & ~0x3FF | $0.offset & 0x3F), $0.reset)
        }

    /// VFRE and VFTE.
    private func enablePool(_ index: Int, _ on: Bool) {
        let bit: UInt32 = 1 &<< UInt32(index)
        for word in [RegisterMap.word(of: .VFRE), RegisterMap.word(of: .VFTE)] {
            registers[word: word] = registers[word: word] & ~bit | (on ? bit : 0)
        }
    }

    /// The VF's statistics, which neither CTRL.RST nor a VF reset clears: for one that appears, or gets a new client.
    ///
    /// No public manual at hand says what clears them. Linux' igbvf and DPDK's net_e1000_igb_vf read them when they are
    /// loaded and never again after a reset, their own or the PF's, and take a smaller value for a wrap at 32 bits
    /// (UPDATE_VF_COUNTER, UPDATE_VF_STAT): zero would be 2^32 more. illumos' igbvf says that FLR clears them, and writes
    /// what it saved back, which nothing needs here. ixgbevf reads its own chip's anew after each reset.
    func clearVirtualCounters(_ index: Int) {
        guard index < owners.virtualFunctions else { return }
        for word in Self.counters { registers[word: word + index * 0x100 / 4] = 0 }
    }

    private static let counters: [Int] = [
        .PFVFGPRC, .PFVFGPTC, .PFVFGORC, .PFVFGOTC, .PFVFMPRC, .PFVFGPRLBC, .PFVFGPTLBC, .PFVFGORLBC, .PFVFGOTLBC,
    ].map { RegisterMap.word(of: $0) }

    /// What a PF reset does to VFs that stay: queue 0, which starts enabled in the PF's hands, is off too.
    func disableVirtualQueues() {
        for queue in 0..<16 where queue & 7 < owners.virtualFunctions { clearQueue(queue) }
    }
}
