// SPDX-License-Identifier: Apache-2.0

/// Register 0: Control.
///
/// - Specification: IEEE 802.3, 22.2.4.1.
struct BMCR: BitWord {
    var raw: UInt16
    init(raw: UInt16) { self.raw = raw }

    /// Bit 15; clears itself.
    var resets: Bool {
        get { self[15] }
        set { self[15] = newValue }
    }
    /// Bit 14.
    var loopsBack: Bool { self[14] }
    /// Bits 6 (most significant) and 13, without auto-negotiation.
    var speed: LinkSpeed { LinkSpeed(code: (self[6] ? 2 : 0) + (self[13] ? 1 : 0)) }
    /// Bit 12.
    var negotiates: Bool { self[12] }
    /// Bit 11.
    var isPoweredDown: Bool { self[11] }
    /// Bit 9; clears itself.
    var restarts: Bool {
        get { self[9] }
        set { self[9] = newValue }
    }
    /// Bit 8, without auto-negotiation.
    var isFullDuplex: Bool { self[8] }

    /// The bits that break the link when they change. Speed and duplex mean nothing to auto-negotiation.
    var decisive: UInt16 { raw & (negotiates && !loopsBack ? 0x5800 : 0x7940) }
}

/// Register 1: Status. Reset: 10 and 100 Mb/s abilities, extended status, auto-negotiation, extended registers.
///
/// - Specification: IEEE 802.3, 22.2.4.2.
struct BMSR: BitWord {
    var raw: UInt16
    init(raw: UInt16) { self.raw = raw }

    /// Bit 5.
    var hasNegotiated: Bool {
        get { self[5] }
        set { self[5] = newValue }
    }
    /// Bit 2, latching low.
    var isLinkUp: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
}

/// Registers 4 and 5: what an end offers, below 1000 Mb/s.
///
/// Bits 11:10 are the pause abilities, which drivers resolve by themselves.
///
/// - Specification: IEEE 802.3, 28.2.4.1.3 and annex 28B.
struct Advertisement: BitWord {
    var raw: UInt16
    init(raw: UInt16) { self.raw = raw }

    /// Bit 8.
    var has100FullDuplex: Bool { self[8] }
    /// Bit 7.
    var has100HalfDuplex: Bool { self[7] }
    /// Bit 6.
    var has10FullDuplex: Bool { self[6] }
    /// Bit 5.
    var has10HalfDuplex: Bool { self[5] }
}

/// Register 9: what this end offers at 1000 Mb/s.
///
/// - Specification: IEEE 802.3, 40.5.1.1.
struct GigabitControl: BitWord {
    var raw: UInt16
    init(raw: UInt16) { self.raw = raw }

    /// Bit 9.
    var hasFullDuplex: Bool { self[9] }
    /// Bit 8.
    var hasHalfDuplex: Bool { self[8] }
}
