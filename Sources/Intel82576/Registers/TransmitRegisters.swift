// SPDX-License-Identifier: Apache-2.0

/// DTXCTL — DMA Tx Control.
///
/// - 8023LL, bit 2: the length of IEEE 802.3 frames is put in. Without effect.
package struct DTXCTL: Register {
    package static var name: RegisterName { .DTXCTL }
    package static var offset: Int { 0x3590 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x44, section: "8.12", in: "Transmit/Transmit.swift",
                without: "8023LL, VLAN_ADDED (the switch always sees the tag that is put in)",
                "802.3LL, VLAN_ADDED, OOS_EN, MDP_EN, SPOOF_INT")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VLAN_ADDED, bit 3. The switch sees the tag that hardware puts in, which it always does here.
    package var seesInsertedTags: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// OOS_EN, bit 4. A packet that makes no sense raises DOUTSYNC.
    package var reportsOutOfSync: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// MDP_EN, bit 5. A packet that makes no sense blocks its queue.
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
///
/// - CT, bits 11:4: attempts after collisions. Without effect: a full-duplex link has none.
/// - BST, bits 21:12: the time to back off after collisions. Without effect.
/// - RTLC, bit 24: a frame is sent again after a late collision. Without effect.
package struct TCTL: Register {
    package static var name: RegisterName { .TCTL }
    package static var offset: Int { 0x0400 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFBF_FFFF, reset: 0xA404_00F8, section: "8.12",
                in: "Transmit/TransmitRun.swift", without: "CT, COLD, RTLC (there is no half duplex)",
                "Transmit control")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EN, bit 1. Frames are sent.
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
///
/// - TCP_Flg_first_seg, bits 11:0: the flags that the first segment keeps.
/// - TCP_Flg_mid_seg, bits 27:16: the flags that the middle segments keep.
package struct DTXTCPFLGL: Register {
    package static var name: RegisterName { .DTXTCPFLGL }
    package static var offset: Int { 0x359C }
    // Reset: first and middle segments lose FIN and PSH; not confirmed.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x0FFF_0FFF, reset: 0x0F76_0FF6, section: "8.12",
                in: "Transmit/TransmitSegmentation.swift", "TSO TCP flag AND masks: first and middle segment")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// DTXTCPFLGH — TCP flags that the last segment keeps.
///
/// - TCP_Flg_lst_seg, bits 11:0: the flags that the last segment keeps.
package struct DTXTCPFLGH: Register {
    package static var name: RegisterName { .DTXTCPFLGH }
    package static var offset: Int { 0x35A0 }
    // Reset: the last segment loses CWR; not confirmed.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x0FFF, reset: 0x0F7F, section: "8.12", in: "Transmit/TransmitSegmentation.swift",
                "TSO TCP flag AND mask: last segment")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RTTBCNRC — the rate of the queue that RTTDQSEL selects: link speed divided by a factor with 14 fraction bits.
///
/// - RF_DEC, bits 13:0: the factor's fraction.
/// - RF_INT, bits 27:14: the factor's integer part.
package struct RTTBCNRC: Register {
    package static var name: RegisterName { .RTTBCNRC }
    package static var offset: Int { 0x36B0 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.12", in: "Transmit/RateLimits.swift",
                "Rate: enable 31, RF_INT 27:14, RF_DEC 13:0 of RTTDQSEL queue")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RS_ENA, bit 31. The queue's rate is limited.
    package var isEnabled: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
    /// RF_INT and RF_DEC as one number in units of 2^-14.
    package var factor: UInt64 {
        get { UInt64(self[0...27]) }
        set { self[0...27] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// LVMMC — Last VM Misbehavior Cause.
///
/// - Cause, bits 4:0: 1 a wrong address, 2 a wrong VLAN, 4 descriptors that make no packet.
/// - Queue, bits 19:16: the queue it was seen on.
package struct LVMMC: Register {
    package static var name: RegisterName { .LVMMC }
    package static var offset: Int { 0x3548 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, section: "8.14", in: "Transmit/Transmit.swift",
                "Last VM misbehaviour: cause 4:0, queue 19:16")
        ]
    }

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
    package static var specs: [RegisterSpec] {
        [
            spec(
                .writeOneToClear, writable: 0xFFFF, section: "8.14", in: "Transmit/Transmit.swift",
                "Malicious driver: queues blocked, a one releases")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MDFB, bits 15:0: queues that malicious driver detection has stopped. Writing a one lets a queue go.
    package var queues: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
}

/// WVBR — Wrong VM Behaviour. The read clears it.
package struct WVBR: Register {
    package static var name: RegisterName { .WVBR }
    package static var offset: Int { 0x3554 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, section: "8.14", in: "Transmit/Transmit.swift",
                "Wrong VM behaviour, a bit per Tx queue: spoofing 15:0, blocked 31:16")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Spoofing, bits 15:0: queues that a frame with an address or VLAN not theirs came from.
    package var spoofing: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
    /// Blocked, bits 31:16: queues that were stopped.
    package var blocked: UInt32 {
        get { self[16...31] }
        set { self[16...31] = newValue }
    }
}

/// RTTDQSEL — Transmit Descriptor Plane Queue Select.
package struct RTTDQSEL: Register {
    package static var name: RegisterName { .RTTDQSEL }
    package static var offset: Int { 0x3604 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.12", in: "Transmit/Transmit.swift", "Selects the Tx queue for RTTDVMRC/RTTBCNRC")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TXDQ_IDX, bits 3:0: the queue that RTTBCNRC is of.
    package var queue: Int {
        get { Int(self[0...3]) }
        set { self[0...3] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// RTTBCNRM[n] — BCN Memory Window, which drivers set up together with RTTBCNRC.
package struct RTTBCNRM: Register {
    package static var name: RegisterName { .RTTBCNRM }
    package static var offset: Int { 0x3690 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, .unimplemented, section: "8.12", "BCN memory window")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
