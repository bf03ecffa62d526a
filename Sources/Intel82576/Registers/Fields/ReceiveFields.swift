// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in ReceiveRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension RCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("RXEN", 1...1, "Frames are received"),
            RegisterField("SBP", 2...2, "Bad packets are stored"),
            RegisterField("UPE", 3...3, "Unicast to every address is received"),
            RegisterField("MPE", 4...4, "Multicast to every address is received"),
            RegisterField("LPE", 5...5, "Frames up to RLPML instead of 1518 bytes"),
            RegisterField("LBM", 6...7, "0 none, 1 MAC loopback"),
            RegisterField("MO", 12...13, "Which bits of the address index the MTA"),
            RegisterField("BAM", 15...15, "Broadcast is received"),
            RegisterField("BSIZE", 16...17, "Buffer bytes where SRRCTL.BSIZEPACKET is 0"),
            RegisterField("VFE", 18...18, "The VLAN filter table applies"),
            RegisterField("CFIEN", 19...19, "The tag's CFI bit must equal CFI"),
            RegisterField("CFI", 20...20, "What CFIEN compares the tag's with"),
            RegisterField("PSP", 21...21, "Short frames are padded. Without effect: they are in any case"),
            RegisterField("DPF", 22...22, "PAUSE frames for this port are not given to the host"),
            RegisterField("PMCF", 23...23, "Other MAC control frames for this port are given to the host"),
            RegisterField("SECRC", 26...26, "The FCS is not written to memory"),
        ]
    }
}

extension RXCSUM {
    package static var fields: [RegisterField] {
        [
            RegisterField("PCSS", 0...7, "Where the packet checksum starts"),
            RegisterField("IPOFL", 8...8, "The IPv4 header's checksum is verified"),
            RegisterField("TUOFL", 9...9, "The checksum of TCP and UDP is verified"),
            RegisterField("CRCOFL", 11...11, "The CRC of SCTP is verified"),
            RegisterField("IPPCSE", 12...12, "The packet checksum of a UDP fragment covers its IP payload"),
            RegisterField("PCSD", 13...13, "The descriptor carries the RSS hash instead of packet checksum and IP identification"),
        ]
    }
}

extension RFCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("NFSW_DIS", 6...6, "Writes of NFS are no type of their own. Without effect"),
            RegisterField("NFSR_DIS", 7...7, "Reads of NFS are no type of their own. Without effect"),
            RegisterField("NFS_VER", 8...9, "The version of NFS. Without effect"),
            RegisterField("IPV6_XSUM_DIS", 11...11, "No checksum of TCP and UDP over IPv6"),
            RegisterField("IPFRSP_DIS", 14...14, "Fragments are not split"),
            RegisterField("IPV6_EX_DIS", 16...16, "A packet with extension headers is hashed as plain IPv6"),
            RegisterField("NEW_IPV6_EXT_DIS", 17...17, "The extended types do not apply to a packet with a home address or type 2 routing header"),
            RegisterField("LEF", 18...18, "Frames whose length field is wrong are accepted. Without effect"),
            RegisterField("SYNQFP", 19...19, "The SYN filter ranks above the 5-tuple filters"),
        ]
    }
}

extension RLPML {
    package static var fields: [RegisterField] {
        [
            RegisterField("RLPML", 0...13, "In bytes"),
        ]
    }
}

extension MRQC {
    package static var fields: [RegisterField] {
        [
            RegisterField("Mode", 0...2, "How a queue is chosen. Reserved codes are nil"),
            RegisterField("Def_Q", 3...5, "The queue of frames that nothing else chooses one for, without pools"),
            RegisterField("TcpIPv4", 16...16, "TCP over IPv4 is hashed with its ports"),
            RegisterField("IPv4", 17...17, "IPv4 is hashed"),
            RegisterField("TcpIPv6Ex", 18...18, "TCP over IPv6 is hashed with the addresses of its extension headers"),
            RegisterField("IPv6Ex", 19...19, "IPv6 is hashed with the addresses of its extension headers"),
            RegisterField("IPv6", 20...20, "IPv6 is hashed"),
            RegisterField("TcpIPv6", 21...21, "TCP over IPv6 is hashed with its ports"),
            RegisterField("UdpIPv4", 22...22, "UDP over IPv4 is hashed with its ports"),
            RegisterField("UdpIPv6", 23...23, "UDP over IPv6 is hashed with its ports"),
            RegisterField("UdpIPv6Ex", 24...24, "UDP over IPv6 is hashed with the addresses of its extension headers"),
        ]
    }
}

extension RXPBS {
    package static var fields: [RegisterField] {
        [
            RegisterField("RXPbsize", 0...6, "The size, in KB in the register"),
        ]
    }
}

extension QDE {
    package static var fields: [RegisterField] {
        [
            RegisterField("QDE", 0...15, "Queues that drop a frame without a descriptor, as with SRRCTL.Drop_En"),
        ]
    }
}

extension RETA {
    package static var fields: [RegisterField] {
        [
            RegisterField("Entry_0", 0...3, "The queue of entry 4n"),
            RegisterField("Entry_1", 8...11, "The queue of entry 4n + 1"),
            RegisterField("Entry_2", 16...19, "The queue of entry 4n + 2"),
            RegisterField("Entry_3", 24...27, "The queue of entry 4n + 3"),
        ]
    }
}

extension PSRTYPE {
    package static var fields: [RegisterField] {
        [
            RegisterField("PSR_type", 0...18, "A bit for each type of packet"),
        ]
    }
}
