/// DTXCTL — DMA Tx Control.
package struct DTXCTL: Register {
    package static var name: RegisterName { .DTXCTL }
    package static var offset: Int { 0x3590 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// OOS_EN, bit 4. A packet that makes no sense raises DOUTSYNC.
    package var reportsOutOfSync: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// MDP_EN, bit 5. Such a packet blocks its queue.
    package var blocksMalicious: Bool {
        get { self[5] }
        set { self[5] = newValue }
    }
    /// SPOOF_INT, bit 6. A frame that fails a check raises DOUTSYNC.
    package var interruptsOnSpoof: Bool {
        get { self[6] }
        set { self[6] = newValue }
    }
}

/// TCTL — Transmit Control.
package struct TCTL: Register {
    package static var name: RegisterName { .TCTL }
    package static var offset: Int { 0x0400 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EN, bit 1.
    package var isEnabled: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// PSP, bit 3. Short frames are padded to 64 bytes, FCS included.
    package var padsShortPackets: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// SWXOFF, bit 22. A PAUSE frame of FCTTV quanta goes out; reads as zero.
    package var requestsPause: Bool {
        get { self[22] }
        set { self[22] = newValue }
    }
}

/// DTXTCPFLGL — TCP flags that segments keep: those of the first and of the middle ones.
package struct DTXTCPFLGL: Register {
    package static var name: RegisterName { .DTXTCPFLGL }
    package static var offset: Int { 0x359C }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// DTXTCPFLGH — TCP flags that the last segment keeps.
package struct DTXTCPFLGH: Register {
    package static var name: RegisterName { .DTXTCPFLGH }
    package static var offset: Int { 0x35A0 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RTTBCNRC — the rate of the queue that RTTDQSEL selects: link speed divided by a factor with 14 fraction bits.
package struct RTTBCNRC: Register {
    package static var name: RegisterName { .RTTBCNRC }
    package static var offset: Int { 0x36B0 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RS_ENA, bit 31.
    package var isEnabled: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
    /// RF_INT, bits 27:14, and RF_DEC, bits 13:0, as one number in units of 2^-14.
    package var factor: UInt64 {
        get { UInt64(self[0...27]) }
        set { self[0...27] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// LVMMC — Last VM Misbehavior Cause.
package struct LVMMC: Register {
    package static var name: RegisterName { .LVMMC }
    package static var offset: Int { 0x3548 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    package enum Cause: UInt32 {
        /// The source address is not the pool's.
        case wrongAddress = 1
        /// The VLAN is not the pool's.
        case wrongVLAN = 2
        /// Descriptors that make no packet.
        case malformed = 4
    }

    package init(_ cause: Cause, queue: Int) { raw = cause.rawValue | UInt32(truncatingIfNeeded: queue & 0xF) &<< 16 }
}

/// MDFB — Malicious Driver Free Block.
package struct MDFB: Register {
    package static var name: RegisterName { .MDFB }
    package static var offset: Int { 0x3558 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 15:0: queues that malicious driver detection has stopped. Writing a one lets a queue go.
    package var queues: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
}

/// WVBR — Wrong VM Behaviour. The read clears it.
package struct WVBR: Register {
    package static var name: RegisterName { .WVBR }
    package static var offset: Int { 0x3554 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Bits 15:0: queues that a frame with an address or VLAN not theirs came from.
    package var spoofing: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
    /// Bits 31:16: queues that were stopped.
    package var blocked: UInt32 {
        get { self[16...31] }
        set { self[16...31] = newValue }
    }
}

/// RTTDQSEL — Transmit Descriptor Plane Queue Select.
package struct RTTDQSEL: Register {
    package static var name: RegisterName { .RTTDQSEL }
    package static var offset: Int { 0x3604 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TXDQ_IDX, bits 3:0: the queue that RTTBCNRC is of.
    package var queue: Int {
        get { Int(self[0...3]) }
        set { self[0...3] = UInt32(truncatingIfNeeded: newValue) }
    }
}
