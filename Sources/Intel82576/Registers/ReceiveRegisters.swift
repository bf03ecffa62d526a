// SPDX-License-Identifier: Apache-2.0

/// RCTL — Receive Control.
///
/// - PSP, bit 21: short frames are padded. Without effect: they are in any case.
package struct RCTL: Register {
    package static var name: RegisterName { .RCTL }
    package static var offset: Int { 0x0100 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x04FF_B3FE, section: "8.10", in: "Receive/Receive.swift",
                without: "PSP (short frames are padded in any case)", "Receive control")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RXEN, bit 1. Frames are received.
    package var isEnabled: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// SBP, bit 2. Bad packets are stored.
    package var storesBadPackets: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// UPE, bit 3. Unicast to every address is received.
    package var isUnicastPromiscuous: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// MPE, bit 4. Multicast to every address is received.
    package var isMulticastPromiscuous: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// LPE, bit 5. Frames up to RLPML instead of 1518 bytes.
    package var acceptsLongPackets: Bool {
        get { self[5] }
        set { self[5] = newValue }
    }
    /// LBM, bits 7:6. 0 none, 1 MAC loopback.
    package var loopbackMode: UInt32 {
        get { self[6...7] }
        set { self[6...7] = newValue }
    }
    /// MO, bits 13:12. Which bits of the address index the MTA.
    package var multicastOffset: Int {
        get { Int(self[12...13]) }
        set { self[12...13] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// BAM, bit 15. Broadcast is received.
    package var acceptsBroadcast: Bool {
        get { self[15] }
        set { self[15] = newValue }
    }
    /// BSIZE, bits 17:16: buffer bytes where SRRCTL.BSIZEPACKET is 0.
    package var bufferSize: Int { 2048 &>> Int(self[16...17]) }
    /// VFE, bit 18. The VLAN filter table applies.
    package var filtersVLAN: Bool {
        get { self[18] }
        set { self[18] = newValue }
    }
    /// CFIEN, bit 19. The tag's CFI bit must equal CFI.
    package var filtersCFI: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }
    /// CFI, bit 20. What CFIEN compares the tag's with.
    package var cfi: Bool {
        get { self[20] }
        set { self[20] = newValue }
    }
    /// DPF, bit 22. PAUSE frames for this port are not given to the host.
    package var discardsPause: Bool {
        get { self[22] }
        set { self[22] = newValue }
    }
    /// PMCF, bit 23. Other MAC control frames for this port are given to the host.
    package var passesMACControl: Bool {
        get { self[23] }
        set { self[23] = newValue }
    }
    /// SECRC, bit 26. The FCS is not written to memory.
    package var stripsCRC: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
}

/// RXCSUM — Receive Checksum Control.
package struct RXCSUM: Register {
    package static var name: RegisterName { .RXCSUM }
    package static var offset: Int { 0x5000 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x3FFF, reset: 0x0300, section: "8.10", in: "Packet/ChecksumVerification.swift",
                "Rx checksum offload control")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// PCSS, bits 7:0. Where the packet checksum starts.
    package var packetChecksumStart: Int {
        get { Int(self[0...7]) }
        set { self[0...7] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// IPOFL, bit 8. The IPv4 header's checksum is verified.
    package var checksIP: Bool {
        get { self[8] }
        set { self[8] = newValue }
    }
    /// TUOFL, bit 9. The checksum of TCP and UDP is verified.
    package var checksL4: Bool {
        get { self[9] }
        set { self[9] = newValue }
    }
    /// CRCOFL, bit 11. The CRC of SCTP is verified.
    package var checksSCTP: Bool {
        get { self[11] }
        set { self[11] = newValue }
    }
    /// IPPCSE, bit 12. The packet checksum of a UDP fragment covers its IP payload.
    package var sumsFragments: Bool {
        get { self[12] }
        set { self[12] = newValue }
    }
    /// PCSD, bit 13. The descriptor carries the RSS hash instead of packet checksum and IP identification.
    package var reportsHash: Bool {
        get { self[13] }
        set { self[13] = newValue }
    }
}

/// RFCTL — Receive Filter Control.
///
/// - NFSW_DIS, bit 6: writes of NFS are no type of their own. Without effect.
/// - NFSR_DIS, bit 7: reads of NFS are no type of their own. Without effect.
/// - NFS_VER, bits 9:8: the version of NFS. Without effect.
/// - LEF, bit 18: frames whose length field is wrong are accepted. Without effect.
package struct RFCTL: Register {
    package static var name: RegisterName { .RFCTL }
    package static var offset: Int { 0x5008 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.10", in: "Filters/QueueFilters.swift",
                without:
                    "all but IPV6_XSUM_DIS, IPFRSP_DIS, IPV6_EX_DIS, NEW_IPV6_EXT_DIS and SYNQFP: the iSCSI and NFS filters and LEF are only stored",
                "iSCSI/NFS/IPv6 filter control, LEF, SYN priority")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// IPV6_XSUM_DIS, bit 11. No checksum of TCP and UDP over IPv6.
    package var skipsIPv6Checksum: Bool {
        get { self[11] }
        set { self[11] = newValue }
    }
    /// IPFRSP_DIS, bit 14. Fragments are not split.
    package var keepsFragmentsWhole: Bool {
        get { self[14] }
        set { self[14] = newValue }
    }
    /// SYNQFP, bit 19. The SYN filter ranks above the 5-tuple filters.
    package var ranksSYNFirst: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }
    /// IPV6_EX_DIS and NEW_IPV6_EXT_DIS.
    package var hashExtensions: ExtensionControl {
        get { ExtensionControl(rawValue: raw & 0x3_0000) }
        set { raw = raw & ~0x3_0000 | newValue.rawValue & 0x3_0000 }
    }

    package struct ExtensionControl: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        /// IPV6_EX_DIS, bit 16: a packet with extension headers is hashed as plain IPv6.
        package static let ignoresExtensions = ExtensionControl(rawValue: 1 << 16)
        /// NEW_IPV6_EXT_DIS, bit 17: the extended types do not apply to a packet with a home address or type 2 routing
        /// header.
        package static let ignoresMobility = ExtensionControl(rawValue: 1 << 17)
    }
}

/// RLPML — Receive Long Packet Maximum Length, FCS included.
package struct RLPML: Register {
    package static var name: RegisterName { .RLPML }
    package static var offset: Int { 0x5004 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x3FFF, reset: 0x2600, section: "8.10", in: "Receive/Receive.swift",
                "Max Rx length when RCTL.LPE=1, CRC included")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RLPML, bits 13:0, in bytes.
    package var length: Int {
        get { Int(self[0...13]) }
        set { self[0...13] = UInt32(truncatingIfNeeded: newValue) }
    }
}

/// MRQC — Multiple Receive Queues Command.
package struct MRQC: Register {
    package static var name: RegisterName { .MRQC }
    package static var offset: Int { 0x5818 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x03FF_003F, section: "8.10", in: "Receive/Receive.swift",
                "Multi-queue mode 2:0, Def_Q 5:3, RSS field enables")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    package enum Mode: UInt32, Sendable {
        case oneQueue = 0
        /// RSS over 16 queues.
        case rss = 2
        case pools = 3
        /// Pools with RSS between the two queues of each.
        case poolsWithRSS = 5
    }

    /// Mode, bits 2:0: how a queue is chosen. Reserved codes are `nil`.
    package var mode: Mode? {
        get { Mode(rawValue: self[0...2]) }
        set { self[0...2] = newValue?.rawValue ?? 0 }
    }
    package var isRSS: Bool { mode == .rss }
    package var hasPools: Bool { mode == .pools || mode == .poolsWithRSS }
    package var hasPoolRSS: Bool { mode == .poolsWithRSS }
    /// Def_Q, bits 5:3: the queue of frames that nothing else chooses one for, without pools.
    package var defaultQueue: Int {
        get { Int(self[3...5]) }
        set { self[3...5] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// The hash types in use.
    package var hashTypes: HashTypes {
        get { HashTypes(rawValue: raw & 0xFFFF_0000) }
        set { raw = raw & 0xFFFF | newValue.rawValue & 0xFFFF_0000 }
    }

    package struct HashTypes: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        /// TcpIPv4, bit 16. TCP over IPv4 is hashed with its ports.
        package static let tcpIPv4 = HashTypes(rawValue: 1 << 16)
        /// IPv4, bit 17. IPv4 is hashed.
        package static let ipv4 = HashTypes(rawValue: 1 << 17)
        /// TcpIPv6Ex, bit 18. TCP over IPv6 is hashed with the addresses of its extension headers.
        package static let tcpIPv6Extended = HashTypes(rawValue: 1 << 18)
        /// IPv6Ex, bit 19. IPv6 is hashed with the addresses of its extension headers.
        package static let ipv6Extended = HashTypes(rawValue: 1 << 19)
        /// IPv6, bit 20. IPv6 is hashed.
        package static let ipv6 = HashTypes(rawValue: 1 << 20)
        /// TcpIPv6, bit 21. TCP over IPv6 is hashed with its ports.
        package static let tcpIPv6 = HashTypes(rawValue: 1 << 21)
        /// UdpIPv4, bit 22. UDP over IPv4 is hashed with its ports.
        package static let udpIPv4 = HashTypes(rawValue: 1 << 22)
        /// UdpIPv6, bit 23. UDP over IPv6 is hashed with its ports.
        package static let udpIPv6 = HashTypes(rawValue: 1 << 23)
        /// UdpIPv6Ex, bit 24. UDP over IPv6 is hashed with the addresses of its extension headers.
        package static let udpIPv6Extended = HashTypes(rawValue: 1 << 24)
    }
}

/// RXPBS — Receive Packet Buffer Size.
package struct RXPBS: Register {
    package static var name: RegisterName { .RXPBS }
    package static var offset: Int { 0x2404 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x7F, reset: 0x40, resetBy: .function, section: "8.3",
                in: "Receive/ReceiveBuffer.swift", "Rx packet buffer size in KB (bits 6:0)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// RXPbsize, bits 6:0: the size, in KB in the register.
    package var bytes: Int { Int(self[0...6]) &* 1024 }
}

/// QDE — Queue Drop Enable.
package struct QDE: Register {
    package static var name: RegisterName { .QDE }
    package static var offset: Int { 0x2408 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, section: "8.14", in: "Receive/FramePlacement.swift",
                "Queue drop enable bitmap (VF queues)")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// QDE, bits 15:0: queues that drop a frame without a descriptor, as with SRRCTL.Drop_En.
    package var queues: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
}

/// RETA[n] — Redirection Table: four of the 128 queues that the RSS hash chooses from.
///
/// - Entry_0, bits 3:0: the queue of entry 4n.
/// - Entry_1, bits 11:8: the queue of entry 4n + 1.
/// - Entry_2, bits 19:16: the queue of entry 4n + 2.
/// - Entry_3, bits 27:24: the queue of entry 4n + 3.
package struct RETA: Register {
    package static var name: RegisterName { .RETA }
    package static var offset: Int { 0x5C00 }
    package static var count: Int { 32 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.10", in: "Filters/QueueSelection.swift", "RSS redirection, 128 byte entries")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Entry `index` of four, a byte each: the queue in bits 3:0.
    package func queue(_ index: Int) -> Int {
        Int((raw &>> UInt32(truncatingIfNeeded: 8 &* (index & 3))) & 0xF)
    }

    /// Sets all four entries, the first in the lowest byte.
    package init(queues: [4 of Int]) {
        raw = 0
        for index in 0..<4 { raw |= UInt32(truncatingIfNeeded: queues[index] & 0xF) &<< UInt32(8 * index) }
    }
}

/// RSSRK[n] — RSS Random Key: four bytes of the 40, the first lowest.
package struct RSSRK: Register {
    package static var name: RegisterName { .RSSRK }
    package static var offset: Int { 0x5C80 }
    package static var count: Int { 10 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.10", in: "Filters/RSS.swift", "RSS key, 40 bytes")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// PSRTYPE[n] — Packet Split Receive Type: the packets whose header is split, of queues n and n + 8.
///
/// Bit n is packet type n of the I210's manual, appendix A. Types with an NFS header (11, 12 and 14 to 18) are not
/// implemented: such a packet counts as the TCP or UDP packet it also is.
///
/// - PSR_type, bits 18:0: a bit for each type of packet.
package struct PSRTYPE: Register {
    package static var name: RegisterName { .PSRTYPE }
    package static var offset: Int { 0x5480 }
    package static var count: Int { 8 }
    package static var window: VirtualWindow? { VirtualWindow(at: 0x0F0C, .VFPSRTYPE) }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, section: "8.10", in: "Receive/HeaderSplit.swift",
                without: "the types with an NFS header (11, 12, 14 to 18)",
                "Header types at which to split, of queues n and n + 8")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
