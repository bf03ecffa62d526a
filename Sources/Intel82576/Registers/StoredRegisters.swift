// SPDX-License-Identifier: Apache-2.0

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

    /// What a driver's read would give, without its effects.
    func peek(_ entry: RegisterMap.Entry) -> UInt32 {
        RegisterRules.shared.read(entry.row, self[word: Int(entry.canonicalWord)]).value
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
        for (word, value) in level == .software ? Self.softwareResets : Self.allResets { self[word: Int(word)] = value }
    }

    private typealias Resets = ContiguousArray<(word: UInt16, value: UInt32)>

    private static let allResets = resets(RegisterTable.physical)
    private static let softwareResets = resets(RegisterTable.physical.filter { $0.resetScope == .software })

    private static func resets(_ rows: [RegisterSpec]) -> Resets {
        var resets = Resets()
        for spec in rows {
            for offset in spec.offsets where RegisterMap.shared[Int(offset) / 4]?.name == spec.name {
                resets.append((UInt16(offset / 4), spec.reset))
            }
        }
        return resets
    }
}

extension RegisterFile {
    /// Puts ring, enables and drop counter of `queue` to reset values. It is disabled, also queue 0, which starts enabled
    /// as a queue of the PF.
    func resetQueue(_ queue: Int) {
        for (offset, reset) in Self.queueResets { self[word: (offset + RDBAL.stride * queue) / 4] = reset }
    }

    /// Offset for queue 0, and reset value of queues that start disabled.
    private static let queueResets: [(offset: Int, reset: UInt32)] =
        (RegisterTable.receiveQueues + RegisterTable.transmitQueues).filter { $0.count > 1 }.map {
            (Int($0.offset & ~0x3FF | $0.offset & 0x3F), $0.reset)
        }
}

extension RegisterMap.Entry {
    /// What a write of `value` leaves in the register when it held `old`.
    @inline(__always)
    func merge(_ value: UInt32, into old: UInt32) -> UInt32 { RegisterRules.shared.write(row, old, value) }
}

/// How much a reset resets. Datasheet 4.2.
package enum ResetLevel: String, Sendable {
    /// CTRL.RST: MAC, DMA and filters; not the PHY, not configuration space, not what the register table keeps.
    case software
    /// Function level reset, and D3hot to D0: all registers; not the PHY's link.
    case function
    /// Everything.
    case powerOn
}
