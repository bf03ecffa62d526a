// The mailboxes between the PF and its VFs: doorbells, ownership, the reset handshake. Datasheet 7.10.2.9.

extension Port {
    func readMailbox(_ entry: RegisterMap.Entry) -> UInt32 {
        guard entry.name == .PFMAILBOX else { return registers.read(entry) }
        return PFMAILBOX(registers[VFMAILBOX.self, Int(entry.element)]).raw
    }

    func writeMailbox(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        switch entry.name {
        case .PFMAILBOX: writePhysicalMailbox(Int(entry.element), PFMAILBOX(raw: value))
        case .VFMAILBOX: writeVirtualMailbox(Int(entry.element), VFMAILBOX.Command(raw: value))
        default: writeMailboxMask(value)
        }
        return .interrupts
    }

    /// The PF's side: a message or an acknowledgement for the VF, which gets its mailbox interrupt.
    private func writePhysicalMailbox(_ index: Int, _ command: PFMAILBOX) {
        var mailbox = registers[VFMAILBOX.self, index]
        if command.revokes {
            mailbox.isVirtualOwner = false
            dropRequests(of: index)
        }
        mailbox.isPhysicalOwner = command.takes && !mailbox.isVirtualOwner
        if command.signals { mailbox.hasMessage = true }
        if command.acknowledges { mailbox.isAcknowledged = true }
        registers[VFMAILBOX.self, index] = mailbox
        guard command.signals || command.acknowledges else { return }
        interrupts.virtual.raiseMailbox(index)
    }

    /// The VF's side: a request or an acknowledgement for the PF, noted in MBVFICR.
    private func writeVirtualMailbox(_ index: Int, _ command: VFMAILBOX.Command) {
        var mailbox = registers[VFMAILBOX.self, index]
        mailbox.isVirtualOwner = command.takes && !mailbox.isPhysicalOwner
        registers[VFMAILBOX.self, index] = mailbox
        guard command.requests || command.acknowledges else { return }
        let bits: UInt32 = (command.requests ? 1 : 0) | (command.acknowledges ? 1 << 16 : 0)
        registers[word: Self.causeWord] |= bits &<< UInt32(index)
        raiseMailbox(of: index)
    }

    /// MBVFIMR: what was held back from VFs whose bit is set now is raised.
    private func writeMailboxMask(_ value: UInt32) {
        let old = registers[word: Self.maskWord]
        registers[word: Self.maskWord] = value & 0xFF
        let causes = registers[word: Self.causeWord]
        let pending = causes | causes >> 16 | registers[word: RegisterMap.word(of: .VFLRE)]
        guard pending & value & ~old & 0xFF != 0 else { return }
        interrupts.raise(.mailbox)
    }

    /// ICR.VMMB on behalf of a VF, unless MBVFIMR masks it.
    func raiseMailbox(of index: Int) {
        if registers[word: Self.maskWord] & 1 &<< UInt32(index) != 0 { interrupts.raise(.mailbox) }
    }

    private static let causeWord = RegisterMap.word(of: .MBVFICR)
    private static let maskWord = RegisterMap.word(of: .MBVFIMR)

    private func dropRequests(of index: Int) {
        registers[word: Self.causeWord] &= ~(0x1_0001 &<< UInt32(index))
    }

    // MARK: Resets

    /// VF reset: what the mailbox held and owed is gone. The PF's ownership of the buffer stays, as its driver may be
    /// about to write to it, and so does RSTI, which is about the PF.
    func clearMailbox(_ index: Int) {
        var mailbox = VFMAILBOX(raw: 0)
        mailbox.isPhysicalOwner = registers[VFMAILBOX.self, index].isPhysicalOwner
        mailbox.isResetting = registers[VFMAILBOX.self, index].isResetting
        registers[VFMAILBOX.self, index] = mailbox
        for word in 0..<16 { registers[word: RegisterMap.word(of: .VMBMEM, 16 * index + word)] = 0 }
        dropRequests(of: index)
    }

    /// The PF was reset; its registers, with RSTI of every mailbox, are so already.
    func announceReset() {
        guard enabledVirtualFunctions > 0 else { return }
        for index in 0..<enabledVirtualFunctions { interrupts.virtual.raiseMailbox(index) }
    }

    /// CTRL_EXT.PFRSTD: VFs that saw RSTI see it fall and RSTD rise. Written again without a reset in between, as
    /// drivers do by rewriting CTRL_EXT, it is no news.
    func announceResetDone() {
        for index in 0..<8 where registers[VFMAILBOX.self, index].isResetting {
            registers[VFMAILBOX.self, index].isResetting = false
            registers[VFMAILBOX.self, index].isResetDone = true
            if index < enabledVirtualFunctions { interrupts.virtual.raiseMailbox(index) }
        }
    }
}
