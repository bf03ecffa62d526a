/// VFMAILBOX — the state of one mailbox, as its VF sees it. What PFMAILBOX shows of it is derived.
///
/// 16 words of VMBMEM are shared by both sides. Ownership of them is an agreement: nothing enforces it.
///
/// - Datasheet: 7.10.2.9 and 8.14
struct VFMAILBOX: Register {
    static var name: RegisterName { .VFMAILBOX }
    static var offset: Int { 0x0C40 }
    var raw: UInt32

    /// VFU, bit 2. The VF owns the buffer.
    var isVirtualOwner: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// PFU, bit 3. The PF owns the buffer.
    var isPhysicalOwner: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// PFSTS, bit 4. The PF left a message. Cleared by the VF's read, like the next and RSTD.
    var hasMessage: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// PFACK, bit 5. The PF took the VF's message.
    var isAcknowledged: Bool {
        get { self[5] }
        set { self[5] = newValue }
    }
    /// RSTI, bit 6. The PF is in reset: from there until its driver sets CTRL_EXT.PFRSTD.
    var isResetting: Bool {
        get { self[6] }
        set { self[6] = newValue }
    }
    /// RSTD, bit 7. The PF came out of reset.
    var isResetDone: Bool {
        get { self[7] }
        set { self[7] = newValue }
    }

    /// What the VF writes.
    struct Command: BitWord {
        var raw: UInt32

        /// Req, bit 0. There is a message for the PF.
        var requests: Bool { self[0] }
        /// Ack, bit 1. The PF's message is taken.
        var acknowledges: Bool { self[1] }
        /// VFU, bit 2. Takes the buffer if the PF does not own it; zero gives it back.
        var takes: Bool { self[2] }
    }
}

/// PFMAILBOX — what the PF writes to mailbox n.
struct PFMAILBOX: Register {
    static var name: RegisterName { .PFMAILBOX }
    static var offset: Int { 0x0C00 }
    var raw: UInt32

    init(raw: UInt32) { self.raw = raw }

    /// As the PF reads it: VFU and PFU.
    init(_ mailbox: VFMAILBOX) { raw = mailbox[2...3] << 2 }

    /// Sts, bit 0. There is a message for the VF.
    var signals: Bool { self[0] }
    /// Ack, bit 1. The VF's message is taken.
    var acknowledges: Bool { self[1] }
    /// PFU, bit 3. Takes the buffer if the VF does not own it; zero gives it back.
    var takes: Bool { self[3] }
    /// RVFU, bit 4. Takes the buffer away from the VF.
    var revokes: Bool { self[4] }
}
