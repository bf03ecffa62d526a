// The registers of the filters that choose a queue. All queue numbers have four bits, since the chip has 16 queues;
// headers of drivers for its smaller relatives have three.

/// ETQF[n] — EType Queue Filter.
struct ETQF: Register {
    static var name: RegisterName { .ETQF }
    static var offset: Int { 0x5CB0 }
    var raw: UInt32

    /// EType, bits 15:0.
    var etherType: UInt16 { UInt16(truncatingIfNeeded: self[0...15]) }
    /// Rx Queue, bits 19:16.
    var queue: Int { Int(self[16...19]) }
    /// Filter Enable, bit 26. The other actions need it.
    var isEnabled: Bool { self[26] }
    /// Immediate Interrupt, bit 29.
    var isImmediate: Bool { self[29] }
    /// 1588 Time Stamp, bit 30.
    var isTimed: Bool { self[30] }
    /// Queue Enable, bit 31.
    var steers: Bool { self[31] }
}

/// FTQF[n] — Five Tuple Queue Filter. Addresses and ports to compare are in SAQF, DAQF, SPQF and IMIR of the same number.
struct FTQF: Register {
    static var name: RegisterName { .FTQF }
    static var offset: Int { 0x59E0 }
    var raw: UInt32

    /// Protocol, bits 7:0.
    var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: self[0...7]) }
    /// Queue Enable, bit 8.
    var steers: Bool { self[8] }
    /// VF, bits 14:12: the pool it is for. No public driver uses it; the place is from memory.
    var pool: Int { Int(self[12...14]) }
    /// VF mask, bit 15. The filter is for all pools.
    var ignoresPool: Bool { self[15] }
    /// Rx Queue, bits 19:16.
    var queue: Int { Int(self[16...19]) }
    /// 1588 Time Stamp, bit 27.
    var isTimed: Bool { self[27] }
    /// Mask, bits 31:28: what is not compared.
    var ignoresProtocol: Bool { self[28] }
    var ignoresSource: Bool { self[29] }
    var ignoresDestination: Bool { self[30] }
    var ignoresSourcePort: Bool { self[31] }
}

/// IMIR[n] — Immediate Interrupt Rx: the destination port of FTQF[n], its priority, and its immediate interrupt.
struct IMIR: Register {
    static var name: RegisterName { .IMIR }
    static var offset: Int { 0x5A80 }
    var raw: UInt32

    /// Destination Port, bits 15:0, in the order of the wire: its first byte lowest (igb writes `htons(319)`).
    var destinationPort: UInt16 { UInt16(truncatingIfNeeded: self[0...15]).byteSwapped }
    /// PORT_IM_EN, bit 16.
    var isImmediate: Bool { self[16] }
    /// PORT_BP, bit 17. The destination port is not compared.
    var ignoresDestinationPort: Bool { self[17] }
    /// Filter Priority, bits 31:29; 7 is the highest.
    var priority: Int { Int(self[29...31]) }
}

/// IMIREXT[n] — Immediate Interrupt Rx Extended: frame size and TCP flags of FTQF[n].
struct IMIREXT: Register {
    static var name: RegisterName { .IMIREXT }
    static var offset: Int { 0x5AA0 }
    var raw: UInt32

    /// Size_Thresh, bits 11:0: the frame is shorter.
    var sizeThreshold: Int { Int(self[0...11]) }
    /// Size_BP, bit 12. The size is not compared.
    var ignoresSize: Bool { self[12] }
    /// CtrlBit, bits 18:13: URG, ACK, PSH, RST, SYN, FIN from the lowest on. As a TCP header has them, FIN lowest.
    var tcpFlags: UInt8 {
        let bits = UInt8(truncatingIfNeeded: self[13...18])
        return (0..<6).reduce(0) { $0 | (bits &>> UInt8(5 - $1) & 1) &<< UInt8($1) }
    }
    /// CtrlBit_BP, bit 19. Flags are not compared.
    var ignoresFlags: Bool { self[19] }
}

/// IMIRVP — Immediate Interrupt Rx VLAN Priority.
struct IMIRVP: Register {
    static var name: RegisterName { .IMIRVP }
    static var offset: Int { 0x5AC0 }
    var raw: UInt32

    /// Vlan_Pri, bits 2:0: this priority and higher ones interrupt at once.
    var priority: UInt16 { UInt16(truncatingIfNeeded: self[0...2]) }
    /// Vlan_Pri_en, bit 3.
    var isEnabled: Bool { self[3] }
}

/// SYNQF — SYN Packet Queue Filter.
struct SYNQF: Register {
    static var name: RegisterName { .SYNQF }
    static var offset: Int { 0x55FC }
    var raw: UInt32

    /// Queue Enable, bit 0.
    var steers: Bool { self[0] }
    /// Rx Queue, bits 4:1.
    var queue: Int { Int(self[1...4]) }
}
