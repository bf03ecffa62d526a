/// TCTL — Transmit Control.
struct TCTL: Register {
    static var name: RegisterName { .TCTL }
    static var offset: Int { 0x0400 }
    var raw: UInt32

    /// EN, bit 1.
    var isEnabled: Bool { self[1] }
    /// PSP, bit 3. Short frames are padded to 64 bytes, FCS included.
    var padsShortPackets: Bool { self[3] }
    /// SWXOFF, bit 22. A PAUSE frame of FCTTV quanta goes out; reads as zero.
    var requestsPause: Bool { self[22] }
}

/// TXDCTL[n] — Transmit Descriptor Control.
struct TXDCTL: Register {
    static var name: RegisterName { .TXDCTL }
    static var offset: Int { 0xE028 }
    static var stride: Int { 0x40 }
    var raw: UInt32

    /// WTHRESH, bits 20:16. Done descriptors that are written back together.
    var writeBackThreshold: Int { Int(self[16...20]) }
    /// ENABLE, bit 25.
    var isEnabled: Bool {
        get { self[25] }
        set { self[25] = newValue }
    }
}

/// TDWBAL[n] — Transmit Descriptor Write-Back Address Low.
struct TDWBAL: Register {
    static var name: RegisterName { .TDWBAL }
    static var offset: Int { 0xE038 }
    static var stride: Int { 0x40 }
    var raw: UInt32

    /// Head_WB_En, bit 0. TDH is written to memory; descriptors are left alone.
    var isHeadWriteBack: Bool { self[0] }
    /// WB_on_EITR, bit 1. TDH is also written, EITR's interval later, for descriptors without RS; here at once.
    var isWrittenOnTimer: Bool { self[1] }
    /// Bits 31:2 of the address.
    var address: UInt32 { raw & ~3 }
}

/// DTXTCPFLGL — TCP flags that segments keep: those of the first and of the middle ones.
struct DTXTCPFLGL: Register {
    static var name: RegisterName { .DTXTCPFLGL }
    static var offset: Int { 0x359C }
    var raw: UInt32
}

/// DTXTCPFLGH — TCP flags that the last segment keeps.
struct DTXTCPFLGH: Register {
    static var name: RegisterName { .DTXTCPFLGH }
    static var offset: Int { 0x35A0 }
    var raw: UInt32
}

/// VET — VLAN EtherType.
struct VET: Register {
    static var name: RegisterName { .VET }
    static var offset: Int { 0x0038 }
    var raw: UInt32

    /// Bits 15:0. The tag that is inserted, stripped and filtered.
    var inner: UInt16 { UInt16(truncatingIfNeeded: self[0...15]) }
    /// Bits 31:16. The outer tag when CTRL_EXT.EXT_VLAN is set.
    var outer: UInt16 { UInt16(truncatingIfNeeded: self[16...31]) }
}
