// SPDX-License-Identifier: Apache-2.0

// The mailboxes between the PF and its VFs. Datasheet 7.10.2.9.

extension MisuseRule {
    static let mailbox: Group = [
        .mailboxNotOwned: Definition(
            "writes to the mailbox memory without owning it",
            right: "set PFU or VFU, read it back as one, and then write the message", section: "7.10.2.9"),
        .mailboxWithoutMessage: Definition(
            "tells the other side of a message, and has written none since the last one",
            right: "write the message to VMBMEM before Sts or Req", section: "7.10.2.9"),
        .mailboxAckWithoutRequest: Definition(
            "acknowledges a message that the VF has not sent",
            right: "set PFMAILBOX.Ack once for each Req that MBVFICR shows", section: "7.10.2.9",
            passes: "VFs: Linux igbvf reads the mailbox, and acknowledges, without being told of a message. The PF "
                + "after the reset of a VF, until it reads MBVFICR again."),
    ]
}

/// What has passed through the mailboxes, a bit for each VF.
struct MailboxHistory {
    /// The PF, and the VF, wrote words of the buffer since they last told the other side.
    fileprivate var physicalMessages: PoolSet = 0
    fileprivate var virtualMessages: PoolSet = 0
    /// The VF has a request that the PF has not acknowledged, or may have one from before the watch began.
    fileprivate var requests: PoolSet = .max
    /// What MBVFICR showed of the VF a reset has taken back since the PF last read the register: its driver may be about to
    /// answer it.
    fileprivate var withdrawn: PoolSet = 0

    /// VF `index` was reset.
    mutating func forget(_ index: Int) {
        let mailbox: PoolSet = 1 &<< PoolSet(index)
        physicalMessages &= ~mailbox
        virtualMessages &= ~mailbox
        requests &= ~mailbox
        withdrawn |= mailbox
    }

    /// The PF reads MBVFICR.
    mutating func readCauses() { withdrawn = 0 }

    /// What the PF may clear in MBVFICR when that holds `causes`.
    func clearable(_ causes: MBVFICR) -> MBVFICR {
        var causes = causes
        causes.requests |= withdrawn
        causes.acknowledgements |= withdrawn
        return causes
    }
}

extension Lint {
    func checkMailbox(_ use: RegisterUse) {
        switch use.name {
        case .VMBMEM: checkMessage(use, use.element / VMBMEM.wordsPerFunction)
        case .PFMAILBOX: checkPhysical(use, PFMAILBOX(raw: use.value), 1 &<< PoolSet(use.element))
        case .VFMAILBOX where use.function > 0:
            checkVirtual(use, VFMAILBOX.Command(raw: use.value), 1 &<< PoolSet(use.element))
        default: break
        }
    }

    private func checkMessage(_ use: RegisterUse, _ index: Int) {
        let mailbox = registers[VFMAILBOX.self, index]
        let isOwner = use.function == 0 ? mailbox.isPhysicalOwner : mailbox.isVirtualOwner
        if use.function == 0 {
            mailboxes.physicalMessages |= 1 &<< PoolSet(index)
        } else {
            mailboxes.virtualMessages |= 1 &<< PoolSet(index)
        }
        guard !isOwner else { return }
        let field = use.function == 0 ? "PFU" : "VFU"
        report(.mailboxNotOwned, use, field: field, "wrote to \(use.label) while \(field) of mailbox \(index) is clear")
    }

    private func checkPhysical(_ use: RegisterUse, _ command: PFMAILBOX, _ mailbox: PoolSet) {
        if command.signals {
            if mailboxes.physicalMessages & mailbox == 0 { reportNoMessage(use, "Sts") }
            mailboxes.physicalMessages &= ~mailbox
        }
        guard command.acknowledges else { return }
        if (mailboxes.requests | mailboxes.withdrawn) & mailbox == 0 {
            report(
                .mailboxAckWithoutRequest, use, field: "Ack",
                "acknowledged a message of VF \(use.element), which has sent none")
        }
        mailboxes.requests &= ~mailbox
    }

    private func checkVirtual(_ use: RegisterUse, _ command: VFMAILBOX.Command, _ mailbox: PoolSet) {
        guard command.requests else { return }
        if mailboxes.virtualMessages & mailbox == 0 { reportNoMessage(use, "Req") }
        mailboxes.virtualMessages &= ~mailbox
        mailboxes.requests |= mailbox
    }

    private func reportNoMessage(_ use: RegisterUse, _ field: String) {
        report(.mailboxWithoutMessage, use, field: field, "set \(field) of \(use.label) without a message")
    }
}
