/// FCRTH — Flow Control Receive Threshold High.
struct FCRTH: Register {
    static var name: RegisterName { .FCRTH }
    static var offset: Int { 0x2168 }
    var raw: UInt32

    /// RTH, bits 15:4: bytes in the packet buffer at which XOFF is sent. With 0 none is.
    var bytes: Int { Int(raw & 0xFFF0) }
}

/// FCRTL — Flow Control Receive Threshold Low.
struct FCRTL: Register {
    static var name: RegisterName { .FCRTL }
    static var offset: Int { 0x2160 }
    var raw: UInt32

    /// RTL, bits 15:4: bytes in the packet buffer at which the need for XOFF ends.
    var bytes: Int { Int(raw & 0xFFF0) }
    /// XONE, bit 31. XON is sent then; without it the partner waits its time out.
    var sendsXON: Bool { self[31] }
}

/// FCTTV — Flow Control Transmit Timer Value.
struct FCTTV: Register {
    static var name: RegisterName { .FCTTV }
    static var offset: Int { 0x0170 }
    var raw: UInt32

    /// TTV, bits 15:0: the pause that XOFF asks for, in quanta of 512 bit times.
    var quanta: UInt16 { UInt16(truncatingIfNeeded: raw) }
}

/// FCRTV — Flow Control Refresh Threshold Value.
struct FCRTV: Register {
    static var name: RegisterName { .FCRTV }
    static var offset: Int { 0x2460 }
    var raw: UInt32

    /// FC_refresh_th, bits 15:0: quanta left of the pause asked for when XOFF is sent again.
    var quanta: UInt16 { UInt16(truncatingIfNeeded: raw) }
}

/// RXPBS — Receive Packet Buffer Size.
struct RXPBS: Register {
    static var name: RegisterName { .RXPBS }
    static var offset: Int { 0x2404 }
    var raw: UInt32

    /// Bits 6:0, in bytes here; the register has KB.
    var bytes: Int { Int(self[0...6]) &* 1024 }
}
