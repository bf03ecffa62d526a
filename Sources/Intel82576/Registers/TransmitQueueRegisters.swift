// SPDX-License-Identifier: Apache-2.0

/// TXDCTL[n] — Transmit Descriptor Control.
///
/// - PTHRESH, bits 4:0: descriptors left on chip at which more are fetched. Without effect.
/// - HTHRESH, bits 12:8: free descriptors at which more are fetched. Without effect.
/// - Priority, bit 27: the queue has high priority. Without effect.
package struct TXDCTL: QueueRegister {
    package static var name: RegisterName { .TXDCTL }
    package static var offset: Int { 0xE028 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                queues: 0..<1, .readWrite, writable: 0x0A1F_1F1F, reset: 0x0200_0000, section: "8.12",
                in: "Transmit/Transmit.swift", without: "PTHRESH, HTHRESH, PRIORITY",
                "Thresholds, queue enable 25, priority 27"),
            spec(
                queues: 1..<16, .readWrite, writable: 0x0A1F_1F1F, section: "8.12", in: "Transmit/Transmit.swift",
                without: "PTHRESH, HTHRESH, PRIORITY", "Thresholds, queue enable 25, priority 27"),
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// WTHRESH, bits 20:16. Done descriptors that are written back together.
    package var writeBackThreshold: Int {
        get { Int(self[16...20]) }
        set { self[16...20] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// ENABLE, bit 25. The queue works.
    package var isEnabled: Bool {
        get { self[25] }
        set { self[25] = newValue }
    }
}

/// TDWBAL[n] — Transmit Descriptor Write-Back Address Low.
package struct TDWBAL: QueueRegister {
    package static var name: RegisterName { .TDWBAL }
    package static var offset: Int { 0xE038 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.12", in: "Transmit/TransmitWriteBack.swift",
                "Head write-back address low; bit 0 enables")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Head_WB_En, bit 0. TDH is written to memory; descriptors are left alone.
    package var isHeadWriteBack: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// WB_on_EITR, bit 1. TDH is also written, EITR's interval later, for descriptors without RS; here at once.
    package var isWrittenOnTimer: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// The address, of which bits 31:2 count.
    package var address: UInt32 { raw & ~3 }
}

/// TDBAL[n] — Transmit Descriptor Base Address Low.
package struct TDBAL: QueueRegister {
    package static var name: RegisterName { .TDBAL }
    package static var offset: Int { 0xE000 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF_FF80, section: "8.12", in: "Registers/RegisterFile+Rings.swift",
                "Tx ring base low, 128-byte aligned")
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

/// TDBAH[n] — Transmit Descriptor Base Address High.
package struct TDBAH: QueueRegister {
    package static var name: RegisterName { .TDBAH }
    package static var offset: Int { 0xE004 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.12", in: "Registers/RegisterFile+Rings.swift", "Tx ring base high")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TDLEN[n] — Transmit Descriptor Length.
package struct TDLEN: QueueRegister {
    package static var name: RegisterName { .TDLEN }
    package static var offset: Int { 0xE008 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x000F_FFF0, section: "8.12", in: "Registers/RegisterFile+Rings.swift",
                "Tx ring length in bytes")
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

/// TDH[n] — Transmit Descriptor Head: the next descriptor that the chip takes.
package struct TDH: QueueRegister {
    package static var name: RegisterName { .TDH }
    package static var offset: Int { 0xE010 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0xFFFF, section: "8.12", in: "Transmit/Transmit.swift", "Tx head index")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TDH, bits 15:0: the descriptor's number.
    package var index: Int {
        get { Int(self[0...15]) }
        set { self[0...15] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// TDT[n] — Transmit Descriptor Tail: the descriptor behind the last one that is the chip's.
package struct TDT: QueueRegister {
    package static var name: RegisterName { .TDT }
    package static var offset: Int { 0xE018 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0xFFFF, section: "8.12", in: "Transmit/Transmit.swift", "Tx tail index")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// TDT, bits 15:0: the descriptor's number.
    package var index: Int {
        get { Int(self[0...15]) }
        set { self[0...15] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// TDWBAH[n] — Transmit Descriptor Write-Back Address High.
package struct TDWBAH: QueueRegister {
    package static var name: RegisterName { .TDWBAH }
    package static var offset: Int { 0xE03C }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.12", in: "Transmit/TransmitWriteBack.swift", "Head write-back address high")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// TXCTL — Transmit DCA Control. Stored: there is no processor cache to steer.
///
/// - TX_Descriptor_DCA_EN, bit 5: descriptors go to the cache.
/// - TXdescRDROEn, bit 9: descriptors are fetched with relaxed ordering.
/// - TXdescWBROEn, bit 11: descriptors are written back with relaxed ordering.
/// - TXDataReadROEn, bit 13: frames are read with relaxed ordering.
/// - CPUID, bits 31:24: the processor whose cache it is.
package struct TXCTL: QueueRegister {
    package static var name: RegisterName { .TXCTL }
    package static var offset: Int { 0xE014 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, reset: 0x2A00, .storage, section: "8.13", "Tx DCA enables, relaxed ordering, CPU id 31:24")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
