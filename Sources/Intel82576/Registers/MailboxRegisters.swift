// SPDX-License-Identifier: Apache-2.0

/// VFMAILBOX — the state of one mailbox, as its VF sees it. What PFMAILBOX shows of it is derived.
///
/// 16 words of VMBMEM are shared by both sides. Ownership of them is an agreement: nothing enforces it.
package struct VFMAILBOX: Register {
    package static var name: RegisterName { .VFMAILBOX }
    package static var offset: Int { 0x0C40 }
    package static var count: Int { 8 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x0C40) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x4, clearedByRead: 0xB0, reset: 0x40, section: "8.14",
                in: "Mailbox/Mailbox.swift", "VF side of mailbox n, as the VF sees it at 0x0C40")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFU, bit 2. The VF owns the buffer.
    package var isVirtualOwner: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// PFU, bit 3. The PF owns the buffer.
    package var isPhysicalOwner: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// PFSTS, bit 4. The PF left a message. Cleared by the VF's read, like PFACK and RSTD.
    package var hasMessage: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// PFACK, bit 5. The PF took the VF's message.
    package var isAcknowledged: Bool {
        get { self[5] }
        set { self[5] = newValue }
    }
    /// RSTI, bit 6. The PF is in reset: from there until its driver sets CTRL_EXT.PFRSTD.
    package var isResetting: Bool {
        get { self[6] }
        set { self[6] = newValue }
    }
    /// RSTD, bit 7. The PF came out of reset.
    package var isResetDone: Bool {
        get { self[7] }
        set { self[7] = newValue }
    }

    /// What the VF writes.
    package struct Command: BitWord {
        package var raw: UInt32
        package init(raw: UInt32) { self.raw = raw }

        /// Req, bit 0. There is a message for the PF.
        package var requests: Bool {
            get { self[0] }
            set { self[0] = newValue }
        }
        /// Ack, bit 1. The PF's message is taken.
        package var acknowledges: Bool {
            get { self[1] }
            set { self[1] = newValue }
        }
        /// VFU, bit 2. Takes the buffer if the PF does not own it; zero gives it back.
        package var takes: Bool {
            get { self[2] }
            set { self[2] = newValue }
        }
    }
}

/// PFMAILBOX — what the PF writes to mailbox n.
///
/// - VFU, bit 2: the VF owns the buffer. Read only.
package struct PFMAILBOX: Register {
    package static var name: RegisterName { .PFMAILBOX }
    package static var offset: Int { 0x0C00 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0x8, section: "8.14", in: "Mailbox/Mailbox.swift", "PF side mailbox control")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// As the PF reads it: VFU and PFU.
    package init(_ mailbox: VFMAILBOX) { raw = mailbox[2...3] << 2 }

    /// Sts, bit 0. There is a message for the VF.
    package var signals: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// Ack, bit 1. The VF's message is taken.
    package var acknowledges: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// PFU, bit 3. Takes the buffer if the VF does not own it; zero gives it back.
    package var takes: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// RVFU, bit 4. Takes the buffer away from the VF.
    package var revokes: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
}

/// MBVFICR — Mailbox VF Interrupt Causes.
package struct MBVFICR: Register {
    package static var name: RegisterName { .MBVFICR }
    package static var offset: Int { 0x0C80 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0x00FF_00FF, section: "8.14", in: "Mailbox/Mailbox.swift",
                "VF requests 7:0, VF acks 23:16")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFREQ, bits 7:0: VFs with a message for the PF.
    package var requests: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
    /// VFACK, bits 23:16: VFs that took the PF's message.
    package var acknowledgements: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[16...23]) }
        set { self[16...23] = UInt32(newValue) }
    }
}

/// MBVFIMR — Mailbox VF Interrupt Mask.
package struct MBVFIMR: Register {
    package static var name: RegisterName { .MBVFIMR }
    package static var offset: Int { 0x0C84 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFF, reset: 0xFF, section: "8.14", in: "Mailbox/Mailbox.swift",
                "Mailbox interrupt mask per VF")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFIM, bits 7:0: VFs whose messages, acknowledgements and resets raise ICR.VMMB.
    package var functions: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
}

/// VFLRE — VF Level Reset Event.
package struct VFLRE: Register {
    package static var name: RegisterName { .VFLRE }
    package static var offset: Int { 0x0C88 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0xFF, section: "8.14", in: "Mailbox/Mailbox.swift",
                "VF reset occurred, bit per VF")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFLE, bits 7:0: VFs that were reset. Cleared by writing ones.
    package var functions: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
}

/// VMBMEM[n] — VM Mailbox Memory: the words that both sides share, 16 for each VF.
package struct VMBMEM: Register {
    package static var name: RegisterName { .VMBMEM }
    package static var offset: Int { 0x0800 }
    package static var count: Int { 128 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x0800, .VFVMBMEM, count: 16, perVF: 16) }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.14", in: "Mailbox/Mailbox.swift", "Mailbox memory: 64 bytes for each VF")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Words of one mailbox.
    package static var wordsPerFunction: Int { 16 }
}
