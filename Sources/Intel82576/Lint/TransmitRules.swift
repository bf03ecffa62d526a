// SPDX-License-Identifier: Apache-2.0

extension MisuseRule {
    static let transmit: Group = [
        .descriptorTypeReserved: Definition(
            "posts a transmit descriptor with DEXT whose DTYP is neither 2 (context) nor 3 (data)",
            right: "set DTYP to 2 or 3, or clear DEXT for the legacy format", section: "7.2.2"),
        .mixedDescriptorFormats: Definition(
            "posts a packet of descriptors of both formats",
            right: "set DEXT in all descriptors of a packet, or in none", section: "7.2.2"),
        .contextMissing: Definition(
            "asks for an offload or a VLAN tag with a context that no descriptor has set",
            right: "post a context descriptor to the queue first; disabling the queue loses its contexts",
            section: "7.2.2.2"),
        .contextSlot: Definition(
            "names a context above 1",
            right: "use contexts 0 and 1 of each queue: bits 38:37 are reserved", section: "7.2.2.2"),
        .contextLengths: Definition(
            "asks for an offload with header lengths that no packet has",
            right: "set MACLEN to 14 or more, and IPLEN to 20 or more, for segments of IPv6 to 40 or more",
            section: "7.2.2.2",
            passes: "IPLEN below 40 without TUCMD.IPV4 for a checksum: Linux igb and DPDK leave IPV4 clear there."),
        .ipChecksumOfIPv6: Definition(
            "asks for the IP checksum with a context that says IPv6",
            right: "set POPTS.IXSM for IPv4 only, with TUCMD.IPV4 in the context", section: "7.2.2.3"),
        .transportTypeReserved: Definition(
            "asks for an offload with a transport type that cannot have it: the reserved one, or segmentation of SCTP",
            right: "set L4T to 0 (UDP), 1 (TCP) or 2 (SCTP, checksum only)", section: "7.2.2.2"),
        .segmentSizeZero: Definition(
            "asks for segmentation with MSS 0",
            right: "set MSS in the context to the payload of a segment", section: "7.2.4"),
        .segmentHeader: Definition(
            "asks for segmentation of a packet that has nothing behind its headers",
            right: "post more bytes than MACLEN, IPLEN and L4LEN add up to, or leave TSE clear", section: "7.2.4"),
        .segmentTooLong: Definition(
            "asks for segments that make frames of more than 9728 bytes with their FCS",
            right: "choose MSS so that headers and payload are 9724 bytes at most", section: "7.2.4"),
        .payloadLength: Definition(
            "posts a packet whose PAYLEN is not what its buffers hold",
            right: "set PAYLEN to the bytes of all buffers, with TSE without the headers", section: "7.2.2.3"),
        .frameLength: Definition(
            "posts a packet of no bytes, or one of more than 9728 bytes with its FCS that is not to be segmented",
            right: "post 1 to 9724 bytes", section: "7.2.1"),
        .endOfPacketMissing: Definition(
            "fills a ring, or 256 descriptors, without an EOP among them",
            right: "set EOP in the last descriptor of each packet", section: "7.2.2"),
        .transmitBufferUnreadable: Definition(
            "posts a buffer that the function cannot read",
            right: "map the buffer for reading with its whole length, and give its bus address", section: "7.2.2"),
        .checksumOutsideFrame: Definition(
            "asks a legacy descriptor for a checksum that begins, or goes, behind the end of the packet",
            right: "set CSS and CSO to places in the packet", section: "7.2.2.1"),
        .statusNotReported: Definition(
            "fills a ring with descriptors without RS, and without head write-back",
            right: "set RS now and then: without it nothing says which descriptors are done", section: "7.2.2",
            severity: .remark,
            passes: "A remark, since a driver may read TDH instead."),
    ]
}
