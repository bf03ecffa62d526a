/// GPIE — General Purpose Interrupt Enable.
package struct GPIE: Register {
    package static var name: RegisterName { .GPIE }
    package static var offset: Int { 0x1514 }
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
    /// LL_Interval, bits 11:7, and one: the time to gain a low-latency credit, in units of 4 microseconds.
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
package struct EITR: Register {
    package static var name: RegisterName { .EITR }
    package static var offset: Int { 0x1680 }
    package static var count: Int { 25 }
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
    /// LL counter, bits 20:16: the credits that a write sets.
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
    /// Software watchdog, bit 26. WDSTP's time passed without a sign of life from the driver.
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
