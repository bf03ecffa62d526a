// Registers that store, and what the access and masks of their rows in the table make of reads and writes.

extension RegisterFile {
    /// A driver's read of a register that only stores. Bits that the table says a read clears are gone after it.
    @inline(__always)
    func read(_ entry: RegisterMap.Entry) -> UInt32 {
        let word = Int(entry.canonicalWord)
        let (value, left) = RegisterRules.shared.read(entry.row, self[word: word])
        if left != value { self[word: word] = left }
        return value
    }

    /// A driver's write of a register that only stores.
    @inline(__always)
    func write(_ entry: RegisterMap.Entry, _ value: UInt32) {
        let word = Int(entry.canonicalWord)
        self[word: word] = entry.merge(value, into: self[word: word])
    }

    /// What a write of some bytes of the register leaves in the others, without the effects of a read; zero where writing
    /// ones has an effect.
    func stored(_ entry: RegisterMap.Entry) -> UInt32 {
        RegisterRules.shared.isOverwritten(entry.row) ? self[word: Int(entry.canonicalWord)] : 0
    }

    /// Puts the registers that a reset of this level reaches back to their reset values.
    func reset(_ level: ResetLevel) {
        for spec in RegisterTable.physical where level != .software || spec.resetScope == .software {
            for offset in spec.offsets where RegisterMap.shared[Int(offset) / 4]?.name == spec.name {
                self[word: Int(offset) / 4] = spec.reset
            }
        }
    }
}

extension RegisterMap.Entry {
    /// What a write of `value` leaves in the register when it held `old`.
    @inline(__always)
    func merge(_ value: UInt32, into old: UInt32) -> UInt32 { RegisterRules.shared.write(row, old, value) }
}

/// How much a reset resets. Datasheet 4.2.
enum ResetLevel {
    /// CTRL.RST: MAC, DMA and filters; not the PHY, not configuration space, not what the register table keeps.
    case software
    /// Function level reset, and D3hot to D0: all registers; not the PHY's link.
    case function
    /// Everything.
    case powerOn
}
