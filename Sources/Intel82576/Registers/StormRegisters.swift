// SPDX-License-Identifier: Apache-2.0

/// SCCRL — Storm Control Control.
package struct SCCRL: Register {
    package static var name: RegisterName { .SCCRL }
    package static var offset: Int { 0x5DB0 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.14", in: "Switch/StormControl.swift", without: "RDE",
                "Storm control control")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MDIPW, bit 0. Drop multicast while the window before exceeded the threshold.
    package var dropsMulticastAfter: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// MDICW, bit 1. Drop multicast once the current window exceeds the threshold.
    package var dropsMulticastWithin: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// BDIPW, bit 2. Drop broadcast while the window before exceeded the threshold.
    package var dropsBroadcastAfter: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// BDICW, bit 3. Drop broadcast once the current window exceeds the threshold.
    package var dropsBroadcastWithin: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// INTERVAL, bits 17:8. Length of a window in units of SCBI.
    package var interval: UInt64 { UInt64(max(1, self[8...17])) }

    package var isOff: Bool { self[0...3] == 0 }
}

/// SCSTS — Storm Control Status.
package struct SCSTS: Register {
    package static var name: RegisterName { .SCSTS }
    package static var offset: Int { 0x5DB4 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.14", in: "Switch/StormControl.swift", "Storm control status")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// BSCA, bit 0. Broadcast exceeds its threshold in this window.
    package var exceedsBroadcast: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// BSCAP, bit 1. Broadcast exceeded its threshold in the window before.
    package var exceededBroadcast: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// MSCA, bit 2. Multicast exceeds its threshold in this window.
    package var exceedsMulticast: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// MSCAP, bit 3. Multicast exceeded its threshold in the window before.
    package var exceededMulticast: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
}

/// BSCTRH — Broadcast Storm Control Threshold.
package struct BSCTRH: Register {
    package static var name: RegisterName { .BSCTRH }
    package static var offset: Int { 0x5DB8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x0007_FFFF, section: "8.14", in: "Switch/StormControl.swift",
                "Broadcast storm threshold (64-byte units)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// UTRESH, bits 18:0: what a window may bring, in chunks of 64 bytes.
    package var chunks: UInt32 {
        get { self[0...18] }
        set { self[0...18] = newValue }
    }
}

/// MSCTRH — Multicast Storm Control Threshold.
package struct MSCTRH: Register {
    package static var name: RegisterName { .MSCTRH }
    package static var offset: Int { 0x5DBC }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x0007_FFFF, section: "8.14", in: "Switch/StormControl.swift",
                "Multicast storm threshold")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// UTRESH, bits 18:0: what a window may bring, in chunks of 64 bytes.
    package var chunks: UInt32 {
        get { self[0...18] }
        set { self[0...18] = newValue }
    }
}

/// BSCCNT — Broadcast Storm Control Current Count.
package struct BSCCNT: Register {
    package static var name: RegisterName { .BSCCNT }
    package static var offset: Int { 0x5DC0 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.14", in: "Switch/StormControl.swift", "Broadcast storm current count")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// What this window has brought, in chunks of 64 bytes.
    package var chunks: UInt32 {
        get { raw }
        set { raw = newValue }
    }
}

/// MSCCNT — Multicast Storm Control Current Count.
package struct MSCCNT: Register {
    package static var name: RegisterName { .MSCCNT }
    package static var offset: Int { 0x5DC4 }
    package static var specs: [RegisterSpec] {
        [spec(.readOnly, section: "8.14", in: "Switch/StormControl.swift", "Multicast storm current count")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// What this window has brought, in chunks of 64 bytes.
    package var chunks: UInt32 {
        get { raw }
        set { raw = newValue }
    }
}

/// SCBI — Storm Control Basic Interval.
package struct SCBI: Register {
    package static var name: RegisterName { .SCBI }
    package static var offset: Int { 0x5DCC }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x5F_5E10, section: "8.14", in: "Switch/StormControl.swift",
                "Storm control basic interval")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// The unit of SCCRL.INTERVAL in nanoseconds; the register counts clocks of 16 ns.
    package var nanoseconds: UInt64 {
        get { UInt64(raw) &* 16 }
        set { raw = UInt32(truncatingIfNeeded: newValue / 16) }
    }
}
