// SPDX-License-Identifier: Apache-2.0

// What faults that are injected on purpose do to a port; see PortFaults.swift.

extension Port {
    /// Queues of these sets stop, a bit each, until ``unhang(transmit:receive:)`` or a reset of theirs.
    func hang(transmit: UInt32, receive: UInt32) {
        functions.owners.hang(transmit: transmit, receive: receive)
    }

    func unhang(transmit: UInt32, receive: UInt32) {
        functions.owners.unhang(transmit: transmit, receive: receive)
        apply([.transmit, .receive])
    }

    /// DMA of the PF (0) or VF `number - 1` fails, or works again.
    func setMemory(of number: Int, isReachable: Bool) {
        let memory = number == 0 ? functions.memory : functions.virtualMemories[number - 1]
        memory.setReachable(isReachable)
        if isReachable { apply([.transmit, .receive]) }
    }

    /// Resets VF `index`, as VTCTRL.RST does, and tells it by RSTD, as after a reset of the PF. False if it does not exist.
    package func resetVF(_ index: Int) -> Bool {
        guard functions.exists(index) else { return false }
        apply([.virtualReset(index), .interrupts])
        registers[VFMAILBOX.self, index].isResetDone = true
        return true
    }

    /// How interrupts of the PF (0) or VF `number - 1` leave now.
    func delivery(of number: Int) -> Interrupts.Delivery {
        guard number > 0 else { return functions.delivery }
        return functions.deliverableVectors & VirtualInterrupts.mask(number - 1) != 0 ? .msix : .none
    }
}

extension Interrupts {
    /// Sets causes and masks of `vectors`, a bit each, of the PF (0) or VF `number - 1`, whose message left without arriving,
    /// to what they were before it. It is not sent again.
    mutating func restore(_ vectors: UInt32, of number: Int) {
        if number > 0 { return virtual.restore(vectors, of: number - 1) }
        guard mode == .multipleMSIX else { return }
        eicr |= vectors & eiac
        if gpie.masksOnMessage { eims |= vectors & eiam }
    }
}
