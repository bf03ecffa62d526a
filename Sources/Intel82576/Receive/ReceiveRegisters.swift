/// RCTL — Receive Control.
struct RCTL: Register {
    static var name: RegisterName { .RCTL }
    static var offset: Int { 0x0100 }
    var raw: UInt32

    /// RXEN, bit 1.
    var isEnabled: Bool { self[1] }
    /// SBP, bit 2. Bad packets are stored.
    var storesBadPackets: Bool { self[2] }
    /// UPE, bit 3.
    var isUnicastPromiscuous: Bool { self[3] }
    /// MPE, bit 4.
    var isMulticastPromiscuous: Bool { self[4] }
    /// LPE, bit 5. Frames up to RLPML instead of 1518 bytes.
    var acceptsLongPackets: Bool { self[5] }
    /// LBM, bits 7:6. 0 none, 1 MAC loopback.
    var loopbackMode: UInt32 { self[6...7] }
    /// MO, bits 13:12. Which bits of the address index the MTA.
    var multicastOffset: Int { Int(self[12...13]) }
    /// BAM, bit 15.
    var acceptsBroadcast: Bool { self[15] }
    /// BSIZE, bits 17:16: buffer bytes where SRRCTL.BSIZEPACKET is 0.
    var bufferSize: Int { 2048 &>> Int(self[16...17]) }
    /// VFE, bit 18. The VLAN filter table applies.
    var filtersVLAN: Bool { self[18] }
    /// CFIEN, bit 19. The tag's CFI bit must equal CFI.
    var filtersCFI: Bool { self[19] }
    /// CFI, bit 20.
    var cfi: Bool { self[20] }
    /// DPF, bit 22. PAUSE frames for this port are not given to the host.
    var discardsPause: Bool { self[22] }
    /// PMCF, bit 23. Other MAC control frames for this port are.
    var passesMACControl: Bool { self[23] }
    /// SECRC, bit 26. The FCS is not written to memory.
    var stripsCRC: Bool { self[26] }
}

/// RXDCTL[n] — Receive Descriptor Control.
struct RXDCTL: Register {
    static var name: RegisterName { .RXDCTL }
    static var offset: Int { 0xC028 }
    static var stride: Int { 0x40 }
    var raw: UInt32

    /// ENABLE, bit 25.
    var isEnabled: Bool {
        get { self[25] }
        set { self[25] = newValue }
    }
}

/// SRRCTL[n] — Split and Replication Receive Control.
struct SRRCTL: Register {
    static var name: RegisterName { .SRRCTL }
    static var offset: Int { 0xC00C }
    static var stride: Int { 0x40 }
    var raw: UInt32

    /// BSIZEPACKET, bits 6:0, in KB; 0 means RCTL.BSIZE.
    var packetBufferSize: Int { Int(self[0...6]) &* 1024 }
    /// BSIZEHEADER, bits 13:8, in 64 bytes. No more than 960 are used: HDR_LEN has ten bits, and 15 units is as far as
    /// the field of the chip goes.
    var headerBufferSize: Int { min(Int(self[8...13]) &* 64, 960) }
    /// RDMTS, bits 24:20: free descriptors, in sixteens, at which RXDMT0 is raised.
    var lowThreshold: Int { Int(self[20...24]) &* 16 }
    /// DESCTYPE, bits 27:25. Reserved codes are served as one buffer.
    var format: Format { Format(rawValue: UInt8(truncatingIfNeeded: self[25...27])) ?? .oneBuffer }
    /// DESCTYPE 0.
    var isLegacy: Bool { self[25...27] == 0 }
    var usesHeaderBuffer: Bool { self[25...27] >= 2 && self[25...27] <= 5 }
    /// Drop_En, bit 31. A frame without descriptors is dropped, not held.
    var dropsWhenEmpty: Bool { self[31] }

    /// What a queue does with the buffers of a descriptor.
    enum Format: UInt8 {
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

/// RXCSUM — Receive Checksum Control.
struct RXCSUM: Register {
    static var name: RegisterName { .RXCSUM }
    static var offset: Int { 0x5000 }
    var raw: UInt32

    /// PCSS, bits 7:0. Where the packet checksum starts.
    var packetChecksumStart: Int { Int(self[0...7]) }
    /// IPOFL, bit 8.
    var checksIP: Bool { self[8] }
    /// TUOFL, bit 9.
    var checksL4: Bool { self[9] }
    /// CRCOFL, bit 11.
    var checksSCTP: Bool { self[11] }
    /// IPPCSE, bit 12. The packet checksum of a UDP fragment covers its IP payload.
    var sumsFragments: Bool { self[12] }
    /// PCSD, bit 13. The descriptor carries the RSS hash instead of packet checksum and IP identification.
    var reportsHash: Bool { self[13] }
}

/// RFCTL — Receive Filter Control.
struct RFCTL: Register {
    static var name: RegisterName { .RFCTL }
    static var offset: Int { 0x5008 }
    var raw: UInt32

    /// IPV6_XSUM_DIS, bit 11. No checksum of TCP and UDP over IPv6.
    var skipsIPv6Checksum: Bool { self[11] }
    /// IPFRSP_DIS, bit 14. Fragments are not split.
    var keepsFragmentsWhole: Bool { self[14] }
    /// SYNQFP, bit 19. The SYN filter ranks above the 5-tuple filters.
    var ranksSYNFirst: Bool { self[19] }
    /// IPV6_EX_DIS and NEW_IPV6_EXT_DIS, bits 17:16.
    var hashExtensions: RSS.ExtensionControl { RSS.ExtensionControl(rawValue: raw & 0x3_0000) }
}

/// RLPML — Receive Long Packet Maximum Length, FCS included.
struct RLPML: Register {
    static var name: RegisterName { .RLPML }
    static var offset: Int { 0x5004 }
    var raw: UInt32

    /// Bits 13:0.
    var length: Int { Int(self[0...13]) }
}

/// MRQC — Multiple Receive Queues Command.
struct MRQC: Register {
    static var name: RegisterName { .MRQC }
    static var offset: Int { 0x5818 }
    var raw: UInt32

    /// Mode, bits 2:0. 2 is RSS over 16 queues, 3 pools, 5 pools with RSS between the two queues of each.
    var isRSS: Bool { self[0...2] == 2 }
    var hasPools: Bool { self[0...2] == 3 || hasPoolRSS }
    var hasPoolRSS: Bool { self[0...2] == 5 }
    /// Def_Q, bits 5:3.
    var defaultQueue: Int { Int(self[3...5]) }
    /// Bits 31:16: the hash types in use.
    var hashTypes: RSS.EnabledTypes { RSS.EnabledTypes(rawValue: raw & 0xFFFF_0000) }
}

/// RAH[n] — Receive Address High.
struct RAH: BitWord {
    var raw: UInt32

    /// Bits 15:0: the last two bytes of the address, the fifth lowest.
    var address: UInt32 { self[0...15] }
    /// ASEL, bits 17:16. 0 compares the destination, 1 the source address.
    var select: UInt32 { self[16...17] }
    /// POOLSEL, bits 25:18.
    var pools: UInt8 { UInt8(truncatingIfNeeded: self[18...25]) }
    /// AV, bit 31.
    var isValid: Bool { self[31] }
}
