/// GPIE — General Purpose Interrupt Enable.
struct GPIE: Register {
    static var name: RegisterName { .GPIE }
    static var offset: Int { 0x1514 }
    var raw: UInt32

    /// NSICR, bit 0. A read of ICR clears it and applies IAM whatever IMS holds.
    var isNonSelectiveClear: Bool { self[0] }
    /// Multiple_MSIX, bit 4. One vector per EICR bit; otherwise every cause goes to one interrupt.
    var isMultipleMSIX: Bool { self[4] }
    /// LL_Interval, bits 11:7, and one: the time to gain a low-latency credit, in units of 4 microseconds.
    var creditUnits: UInt64 { UInt64(self[7...11]) &+ 1 }
    /// EIAME, bit 30. EIAM masks EIMS when a message is sent, not when EICR is accessed.
    var masksOnMessage: Bool { self[30] }
    /// PBA_support, bit 31. Delivery clears the pending bit; without it PBACLR does.
    var isPBASupported: Bool { self[31] }
}

/// EITR[n] — Extended Interrupt Throttle, one per EICR bit.
struct EITR: Register {
    static var name: RegisterName { .EITR }
    static var offset: Int { 0x1680 }
    var raw: UInt32

    /// Interval, bits 14:2: the least time between two messages, in microseconds. Linux writes microseconds times
    /// four: 648 is 162 us.
    var interval: UInt32 { self[2...14] }
    /// LLI_EN, bit 15. Low-latency interrupts are rationed by credits; without it each leaves at once.
    var rationsLowLatency: Bool { self[15] }
    /// LL counter, bits 20:16: the credits that a write sets.
    var credits: UInt64 { UInt64(self[16...20]) }
    /// CNT_INGR, bit 31. The write leaves the running counter alone.
    var keepsCounter: Bool { self[31] }
}

/// ICR and its companions ICS, IMS, IMC and IAM: causes other than queues.
struct InterruptCause: OptionSet, Sendable {
    let rawValue: UInt32

    /// TXDW, bit 0. A transmit descriptor was written back (not in multiple-MSI-X mode).
    static let transmitWriteBack = InterruptCause(rawValue: 1 << 0)
    /// LSC, bit 2. The link came or went.
    static let linkStatusChange = InterruptCause(rawValue: 1 << 2)
    /// RXDMT0, bit 4. A receive ring fell to its SRRCTL.RDMTS threshold.
    static let receiveThreshold = InterruptCause(rawValue: 1 << 4)
    /// RXO, bit 6. A received frame was lost for want of room.
    static let receiverOverrun = InterruptCause(rawValue: 1 << 6)
    /// RXDW, bit 7. A receive descriptor was written back (not in multiple-MSI-X mode).
    static let receiveWriteBack = InterruptCause(rawValue: 1 << 7)
    /// SCE, bit 25. Broadcast or multicast exceeded its storm control threshold.
    static let stormControl = InterruptCause(rawValue: 1 << 25)
    /// Software watchdog, bit 26. WDSTP's time passed without a sign of life from the driver.
    static let softwareWatchdog = InterruptCause(rawValue: 1 << 26)
    /// DOUTSYNC, bit 28. A sent frame failed an anti-spoof check, or descriptors made no packet.
    static let outOfSync = InterruptCause(rawValue: 1 << 28)
    /// MDAC, bit 9. A command in MDIC with MDI_IE is done.
    static let managementDataAccess = InterruptCause(rawValue: 1 << 9)
    /// VMMB, bit 8. A VF wrote to its mailbox, or was reset.
    static let mailbox = InterruptCause(rawValue: 1 << 8)
    /// INTA, bit 31. Reads as one while an enabled cause is pending.
    static let asserted = InterruptCause(rawValue: 1 << 31)
}
