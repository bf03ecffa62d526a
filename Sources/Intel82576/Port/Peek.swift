// SPDX-License-Identifier: Apache-2.0

// Registers as they are, for whoever looks at a port from outside: nothing of what a driver's read does besides happens.

extension Port {
    /// What a driver's read of `name[element]` would give. Nothing is cleared, latched, taken or acknowledged by it, and no
    /// interrupt leaves.
    /// - Returns: `nil` past the end of the array, and for names that this chip has not or that only VFs see.
    package func peek(_ name: RegisterName, _ element: Int = 0) -> UInt32? {
        guard let word = RegisterMap.shared.find(name, element), let entry = RegisterMap.shared[word],
            RegisterTable.physical[Int(entry.row)].coverage != .absent, entry.name == name
        else { return nil }
        return peek(entry)
    }

    /// What VF `index`, 0 to 7, would read at `offset` of its register space, without the effects of a read.
    /// - Returns: `nil` for holes and for what is no multiple of 4, and while the VF does not exist.
    package func peekVirtual(_ index: Int, _ offset: Int) -> UInt32? {
        guard index >= 0, functions.exists(index), offset & 3 == 0,
            let entry = VirtualRegisterMap.shared[offset / 4]
        else { return nil }
        if entry.isVector { return interrupts.readVectors(entry.name, of: index) }
        return RegisterMap.shared[entry.offset(of: index) / 4].map(peek)
    }

    private func peek(_ entry: RegisterMap.Entry) -> UInt32 {
        switch entry.owner {
        // Reads have no effects in this block.
        case .deviceControl: deviceControl.read(entry, isPaused: isPaused, functions)
        case .nvm: nvm.stored(entry)
        case .interrupts: interrupts.peek(entry)
        case .mailbox: mailbox.peek(entry)
        case .time: time.peek(entry, now: clock())
        case .table, .statistics, .functions, .transmit, .receive, .switch: registers.peek(entry)
        }
    }
}
