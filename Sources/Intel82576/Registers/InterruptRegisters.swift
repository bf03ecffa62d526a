// SPDX-License-Identifier: Apache-2.0

/// GPIE — General Purpose Interrupt Enable.
package struct GPIE: Register {
    package static var name: RegisterName { .GPIE }
    package static var offset: Int { 0x1514 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xC000_0F91, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                without: "PBA_support (a pending bit is always cleared when its message is delivered)",
                "MSI-X mode, NSICR, EIAME, PBA support, LL interval")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// NSICR, bit 0. A read of ICR clears it and applies IAM whatever IMS holds.
    package var isNonSelectiveClear: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// Multiple_MSIX, bit 4. One vector per EICR bit; otherwise every cause goes to one interrupt.
    package var isMultipleMSIX: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// LL_Interval, bits 11:7. To gain a low-latency credit takes one more than this, in units of 4 microseconds.
    package var creditUnits: UInt64 { UInt64(self[7...11]) &+ 1 }
    /// EIAME, bit 30. EIAM masks EIMS when a message is sent, not when EICR is accessed.
    package var masksOnMessage: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// PBA_support, bit 31. Delivery clears the pending bit; without it PBACLR does.
    package var isPBASupported: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// EITR[n] — Extended Interrupt Throttle, one per EICR bit.
///
/// - Moderation_Counter, bits 30:21: as written; the running counter cannot be read.
package struct EITR: Register {
    package static var name: RegisterName { .EITR }
    package static var offset: Int { 0x1680 }
    package static var count: Int { 25 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x1680, .VTEITR, count: 3, first: 22, perVF: -3) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x7FFF_FFFC, resetBy: .function, section: "8.8",
                in: "Interrupts/InterruptDelivery.swift", "Per-vector throttle")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Interval, bits 14:2: the least time between two messages, in microseconds. Linux writes microseconds times
    /// four: 648 is 162 us.
    package var interval: UInt32 {
        get { self[2...14] }
        set { self[2...14] = newValue }
    }
    /// LLI_EN, bit 15. Low-latency interrupts are rationed by credits; without it each leaves at once.
    package var rationsLowLatency: Bool {
        get { self[15] }
        set { self[15] = newValue }
    }
    /// LL_Counter, bits 20:16: the credits that a write sets.
    package var credits: UInt64 {
        get { UInt64(self[16...20]) }
        set { self[16...20] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// CNT_INGR, bit 31. The write leaves the running counter alone.
    package var keepsCounter: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// ICR and its companions ICS, IMS, IMC and IAM: causes other than queues.
package struct InterruptCause: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// TXDW, bit 0. A transmit descriptor was written back (not in multiple-MSI-X mode).
    package static let transmitWriteBack = InterruptCause(rawValue: 1 << 0)
    /// LSC, bit 2. The link came or went.
    package static let linkStatusChange = InterruptCause(rawValue: 1 << 2)
    /// RXDMT0, bit 4. A receive ring fell to its SRRCTL.RDMTS threshold.
    package static let receiveThreshold = InterruptCause(rawValue: 1 << 4)
    /// RXO, bit 6. A received frame was lost for want of room.
    package static let receiverOverrun = InterruptCause(rawValue: 1 << 6)
    /// RXDW, bit 7. A receive descriptor was written back (not in multiple-MSI-X mode).
    package static let receiveWriteBack = InterruptCause(rawValue: 1 << 7)
    /// SCE, bit 25. Broadcast or multicast exceeded its storm control threshold.
    package static let stormControl = InterruptCause(rawValue: 1 << 25)
    /// Software_WD, bit 26. WDSTP's time passed without a sign of life from the driver.
    package static let softwareWatchdog = InterruptCause(rawValue: 1 << 26)
    /// DOUTSYNC, bit 28. A sent frame failed an anti-spoof check, or descriptors made no packet.
    package static let outOfSync = InterruptCause(rawValue: 1 << 28)
    /// MDAC, bit 9. A command in MDIC with MDI_IE is done.
    package static let managementDataAccess = InterruptCause(rawValue: 1 << 9)
    /// VMMB, bit 8. A VF wrote to its mailbox, or was reset.
    package static let mailbox = InterruptCause(rawValue: 1 << 8)
    /// INTA, bit 31. Reads as one while an enabled cause is pending.
    package static let asserted = InterruptCause(rawValue: 1 << 31)
}

/// A register with a bit for each ``InterruptCause``.
package protocol CauseRegister: Register {}

extension CauseRegister {
    package var causes: InterruptCause {
        get { InterruptCause(rawValue: raw) }
        set { raw = newValue.rawValue }
    }
}

/// ICR — Interrupt Cause Read. The read clears causes and applies IAM by the rules of GPIE.NSICR and IMS.
package struct ICR: CauseRegister {
    package static var name: RegisterName { .ICR }
    package static var offset: Int { 0x1500 }
    // The read clears by the rules of GPIE.NSICR and IAM, not by a mask.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, writable: .max, alias: 0x00C0, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Interrupt cause; bit31 INTA")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// ICS — Interrupt Cause Set. The read shows ICR and clears nothing.
package struct ICS: CauseRegister {
    package static var name: RegisterName { .ICS }
    package static var offset: Int { 0x1504 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToSet, writable: 0x77D4_FBFD, alias: 0x00C8, section: "8.8",
                in: "Interrupts/InterruptAccess.swift", "Set ICR bits; reads as ICR without clearing it")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// IMS — Interrupt Mask Set and Read.
package struct IMS: CauseRegister {
    package static var name: RegisterName { .IMS }
    package static var offset: Int { 0x1508 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToSet, writable: 0x77D4_FBFD, alias: 0x00D0, section: "8.8",
                in: "Interrupts/InterruptAccess.swift", "Set/read interrupt mask")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// IMC — Interrupt Mask Clear. The read shows IMS.
package struct IMC: CauseRegister {
    package static var name: RegisterName { .IMC }
    package static var offset: Int { 0x150C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0x77D4_FBFD, alias: 0x00D8, section: "8.8",
                in: "Interrupts/InterruptAccess.swift", "Clear interrupt mask")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// IAM — Interrupt Acknowledge Auto Mask: causes that an access to ICR masks.
package struct IAM: CauseRegister {
    package static var name: RegisterName { .IAM }
    package static var offset: Int { 0x1510 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, alias: 0x00E0, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Bits cleared from IMS on ICR access")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// A register with a bit for each cause of EICR.
///
/// - MSIX, bits 24:0: with GPIE.Multiple_MSIX a vector each; otherwise 15:0 are RTxQ, the causes of IVAR.
/// - TCP_Timer, bit 30: without GPIE.Multiple_MSIX, TCPTIMER has expired.
/// - Other_Cause, bit 31: without GPIE.Multiple_MSIX, a cause of ICR that IMS enables.
package protocol ExtendedCauseRegister: Register {}

/// EICR — Extended Interrupt Cause.
package struct EICR: ExtendedCauseRegister {
    package static var name: RegisterName { .EICR }
    package static var offset: Int { 0x1580 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, writable: 0xC1FF_FFFF, clearedByRead: 0xC1FF_FFFF, section: "8.8",
                in: "Interrupts/InterruptAccess.swift", "Extended cause, one bit per vector")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// EICS — Extended Interrupt Cause Set. The read shows EICR and clears nothing.
package struct EICS: ExtendedCauseRegister {
    package static var name: RegisterName { .EICS }
    package static var offset: Int { 0x1520 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToSet, writable: 0xC1FF_FFFF, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Set EICR bits; reads as EICR without clearing it")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// EIMS — Extended Interrupt Mask Set and Read.
package struct EIMS: ExtendedCauseRegister {
    package static var name: RegisterName { .EIMS }
    package static var offset: Int { 0x1524 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToSet, writable: 0xC1FF_FFFF, reset: 0x8000_0000, section: "8.8",
                in: "Interrupts/InterruptAccess.swift", "Set/read extended mask")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// EIMC — Extended Interrupt Mask Clear. The read shows EIMS.
package struct EIMC: ExtendedCauseRegister {
    package static var name: RegisterName { .EIMC }
    package static var offset: Int { 0x1528 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0xC1FF_FFFF, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Clear extended mask")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// EIAC — Extended Interrupt Auto Clear: causes that a message clears.
package struct EIAC: ExtendedCauseRegister {
    package static var name: RegisterName { .EIAC }
    package static var offset: Int { 0x152C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xC1FF_FFFF, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Auto-clear EICR bit when MSI-X sent")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// EIAM — Extended Interrupt Auto Mask: causes that a message, or an access to EICR, masks (GPIE.EIAME).
package struct EIAM: ExtendedCauseRegister {
    package static var name: RegisterName { .EIAM }
    package static var offset: Int { 0x1530 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xC1FF_FFFF, section: "8.8", in: "Interrupts/InterruptAccess.swift",
                "Auto-mask EIMS when MSI-X sent / EICR touched")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// IVAR[n] — Interrupt Vector Allocation of queues n and n + 8.
package struct IVAR: Register {
    package static var name: RegisterName { .IVAR }
    package static var offset: Int { 0x1700 }
    package static var count: Int { 8 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x1700, .VTIVAR, writable: 0x8383_8383) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x9F9F_9F9F, section: "8.8", in: "Interrupts/Interrupts.swift",
                "Queue to vector table, 4 byte entries per register")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// INT_Alloc[0], bits 7:0: receive queue n.
    package var receive: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[0...7])) }
        set { self[0...7] = UInt32(newValue.raw) }
    }
    /// INT_Alloc[1], bits 15:8: transmit queue n.
    package var transmit: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[8...15])) }
        set { self[8...15] = UInt32(newValue.raw) }
    }
    /// INT_Alloc[2], bits 23:16: receive queue n + 8.
    package var secondReceive: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[16...23])) }
        set { self[16...23] = UInt32(newValue.raw) }
    }
    /// INT_Alloc[3], bits 31:24: transmit queue n + 8.
    package var secondTransmit: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[24...31])) }
        set { self[24...31] = UInt32(newValue.raw) }
    }
}

/// IVAR_MISC — Interrupt Vector Allocation of what belongs to no queue.
package struct IVAR_MISC: Register {
    package static var name: RegisterName { .IVAR_MISC }
    package static var offset: Int { 0x1740 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x1740, .VTIVAR_MISC, perVF: 0, writable: 0x83) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x9F9F, section: "8.8", in: "Interrupts/Interrupts.swift",
                "TCP-timer vector 7:0, other-cause vector 15:8")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// INT_Alloc[32], bits 7:0: the TCP timer; in VTIVAR_MISC the mailbox.
    package var tcpTimer: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[0...7])) }
        set { self[0...7] = UInt32(newValue.raw) }
    }
    /// INT_Alloc[33], bits 15:8: the causes of ICR.
    package var otherCauses: VectorEntry {
        get { VectorEntry(raw: UInt8(truncatingIfNeeded: self[8...15])) }
        set { self[8...15] = UInt32(newValue.raw) }
    }
}

/// An entry of IVAR and IVAR_MISC: the vector of a cause.
package struct VectorEntry: BitWord {
    package var raw: UInt8
    package init(raw: UInt8) { self.raw = raw }

    /// A valid entry.
    package init(_ vector: Int) { raw = 0x80 | UInt8(truncatingIfNeeded: vector & 0x1F) }

    /// INT_Alloc, bits 4:0: the vector.
    package var vector: Int { Int(self[0...4]) }
    /// INT_Alloc_val, bit 7. The cause raises its vector.
    package var isValid: Bool { self[7] }
}
