// SPDX-License-Identifier: Apache-2.0

/// A set of pools, a bit each. VF n is pool n.
package typealias PoolSet = UInt8

/// VT_CTL — Virtual Control.
package struct VT_CTL: Register {
    package static var name: RegisterName { .VT_CTL }
    package static var offset: Int { 0x581C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x7000_0380, section: "8.14", in: "Switch/Switch.swift",
                "Default pool 9:7, ignore MAC 28, no default pool 29, replication 30")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// DEF_PL, bits 9:7: the pool that takes unicast from the wire that no filter knows.
    package var defaultPool: Int {
        get { Int(self[7...9]) }
        set { self[7...9] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// IGMAC, bit 28. Pools are told apart by VLAN alone.
    package var ignoresMAC: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
    /// Dis_Def_Pool, bit 29. DEF_PL does not apply.
    package var hasNoDefaultPool: Bool {
        get { self[29] }
        set { self[29] = newValue }
    }
    /// Rep_En, bit 30. A frame may go to several pools.
    package var replicates: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
}

/// VMOLR[n] — VM Offload: what pool n accepts and how it gets it.
package struct VMOLR: Register {
    package static var name: RegisterName { .VMOLR }
    package static var offset: Int { 0x5AD0 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x8000_2600, section: "8.14", in: "Receive/Acceptance.swift",
                "Per-pool filter and offload control")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RLPML, bits 13:0: bytes of the longest frame, FCS included; applies with LPE.
    package var maximumLength: Int {
        get { Int(self[0...13]) }
        set { self[0...13] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// LPE, bit 16. Frames up to RLPML instead of 1518 bytes.
    package var acceptsLongPackets: Bool {
        get { self[16] }
        set { self[16] = newValue }
    }
    /// RSSE, bit 17. Both queues of the pool are used (MRQC mode 5).
    package var usesRSS: Bool {
        get { self[17] }
        set { self[17] = newValue }
    }
    /// AUPE, bit 24. Frames without a tag are accepted.
    package var acceptsUntagged: Bool {
        get { self[24] }
        set { self[24] = newValue }
    }
    /// ROMPE, bit 25. Multicast that hits MTA is accepted.
    package var acceptsMulticastHash: Bool {
        get { self[25] }
        set { self[25] = newValue }
    }
    /// ROPE, bit 26. Unicast that hits UTA is accepted.
    package var acceptsUnicastHash: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
    /// BAM, bit 27. Broadcast is accepted.
    package var acceptsBroadcast: Bool {
        get { self[27] }
        set { self[27] = newValue }
    }
    /// MPE, bit 28. Multicast to every address is accepted.
    package var isMulticastPromiscuous: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
    /// STRVLAN, bit 30. The tag is not written to memory.
    package var stripsVLAN: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// STRCRC, bit 31. The FCS is not written to memory.
    package var stripsCRC: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// RPLOLR — Replication Offload: stripping for multicast and broadcast, in place of VMOLR's.
package struct RPLOLR: Register {
    package static var name: RegisterName { .RPLOLR }
    package static var offset: Int { 0x5AF0 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xC000_0000, reset: 0x8000_0000, section: "8.14", in: "Receive/Acceptance.swift",
                "VLAN/CRC strip for replicated packets")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// STRVLAN, bit 30. The tag is not written to memory.
    package var stripsVLAN: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// STRCRC, bit 31. The FCS is not written to memory.
    package var stripsCRC: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// VLVF[n] — a VLAN and the pools in it.
package struct VLVF: Register {
    package static var name: RegisterName { .VLVF }
    package static var offset: Int { 0x5D00 }
    package static var count: Int { 32 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x801F_FFFF, section: "8.14", in: "Switch/PoolFilters.swift",
                "VLAN to pool list: id 11:0, pools 19:12, LVLAN 20, VI_En 31")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VLAN_Id, bits 11:0: the VLAN.
    package var identifier: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...11]) }
        set { self[0...11] = UInt32(newValue) }
    }
    /// POOLSEL, bits 19:12: the pools in it.
    package var pools: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[12...19]) }
        set { self[12...19] = UInt32(newValue) }
    }
    /// LVLAN, bit 20. The VLAN never leaves the device.
    package var isLocal: Bool {
        get { self[20] }
        set { self[20] = newValue }
    }
    /// VI_En, bit 31. The entry is valid.
    package var isEnabled: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// VMVIR[n] — VLAN insertion for what pool n sends.
package struct VMVIR: Register {
    package static var name: RegisterName { .VMVIR }
    package static var offset: Int { 0x3700 }
    package static var count: Int { 8 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xC000_FFFF, section: "8.14", in: "Transmit/TransmitRun.swift",
                "Per-pool default VLAN 15:0, VLANA 31:30")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    package enum Policy: UInt32, Sendable {
        case byDescriptor = 0
        case always = 1
        case never = 2
    }

    /// Port_VLAN_ID, bits 15:0: priority, CFI and identifier.
    package var tag: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
    /// VLANA, bits 31:30: 0 leaves the tag to the descriptor, 1 always inserts this one, 2 none.
    package var policy: Policy {
        get { Policy(rawValue: self[30...31]) ?? .byDescriptor }
        set { self[30...31] = newValue.rawValue }
    }
}

/// DTXSWC — DMA Tx Switch Control.
package struct DTXSWC: Register {
    package static var name: RegisterName { .DTXSWC }
    package static var offset: Int { 0x3500 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.14", in: "Switch/Switch.swift",
                "Anti-spoof enables, local loopback enables, VM loopback")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// MACAS, bits 7:0: pools whose source address is checked.
    package var checksMAC: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
    /// VLANAS, bits 15:8: pools whose VLAN is checked.
    package var checksVLAN: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[8...15]) }
        set { self[8...15] = UInt32(newValue) }
    }
    /// LLE, bits 23:16: pools that get their own frames back.
    package var allowsOwnFrames: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[16...23]) }
        set { self[16...23] = UInt32(newValue) }
    }
    /// Loopback_En, bit 31. The switch works; otherwise everything goes to the wire.
    package var isEnabled: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// VMRCTL[n] — Mirror Rule Control.
package struct VMRCTL: Register {
    package static var name: RegisterName { .VMRCTL }
    package static var offset: Int { 0x5D80 }
    package static var count: Int { 4 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x070F, section: "8.14", in: "Switch/PoolFilters.swift",
                "Mirror rule control: VPME 0, UPME 1, DPME 2, VLME 3, MP 10:8")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    package var isEnabled: Bool { self[0...3] != 0 }
    /// VPME, bit 0. Frames that a pool of VMRVM[n] receives are copied.
    package var mirrorsPools: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// UPME, bit 1. Frames from the wire are copied.
    package var mirrorsUplink: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// DPME, bit 2. Frames to the wire are copied.
    package var mirrorsDownlink: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// VLME, bit 3. Frames in a VLAN of VMRVLAN[n] are copied.
    package var mirrorsVLANs: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// MP, bits 10:8. The pool that gets the copies.
    package var destination: Int {
        get { Int(self[8...10]) }
        set { self[8...10] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// VFRE — VF Receive Enable.
package struct VFRE: Register {
    package static var name: RegisterName { .VFRE }
    package static var offset: Int { 0x0C8C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFF, reset: 0xFF, section: "8.14", in: "Switch/Switch.swift",
                "Pool receive enable")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFRE, bits 7:0: pools that receive.
    package var pools: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
}

/// VFTE — VF Transmit Enable.
package struct VFTE: Register {
    package static var name: RegisterName { .VFTE }
    package static var offset: Int { 0x0C90 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFF, reset: 0xFF, section: "8.14", in: "Switch/Switch.swift",
                "Pool transmit enable")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VFTE, bits 7:0: pools that send.
    package var pools: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
}

/// VMRVLAN[n] — Mirror Rule VLAN: the VLANs of a rule with VLME.
package struct VMRVLAN: Register {
    package static var name: RegisterName { .VMRVLAN }
    package static var offset: Int { 0x5D90 }
    package static var count: Int { 4 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.14", in: "Switch/Switch.swift", "Mirror rule VLVF bitmap")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Entries of VLVF, a bit each.
    package var entries: UInt32 {
        get { raw }
        set { raw = newValue }
    }
}

/// VMRVM[n] — Mirror Rule Pool: the pools of a rule with VPME.
package struct VMRVM: Register {
    package static var name: RegisterName { .VMRVM }
    package static var offset: Int { 0x5DA0 }
    package static var count: Int { 4 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0xFF, section: "8.14", in: "Switch/Switch.swift", "Mirror rule pool bitmap")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VMRVM, bits 7:0: the pools.
    package var pools: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[0...7]) }
        set { self[0...7] = UInt32(newValue) }
    }
}
