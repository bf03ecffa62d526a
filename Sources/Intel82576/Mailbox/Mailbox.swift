// SPDX-License-Identifier: Apache-2.0

/// The mailboxes between the PF and its VFs: doorbells, ownership, the reset handshake.
///
/// All of its state is in its registers: VFMAILBOX of each mailbox, MBVFICR, MBVFIMR, VFLRE, and VMBMEM with the messages.
///
/// - Datasheet: 7.10.2.9
struct Mailbox {
    private let registers: RegisterFile

    init(_ registers: RegisterFile) { self.registers = registers }

    // MARK: Registers

    /// A driver's read of one of the block's registers, with its side effects.
    func read(_ entry: RegisterMap.Entry) -> UInt32 {
        entry.name == .PFMAILBOX ? peek(entry) : registers.read(entry)
    }

    /// What ``read(_:)`` would give, without the side effects.
    func peek(_ entry: RegisterMap.Entry) -> UInt32 {
        guard entry.name == .PFMAILBOX else { return registers.peek(entry) }
        return PFMAILBOX(registers[VFMAILBOX.self, Int(entry.element)]).raw
    }

    /// A driver's write of one of the block's registers.
    func write(_ entry: RegisterMap.Entry, _ value: UInt32, _ interrupts: inout Interrupts) -> RegisterEffects {
        let index = Int(entry.element)
        switch entry.name {
        case .PFMAILBOX: writePhysical(index, PFMAILBOX(raw: value), &interrupts)
        case .VFMAILBOX: writeVirtual(index, VFMAILBOX.Command(raw: value), &interrupts)
        case .MBVFIMR: writeMask(value, &interrupts)
        default: registers.write(entry, value)
        }
        return .interrupts
    }

    /// The PF's side: a message or an acknowledgement for the VF, which gets its mailbox interrupt.
    private func writePhysical(_ index: Int, _ command: PFMAILBOX, _ interrupts: inout Interrupts) {
        var mailbox = registers[VFMAILBOX.self, index]
        if command.revokes {
            mailbox.isVirtualOwner = false
            dropRequests(of: index)
        }
        mailbox.isPhysicalOwner = command.takes && !mailbox.isVirtualOwner
        if command.signals { mailbox.hasMessage = true }
        if command.acknowledges { mailbox.isAcknowledged = true }
        registers[VFMAILBOX.self, index] = mailbox
        if command.signals || command.acknowledges { interrupts.virtual.raiseMailbox(index) }
    }

    /// The VF's side: a request or an acknowledgement for the PF, noted in MBVFICR.
    private func writeVirtual(_ index: Int, _ command: VFMAILBOX.Command, _ interrupts: inout Interrupts) {
        var mailbox = registers[VFMAILBOX.self, index]
        mailbox.isVirtualOwner = command.takes && !mailbox.isPhysicalOwner
        registers[VFMAILBOX.self, index] = mailbox
        guard command.requests || command.acknowledges else { return }
        if command.requests { registers[MBVFICR.self].requests |= 1 &<< PoolSet(index) }
        if command.acknowledges { registers[MBVFICR.self].acknowledgements |= 1 &<< PoolSet(index) }
        raiseCause(of: index, &interrupts)
    }

    /// MBVFIMR: the cause is raised for VFs whose bit is set now and that asked for it while it was clear.
    private func writeMask(_ value: UInt32, _ interrupts: inout Interrupts) {
        let (old, new) = (registers[MBVFIMR.self].functions, MBVFIMR(raw: value).functions)
        registers[MBVFIMR.self].functions = new
        let causes = registers[MBVFICR.self]
        let asking = causes.requests | causes.acknowledgements | registers[VFLRE.self].functions
        if asking & new & ~old != 0 { interrupts.raise(.mailbox) }
    }

    /// Raises ICR.VMMB on behalf of a VF, unless MBVFIMR masks it.
    private func raiseCause(of index: Int, _ interrupts: inout Interrupts) {
        if registers[MBVFIMR.self].functions &>> PoolSet(index) & 1 != 0 { interrupts.raise(.mailbox) }
    }

    private func dropRequests(of index: Int) {
        registers[MBVFICR.self].requests &= ~(1 &<< PoolSet(index))
        registers[MBVFICR.self].acknowledgements &= ~(1 &<< PoolSet(index))
    }

    // MARK: Resets

    /// Puts the mailbox of a VF that is reset into reset state: what it held and owed is gone. The PF's ownership of the
    /// buffer stays, as its driver may be about to write to it, and so does RSTI, which is about the PF.
    func reset(_ index: Int) {
        var mailbox = VFMAILBOX(raw: 0)
        mailbox.isPhysicalOwner = registers[VFMAILBOX.self, index].isPhysicalOwner
        mailbox.isResetting = registers[VFMAILBOX.self, index].isResetting
        registers[VFMAILBOX.self, index] = mailbox
        let words = VMBMEM.wordsPerFunction
        for word in words * index..<words * (index + 1) { registers[VMBMEM.self, word] = VMBMEM(raw: 0) }
        dropRequests(of: index)
    }

    /// Tells the PF's driver, by VFLRE and ICR.VMMB, that a VF was reset.
    func announceVirtualReset(_ index: Int, _ interrupts: inout Interrupts) {
        registers[VFLRE.self].functions |= 1 &<< PoolSet(index)
        raiseCause(of: index, &interrupts)
    }

    /// Tells the first `count` VFs that the PF was reset; its registers, with RSTI of every mailbox, are so already.
    func announceReset(to count: Int, _ interrupts: inout Interrupts) {
        for index in 0..<count { interrupts.virtual.raiseMailbox(index) }
    }

    /// CTRL_EXT.PFRSTD: VFs that saw RSTI see it fall and RSTD rise, of which the first `count`, which exist, are told.
    /// Written again without a reset in between, as drivers do by rewriting CTRL_EXT, it is no news.
    func announceResetDone(to count: Int, _ interrupts: inout Interrupts) {
        for index in 0..<8 where registers[VFMAILBOX.self, index].isResetting {
            registers[VFMAILBOX.self, index].isResetting = false
            registers[VFMAILBOX.self, index].isResetDone = true
            if index < count { interrupts.virtual.raiseMailbox(index) }
        }
    }
}
