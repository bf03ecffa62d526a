// SPDX-License-Identifier: Apache-2.0

/// TIMINCA — Time Increment Attributes.
package struct TIMINCA: Register {
    package static var name: RegisterName { .TIMINCA }
    package static var offset: Int { 0xB608 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.16", in: "Time/SystemTime.swift", "Increment value 23:0, period 31:24")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// INCVALUE, bits 23:0. What SYSTIM grows by each period. Linux: 16 ns in units of 2^-19 ns.
    package var increment: UInt64 {
        get { UInt64(self[0...23]) }
        set { self[0...23] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// INCPERIOD, bits 31:24: the period, in clocks of 16 ns in the register; 0 works as 1.
    ///
    /// The clock is that of a link of 1 Gb/s. Drivers count on 16 ns at every speed, so it does not follow the link.
    package var period: UInt64 { 16 &* max(1, UInt64(self[24...31])) }
}

/// TSYNCTXCTL — Tx Time Sync Control.
package struct TSYNCTXCTL: Register {
    package static var name: RegisterName { .TSYNCTXCTL }
    package static var offset: Int { 0xB614 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x10, section: "8.16", in: "Time/TimeStamps.swift",
                "Tx timestamp valid 0, enable 4")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TXTT, bit 0. TXSTMP holds a stamp; no other is taken until TXSTMPH is read.
    package var isValid: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// EN, bit 4. Frames that ask for it are stamped.
    package var isEnabled: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
}

/// TSYNCRXCTL — Rx Time Sync Control.
///
/// - SYSCFI, bit 5: as in the datasheet of the I210. Without effect.
package struct TSYNCRXCTL: Register {
    package static var name: RegisterName { .TSYNCRXCTL }
    package static var offset: Int { 0xB620 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x3E, section: "8.16", in: "Time/TimeStamps.swift",
                "Rx timestamp valid 0, type 3:1, enable 4")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// The values of Type. They are those of the I210's datasheet, which Linux and DPDK use
    /// for the 82576 too.
    package enum Kind: UInt32 {
        /// Version 2 over Ethernet with the message type of TSYNCRXCFG.
        case layer2 = 0
        /// Version 1 over UDP with the control field of TSYNCRXCFG.
        case version1 = 1
        /// Version 2 over Ethernet or UDP with the message type of TSYNCRXCFG.
        case version2 = 2
        case everything = 4
        /// Every event message of version 2.
        case events = 5
    }

    /// RXTT, bit 0. RXSTMP holds a stamp; no other is taken until RXSTMPH is read.
    package var isValid: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// Type, bits 3:1: which packets are stamped. A reserved value, `nil`, stamps nothing.
    package var kind: Kind? { Kind(rawValue: self[1...3]) }
    /// EN, bit 4. Packets of that type are stamped.
    package var isEnabled: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
}

/// TSYNCRXCFG — Rx Time Sync Configuration.
///
/// - TRNSSPC, bits 15:12: the transportSpecific of version 2, which is not compared: IEEE 802.1AS sets it.
package struct TSYNCRXCFG: Register {
    package static var name: RegisterName { .TSYNCRXCFG }
    package static var offset: Int { 0x5F50 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.16", in: "Time/TimeStamps.swift",
                without: "bits 15:12 (transportSpecific is not compared)",
                "V1 control 7:0, V2 message id 11:8 (15:8)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// CTRLT, bits 7:0. The control field of version 1.
    package var control: UInt8 {
        get { UInt8(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
    /// MSGT, bits 11:8. The message type of version 2.
    package var messageType: UInt8 {
        get { UInt8(truncatingIfNeeded: self[8...11]) }
        set { self[8...11] = UInt32(newValue) }
    }
}

/// SYSTIML — System Time Low. The read latches the high half.
package struct SYSTIML: Register {
    package static var name: RegisterName { .SYSTIML }
    package static var offset: Int { 0xB600 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.16", in: "Time/Time.swift", "System time low; the read latches the high half")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// SYSTIMH — System Time High, as it was when SYSTIML was read.
package struct SYSTIMH: Register {
    package static var name: RegisterName { .SYSTIMH }
    package static var offset: Int { 0xB604 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.16", in: "Time/Time.swift", "System time high")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TIMADJL — Time Adjustment Low.
package struct TIMADJL: Register {
    package static var name: RegisterName { .TIMADJL }
    package static var offset: Int { 0xB60C }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.16", in: "Time/Time.swift", "Adjust low")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TIMADJH — Time Adjustment High. The write adds the pair to SYSTIM, or subtracts it.
package struct TIMADJH: Register {
    package static var name: RegisterName { .TIMADJH }
    package static var offset: Int { 0xB610 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.16", in: "Time/Time.swift",
                "Adjust high; the write adds the pair, or subtracts it with bit 31")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TADJH, bits 30:0: the upper half of the magnitude.
    package var magnitude: UInt32 {
        get { self[0...30] }
        set { self[0...30] = newValue }
    }
    /// Sign, bit 31. Set to subtract.
    package var subtracts: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// TXSTMPL — Transmit Time Stamp Low.
package struct TXSTMPL: Register {
    package static var name: RegisterName { .TXSTMPL }
    package static var offset: Int { 0xB618 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Tx timestamp low")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TXSTMPH — Transmit Time Stamp High. The read makes room for the next stamp.
package struct TXSTMPH: Register {
    package static var name: RegisterName { .TXSTMPH }
    package static var offset: Int { 0xB61C }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Tx timestamp high; the read unlocks the pair")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RXSTMPL — Receive Time Stamp Low.
package struct RXSTMPL: Register {
    package static var name: RegisterName { .RXSTMPL }
    package static var offset: Int { 0xB624 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Rx timestamp low")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RXSTMPH — Receive Time Stamp High. The read makes room for the next stamp.
package struct RXSTMPH: Register {
    package static var name: RegisterName { .RXSTMPH }
    package static var offset: Int { 0xB628 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Rx timestamp high; the read unlocks the pair")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RXSATRL — Receive Time Stamp Attributes Low: the lower four bytes of the sender's identity.
package struct RXSATRL: Register {
    package static var name: RegisterName { .RXSATRL }
    package static var offset: Int { 0xB62C }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Source id low 32 bits")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RXSATRH — Receive Time Stamp Attributes High. The read makes room for the next stamp.
package struct RXSATRH: Register {
    package static var name: RegisterName { .RXSATRH }
    package static var offset: Int { 0xB630 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.16", in: "Time/TimeStamps.swift", "Source id high 15:0, sequence id 31:16")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// SourceIDH, bits 15:0: the upper two bytes of the sender's identity.
    package var source: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
    /// SequenceID, bits 31:16: the message's sequenceId.
    package var sequence: UInt16 {
        get { UInt16(truncatingIfNeeded: self[16...31]) }
        set { self[16...31] = UInt32(newValue) }
    }
}
