// The mailboxes between the PF and its VFs: doorbells, ownership, the reset handshake. Datasheet 7.10.2.9.

extension Port {
    func readPhysicalMailbox(_ index: Int) -> UInt32 { PFMAILBOX(registers[VFMAILBOX.self, index]).raw }

    /// The PF's side: a message or an acknowledgement for the VF, which gets its mailbox interrupt.
    func writePhysicalMailbox(_ index: Int, _ command: PFMAILBOX) {
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
        deliverInterrupts()
    }

    /// The VF's side: a request or an acknowledgement for the PF, noted in MBVFICR.
    func writeVirtualMailbox(_ index: Int, _ command: VFMAILBOX.Command) {
        var mailbox = registers[VFMAILBOX.self, index]
        mailbox.isVirtualOwner = command.takes && !mailbox.isPhysicalOwner
        registers[VFMAILBOX.self, index] = mailbox
        guard command.requests || command.acknowledges else { return }
        let bits: UInt32 = (command.requests ? 1 : 0) | (command.acknowledges ? 1 << 16 : 0)
        registers[word: Self.causeWord] |= bits &<< UInt32(index)
        raiseMailbox(of: index)
        deliverInterrupts()
    }

    /// MBVFIMR: what was held back from VFs whose bit is set now is raised.
    func writeMailboxMask(_ value: UInt32) {
        let old = registers[word: Self.maskWord]
        registers[word: Self.maskWord] = value & 0xFF
        let causes = registers[word: Self.causeWord]
        let pending = causes | causes >> 16 | registers[word: RegisterMap.word(of: .VFLRE)]
        guard pending & value & ~old & 0xFF != 0 else { return }
        interrupts.raise(.mailbox)
        deliverInterrupts()
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
        deliverInterrupts()
    }

    /// CTRL_EXT.PFRSTD: VFs that saw RSTI see it fall and RSTD rise. Written again without a reset in between, as
    /// drivers do by rewriting CTRL_EXT, it is no news.
    func announceResetDone() {
        for index in 0..<8 where registers[VFMAILBOX.self, index].isResetting {
            registers[VFMAILBOX.self, index].isResetting = false
            registers[VFMAILBOX.self, index].isResetDone = true
            if index < enabledVirtualFunctions { interrupts.virtual.raiseMailbox(index) }
        }
        deliverInterrupts()
    }
}
