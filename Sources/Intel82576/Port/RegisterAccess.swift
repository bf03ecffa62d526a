// Register accesses: each goes to the block that the register belongs to, and what it asks of the other blocks is done
// in a fixed order.

extension Port {
    /// Reads the 32-bit register at `offset` of BAR 0, with the side effects a driver's read has. Holes read as zero.
    func readRegister(_ offset: Int) -> UInt32 {
        guard let entry = RegisterMap.shared[offset / 4] else { return 0 }
        switch entry.owner {
        case .deviceControl: return entry.name == .PVTSTATUS ? readVirtualMirror(entry) : readGeneralRegister(entry)
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
        case .deviceControl: return writeGeneralRegister(entry, value)
        case .nvm: return nvm.write(entry, value, now: clock())
        case .interrupts: return interrupts.write(entry, value, now: clock())
        case .mailbox: return mailbox.write(entry, value, &interrupts)
        case .time: return time.write(entry, value, now: clock(), &interrupts)
        case .functions: return writeVirtualControl(entry, value)
        case .table, .statistics:
            registers.write(entry, value)
            return []
        }
    }
}
