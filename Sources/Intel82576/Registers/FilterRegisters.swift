// SPDX-License-Identifier: Apache-2.0

// The registers of the filters that choose a queue. All queue numbers have four bits, since the chip has 16 queues;
// headers of drivers for its smaller relatives have three.

/// ETQF[n] — EType Queue Filter.
package struct ETQF: Register {
    package static var name: RegisterName { .ETQF }
    package static var offset: Int { 0x5CB0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.11", in: "Filters/QueueFilters.swift", "EtherType queue filters")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EType, bits 15:0: the EtherType to match.
    package var etherType: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
    /// Rx_Queue, bits 19:16: the queue for what matches.
    package var queue: Int {
        get { Int(self[16...19]) }
        set { self[16...19] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// Filter_Enable, bit 26. The other actions need it.
    package var isEnabled: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
    /// Immediate_Interrupt, bit 29. What matches interrupts at once.
    package var isImmediate: Bool {
        get { self[29] }
        set { self[29] = newValue }
    }
    /// 1588_Time_Stamp, bit 30. What matches is a packet to stamp.
    package var isTimed: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// Queue_Enable, bit 31. What matches goes to Rx_Queue.
    package var steers: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// FTQF[n] — Five Tuple Queue Filter. Addresses and ports to compare are in SAQF, DAQF, SPQF and IMIR of the same number.
package struct FTQF: Register {
    package static var name: RegisterName { .FTQF }
    package static var offset: Int { 0x59E0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0xF000_0000, section: "8.11", in: "Filters/QueueFilters.swift",
                "5-tuple protocol 7:0, queue 19:16, VF 14:12, masks, 1588 bit")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Protocol, bits 7:0: the IP protocol to match.
    package var protocolNumber: UInt8 {
        get { UInt8(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
    /// Queue_Enable, bit 8. What matches goes to Rx_Queue.
    package var steers: Bool {
        get { self[8] }
        set { self[8] = newValue }
    }
    /// VF, bits 14:12: the pool it is for. No public driver uses it; the place is from memory.
    package var pool: Int {
        get { Int(self[12...14]) }
        set { self[12...14] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// VF_Mask, bit 15. The filter is for all pools.
    package var ignoresPool: Bool {
        get { self[15] }
        set { self[15] = newValue }
    }
    /// Rx_Queue, bits 19:16: the queue for what matches.
    package var queue: Int {
        get { Int(self[16...19]) }
        set { self[16...19] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// 1588_Time_Stamp, bit 27. What matches is a packet to stamp.
    package var isTimed: Bool {
        get { self[27] }
        set { self[27] = newValue }
    }
    /// Mask[0], bit 28. The protocol is not compared.
    package var ignoresProtocol: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
    /// Mask[1], bit 29. The source address is not compared.
    package var ignoresSource: Bool {
        get { self[29] }
        set { self[29] = newValue }
    }
    /// Mask[2], bit 30. The destination address is not compared.
    package var ignoresDestination: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// Mask[3], bit 31. The source port is not compared.
    package var ignoresSourcePort: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// IMIR[n] — Immediate Interrupt Rx: the destination port of FTQF[n], its priority, and its immediate interrupt.
package struct IMIR: Register {
    package static var name: RegisterName { .IMIR }
    package static var offset: Int { 0x5A80 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.11", in: "Filters/QueueFilters.swift", "Immediate-interrupt TCP/UDP port filter")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Destination_Port, bits 15:0, in the order of the wire: its first byte lowest (igb writes `htons(319)`).
    package var destinationPort: UInt16 { UInt16(truncatingIfNeeded: self[0...15]).byteSwapped }
    /// PORT_IM_EN, bit 16. What matches interrupts at once.
    package var isImmediate: Bool {
        get { self[16] }
        set { self[16] = newValue }
    }
    /// PORT_BP, bit 17. The destination port is not compared.
    package var ignoresDestinationPort: Bool {
        get { self[17] }
        set { self[17] = newValue }
    }
    /// Filter_Priority, bits 31:29: which of several filters that match decides; 7 is the highest.
    package var priority: Int {
        get { Int(self[29...31]) }
        set { self[29...31] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// IMIREXT[n] — Immediate Interrupt Rx Extended: frame size and TCP flags of FTQF[n].
package struct IMIREXT: Register {
    package static var name: RegisterName { .IMIREXT }
    package static var offset: Int { 0x5AA0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.11", in: "Filters/QueueFilters.swift",
                "Immediate-interrupt size and TCP flag filter")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Size_Thresh, bits 11:0: the frame is shorter.
    package var sizeThreshold: Int {
        get { Int(self[0...11]) }
        set { self[0...11] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// Size_BP, bit 12. The size is not compared.
    package var ignoresSize: Bool {
        get { self[12] }
        set { self[12] = newValue }
    }
    /// CtrlBit, bits 18:13: URG, ACK, PSH, RST, SYN, FIN from the lowest on. As a TCP header has them, FIN lowest.
    package var tcpFlags: UInt8 {
        let bits = UInt8(truncatingIfNeeded: self[13...18])
        return (0..<6).reduce(0) { $0 | (bits &>> UInt8(5 - $1) & 1) &<< UInt8($1) }
    }
    /// CtrlBit_BP, bit 19. Flags are not compared.
    package var ignoresFlags: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }
}

/// IMIRVP — Immediate Interrupt Rx VLAN Priority.
package struct IMIRVP: Register {
    package static var name: RegisterName { .IMIRVP }
    package static var offset: Int { 0x5AC0 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xF, section: "8.11", in: "Filters/QueueFilters.swift",
                "Immediate interrupt by VLAN priority")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Vlan_Pri, bits 2:0: this priority and higher ones interrupt at once.
    package var priority: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...2]) }
        set { self[0...2] = UInt32(newValue) }
    }
    /// Vlan_Pri_en, bit 3. Vlan_Pri applies.
    package var isEnabled: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
}

/// SYNQF — SYN Packet Queue Filter.
package struct SYNQF: Register {
    package static var name: RegisterName { .SYNQF }
    package static var offset: Int { 0x55FC }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.11", in: "Filters/QueueFilters.swift", "TCP SYN filter: enable 0, queue 4:1")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Queue_Enable, bit 0. A TCP packet with SYN goes to Rx_Queue.
    package var steers: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// Rx_Queue, bits 4:1: the queue for what matches.
    package var queue: Int {
        get { Int(self[1...4]) }
        set { self[1...4] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// SAQF[n] — Source Address Queue Filter of FTQF[n].
package struct SAQF: Register {
    package static var name: RegisterName { .SAQF }
    package static var offset: Int { 0x5980 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.11", in: "Filters/QueueFilters.swift",
                "5-tuple source IPv4 (network byte order)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// The IPv4 address, most significant byte first; the register has the first byte of the wire lowest.
    package var address: UInt32 {
        get { raw.byteSwapped }
        set { raw = newValue.byteSwapped }
    }
}

/// DAQF[n] — Destination Address Queue Filter of FTQF[n].
package struct DAQF: Register {
    package static var name: RegisterName { .DAQF }
    package static var offset: Int { 0x59A0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.11", in: "Filters/QueueFilters.swift", "5-tuple destination IPv4")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// The IPv4 address, most significant byte first; the register has the first byte of the wire lowest.
    package var address: UInt32 {
        get { raw.byteSwapped }
        set { raw = newValue.byteSwapped }
    }
}

/// SPQF[n] — Source Port Queue Filter of FTQF[n].
package struct SPQF: Register {
    package static var name: RegisterName { .SPQF }
    package static var offset: Int { 0x59C0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, section: "8.11", in: "Filters/QueueFilters.swift",
                "5-tuple source port 15:0")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Source_Port, bits 15:0, in the order of the wire: its first byte lowest.
    package var port: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]).byteSwapped }
        set { self[0...15] = UInt32(newValue.byteSwapped) }
    }
}
