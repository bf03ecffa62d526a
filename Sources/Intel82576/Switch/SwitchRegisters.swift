/// A set of pools, a bit each. VF n is pool n.
typealias PoolSet = UInt8

/// VT_CTL — Virtual Control.
struct VT_CTL: Register {
    static var name: RegisterName { .VT_CTL }
    static var offset: Int { 0x581C }
    var raw: UInt32

    /// DEF_PL, bits 9:7. Takes unicast from the wire that no filter knows.
    var defaultPool: Int { Int(self[7...9]) }
    /// IGMAC, bit 28. Pools are told apart by VLAN alone.
    var ignoresMAC: Bool { self[28] }
    /// Dis_Def_Pool, bit 29.
    var hasNoDefaultPool: Bool { self[29] }
    /// Rep_En, bit 30. A frame may go to several pools.
    var replicates: Bool { self[30] }
}

/// VMOLR[n] — VM Offload: what pool n accepts and how it gets it.
struct VMOLR: Register {
    static var name: RegisterName { .VMOLR }
    static var offset: Int { 0x5AD0 }
    var raw: UInt32

    /// RLPML, bits 13:0, FCS included; applies with ``acceptsLongPackets``.
    var maximumLength: Int { Int(self[0...13]) }
    /// LPE, bit 16.
    var acceptsLongPackets: Bool { self[16] }
    /// RSSE, bit 17. Both queues of the pool are used (MRQC mode 5).
    var usesRSS: Bool { self[17] }
    /// AUPE, bit 24.
    var acceptsUntagged: Bool { self[24] }
    /// ROMPE, bit 25. Multicast that hits MTA.
    var acceptsMulticastHash: Bool { self[25] }
    /// ROPE, bit 26. Unicast that hits UTA.
    var acceptsUnicastHash: Bool { self[26] }
    /// BAM, bit 27.
    var acceptsBroadcast: Bool { self[27] }
    /// MPE, bit 28.
    var isMulticastPromiscuous: Bool { self[28] }
    /// STRVLAN, bit 30.
    var stripsVLAN: Bool { self[30] }
    /// STRCRC, bit 31.
    var stripsCRC: Bool { self[31] }
}

/// RPLOLR — Replication Offload: stripping for multicast and broadcast, in place of VMOLR's.
struct RPLOLR: Register {
    static var name: RegisterName { .RPLOLR }
    static var offset: Int { 0x5AF0 }
    var raw: UInt32

    /// STRVLAN, bit 30.
    var stripsVLAN: Bool { self[30] }
    /// STRCRC, bit 31.
    var stripsCRC: Bool { self[31] }
}

/// VLVF[n] — a VLAN and the pools in it.
struct VLVF: Register {
    static var name: RegisterName { .VLVF }
    static var offset: Int { 0x5D00 }
    var raw: UInt32

    /// VLAN_Id, bits 11:0.
    var identifier: UInt16 { UInt16(truncatingIfNeeded: self[0...11]) }
    /// POOLSEL, bits 19:12.
    var pools: PoolSet { PoolSet(truncatingIfNeeded: self[12...19]) }
    /// LVLAN, bit 20. Never leaves the device.
    var isLocal: Bool { self[20] }
    /// VI_En, bit 31.
    var isEnabled: Bool { self[31] }
}

/// VMVIR[n] — VLAN insertion for what pool n sends.
struct VMVIR: Register {
    static var name: RegisterName { .VMVIR }
    static var offset: Int { 0x3700 }
    var raw: UInt32

    enum Policy {
        case byDescriptor
        case always
        case never
    }

    /// Port VLAN, bits 15:0: priority, CFI and identifier.
    var tag: UInt16 { UInt16(truncatingIfNeeded: self[0...15]) }
    /// VLANA, bits 31:30.
    var policy: Policy {
        switch self[30...31] {
        case 1: .always
        case 2: .never
        default: .byDescriptor
        }
    }
}

/// DTXSWC — DMA Tx Switch Control.
struct DTXSWC: Register {
    static var name: RegisterName { .DTXSWC }
    static var offset: Int { 0x3500 }
    var raw: UInt32

    /// MACAS, bits 7:0: pools whose source address is checked.
    var checksMAC: PoolSet { PoolSet(truncatingIfNeeded: self[0...7]) }
    /// VLANAS, bits 15:8: pools whose VLAN is checked.
    var checksVLAN: PoolSet { PoolSet(truncatingIfNeeded: self[8...15]) }
    /// LLE, bits 23:16: pools that get their own frames back.
    var allowsOwnFrames: PoolSet { PoolSet(truncatingIfNeeded: self[16...23]) }
    /// Loopback_En, bit 31. The switch works; otherwise everything goes to the wire.
    var isEnabled: Bool { self[31] }
}

/// DTXCTL — DMA Tx Control.
struct DTXCTL: Register {
    static var name: RegisterName { .DTXCTL }
    static var offset: Int { 0x3590 }
    var raw: UInt32

    /// OOS_EN, bit 4. A packet that makes no sense raises DOUTSYNC.
    var reportsOutOfSync: Bool { self[4] }
    /// MDP_EN, bit 5. Such a packet blocks its queue.
    var blocksMalicious: Bool { self[5] }
    /// SPOOF_INT, bit 6. A frame that fails a check raises DOUTSYNC.
    var interruptsOnSpoof: Bool { self[6] }
}

/// VMRCTL[n] — Mirror Rule Control.
struct VMRCTL: Register {
    static var name: RegisterName { .VMRCTL }
    static var offset: Int { 0x5D80 }
    var raw: UInt32

    var isEnabled: Bool { self[0...3] != 0 }
    /// VPME, bit 0. Frames that a pool of VMRVM[n] receives.
    var mirrorsPools: Bool { self[0] }
    /// UPME, bit 1. Frames from the wire.
    var mirrorsUplink: Bool { self[1] }
    /// DPME, bit 2. Frames to the wire.
    var mirrorsDownlink: Bool { self[2] }
    /// VLME, bit 3. Frames in a VLAN of VMRVLAN[n].
    var mirrorsVLANs: Bool { self[3] }
    /// MP, bits 10:8. The pool that gets the copies.
    var destination: Int { Int(self[8...10]) }
}
