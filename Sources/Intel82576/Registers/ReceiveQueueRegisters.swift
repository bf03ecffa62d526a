// SPDX-License-Identifier: Apache-2.0

/// RXDCTL[n] — Receive Descriptor Control.
///
/// - PTHRESH, bits 4:0: descriptors left on chip at which more are fetched. Without effect.
/// - HTHRESH, bits 12:8: free descriptors at which more are fetched. Without effect.
/// - WTHRESH, bits 20:16: done descriptors that are written back together. Without effect.
package struct RXDCTL: QueueRegister {
    package static var name: RegisterName { .RXDCTL }
    package static var offset: Int { 0xC028 }
    // Only queue 0 starts with ENABLE set, hence two rows. SWFLSH (bit 26) reads 0.
    package static var specs: [RegisterSpec] {
        [
            spec(
                queues: 0..<1, .readWrite, writable: 0x021F_1F1F, reset: 0x0201_0000, section: "8.10",
                in: "Receive/ReceiveLane.swift",
                without: "PTHRESH, HTHRESH, WTHRESH",
                "Thresholds, queue enable 25"),
            spec(
                queues: 1..<16, .readWrite, writable: 0x021F_1F1F, reset: 0x0001_0000, section: "8.10",
                in: "Receive/ReceiveLane.swift",
                without: "PTHRESH, HTHRESH, WTHRESH",
                "Thresholds, queue enable 25"),
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// ENABLE, bit 25. The queue works.
    package var isEnabled: Bool {
        get { self[25] }
        set { self[25] = newValue }
    }
}

/// SRRCTL[n] — Split and Replication Receive Control.
package struct SRRCTL: QueueRegister {
    package static var name: RegisterName { .SRRCTL }
    package static var offset: Int { 0xC00C }
    // Reset 0, the legacy descriptor format: iPXE relies on it. The datasheet value (0x0400?) is not confirmed.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x8FF0_3F7F, section: "8.10", in: "Receive/ReceiveLane.swift",
                "Buffer sizes, descriptor type, drop enable")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// BSIZEPACKET, bits 6:0, in KB; 0 means RCTL.BSIZE.
    package var packetBufferSize: Int {
        get { Int(self[0...6]) &* 1024 }
        set { self[0...6] = UInt32(truncatingIfNeeded: newValue / 1024) }
    }
    /// BSIZEHEADER, bits 13:8, in 64 bytes. No more than 960 are used: HDR_LEN has ten bits, and 15 units is as far as
    /// the field of the chip goes.
    package var headerBufferSize: Int { min(Int(self[8...13]) &* 64, 960) }
    /// RDMTS, bits 24:20: free descriptors, in sixteens, at which RXDMT0 is raised.
    package var lowThreshold: Int { Int(self[20...24]) &* 16 }
    /// DESCTYPE, bits 27:25: what is done with the buffers of a descriptor. Reserved codes are served as one buffer.
    package var format: Format {
        get { Format(rawValue: UInt8(truncatingIfNeeded: self[25...27])) ?? .oneBuffer }
        set { self[25...27] = UInt32(newValue.rawValue) }
    }
    /// DESCTYPE 0.
    package var isLegacy: Bool { self[25...27] == 0 }
    package var usesHeaderBuffer: Bool { self[25...27] >= 2 && self[25...27] <= 5 }
    /// Drop_En, bit 31. A frame without descriptors is dropped, not held.
    package var dropsWhenEmpty: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }

    /// What a queue does with the buffers of a descriptor.
    package enum Format: UInt8 {
        case legacy = 0
        case oneBuffer = 1
        /// The header goes to the header buffer, the rest to the packet buffer.
        case split = 2
        /// The start of each frame goes to the header buffer as well.
        case replicate = 3
        /// The same, but a frame that fits the header buffer goes there alone.
        case replicateLarge = 4
        /// As split, and what has no header to split at is split where the header buffer ends.
        case splitAlways = 5
    }
}

/// RDBAL[n] — Receive Descriptor Base Address Low.
package struct RDBAL: QueueRegister {
    package static var name: RegisterName { .RDBAL }
    package static var offset: Int { 0xC000 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF_FF80, section: "8.10", in: "Registers/RegisterFile+Rings.swift",
                "Rx ring base low, 128-byte aligned")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// The address, of which bits 31:7 count: the ring is aligned to 128 bytes.
    package var address: UInt32 {
        get { raw & ~0x7F }
        set { raw = newValue & ~0x7F }
    }
}

/// RDBAH[n] — Receive Descriptor Base Address High.
package struct RDBAH: QueueRegister {
    package static var name: RegisterName { .RDBAH }
    package static var offset: Int { 0xC004 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.10", in: "Registers/RegisterFile+Rings.swift", "Rx ring base high")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RDLEN[n] — Receive Descriptor Length.
package struct RDLEN: QueueRegister {
    package static var name: RegisterName { .RDLEN }
    package static var offset: Int { 0xC008 }
    // The length counts in 128 bytes; bits 6:4 are stored all the same, as the register test of Linux expects.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x000F_FFF0, section: "8.10", in: "Registers/RegisterFile+Rings.swift",
                "Rx ring length in bytes")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// LEN, bits 19:0, in bytes: a multiple of 128. Bits 6:4 are stored too, as Linux' register test expects.
    package var byteCount: Int {
        get { Int(self[0...19]) }
        set { self[0...19] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// RDH[n] — Receive Descriptor Head: the next descriptor that the chip fills.
package struct RDH: QueueRegister {
    package static var name: RegisterName { .RDH }
    package static var offset: Int { 0xC010 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0xFFFF, section: "8.10", in: "Receive/Receive.swift", "Rx head index")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RDH, bits 15:0: the descriptor's number.
    package var index: Int {
        get { Int(self[0...15]) }
        set { self[0...15] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// RDT[n] — Receive Descriptor Tail: the descriptor behind the last one that is the chip's.
package struct RDT: QueueRegister {
    package static var name: RegisterName { .RDT }
    package static var offset: Int { 0xC018 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0xFFFF, section: "8.10", in: "Receive/Receive.swift", "Rx tail index")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RDT, bits 15:0: the descriptor's number.
    package var index: Int {
        get { Int(self[0...15]) }
        set { self[0...15] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// RQDPC[n] — Receive Queue Drop Packet Count.
package struct RQDPC: QueueRegister {
    package static var name: RegisterName { .RQDPC }
    package static var offset: Int { 0xC030 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readToClear, clearedByRead: 0x0FFF, section: "8.10", in: "Receive/FramePlacement.swift",
                "Packets dropped by this queue, 11:0")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RQDPC, bits 11:0: frames that the queue had no descriptor for. The read clears it; it sticks at its maximum.
    package var count: UInt32 {
        get { self[0...11] }
        set { self[0...11] = newValue }
    }
}

/// RXCTL — Receive DCA Control. Stored: there is no processor cache to steer.
///
/// - RX_Descriptor_DCA_EN, bit 5: descriptors go to the cache.
/// - RX_Header_DCA_EN, bit 6: headers go to the cache.
/// - RX_Payload_DCA_EN, bit 7: payload goes to the cache.
/// - RXdescReadROEn, bit 9: descriptors are fetched with relaxed ordering.
/// - RXdataWriteROEn, bit 13: frames are written with relaxed ordering.
/// - CPUID, bits 31:24: the processor whose cache it is.
package struct RXCTL: QueueRegister {
    package static var name: RegisterName { .RXCTL }
    package static var offset: Int { 0xC014 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, .storage, section: "8.13", "Rx DCA enables, relaxed ordering, CPU id 31:24")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
