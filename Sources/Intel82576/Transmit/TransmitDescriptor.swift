// SPDX-License-Identifier: Apache-2.0

/// A transmit descriptor: 16 bytes, taken from guest memory once and never read again. Datasheet 7.2.2.
struct TransmitDescriptor: BitwiseCopyable {
    var bufferAddress: UInt64 = 0
    var control = Control(raw: 0)

    /// The second quadword. Legacy and advanced formats share LENGTH, EOP, RS, DEXT and VLE.
    struct Control: BitWord {
        var raw: UInt64

        /// LENGTH or DTALEN, bits 15:0. Bytes in this buffer; 0 for a descriptor without one, which may stand between
        /// those of a packet.
        var length: Int { isAdvanced && self[20...23] != 3 ? 0 : Int(truncatingIfNeeded: self[0...15]) }
        /// MAC[1] 1588, bit 19, advanced only. TXSTMP gets the time the packet leaves.
        var isStamped: Bool { self[19] }
        /// DEXT, bit 29. Advanced; the type is in DTYP.
        var isAdvanced: Bool { self[29] }
        /// DTYP, bits 23:20, and DEXT.
        var kind: Kind {
            guard isAdvanced else { return .legacy }
            switch self[20...23] {
            case 2: return .context
            case 3: return .data
            default: return .reserved
            }
        }
        /// EOP, bit 24. Last buffer of its packet.
        var isEndOfPacket: Bool { self[24] }
        /// RS, bit 27. Report status when done.
        var reportsStatus: Bool { self[27] }
        /// A data descriptor, of either format, with RS.
        var isReported: Bool { reportsStatus && raw & 0x20F0_0000 != 0x2020_0000 }
        /// A whole packet in one advanced descriptor, to be sent as one frame without a stamp: EOP; no 1588, no TSE.
        var isWholePacket: Bool { raw & 0xA1F8_0000 == 0x2130_0000 }
        /// A whole packet that is sent as it is: neither VLE nor checksums.
        var isUntouched: Bool { raw & 0x0000_0300_E1F8_0000 == 0x2130_0000 }
        /// POPTS.IXSM or TXSM.
        var insertsChecksums: Bool { self[40] || self[41] }
        /// VLE, bit 30. Insert a VLAN tag.
        var insertsVLAN: Bool { self[30] }
        /// TSE, bit 31, advanced only.
        var isSegmented: Bool { self[31] }
        /// IDX, bits 38:36; the chip has two slots.
        var contextIndex: Int { Int(truncatingIfNeeded: self[36...36]) }
        /// POPTS.IXSM, bit 40. Insert the IPv4 header checksum.
        var insertsIPChecksum: Bool { self[40] }
        /// POPTS.TXSM, bit 41. Insert the TCP, UDP or SCTP checksum.
        var insertsL4Checksum: Bool { self[41] }
        /// PAYLEN, bits 63:46.
        var payloadLength: Int { Int(truncatingIfNeeded: self[46...63]) }

        /// IC, bit 26, legacy only. Insert a checksum at CSO over everything from CSS.
        var insertsLegacyChecksum: Bool { self[26] }
        /// CSO, bits 23:16, legacy only.
        var legacyChecksumOffset: Int { Int(truncatingIfNeeded: self[16...23]) }
        /// CSS, bits 47:40, legacy only.
        var legacyChecksumStart: Int { Int(truncatingIfNeeded: self[40...47]) }
        /// VLAN, bits 63:48, legacy only.
        var legacyVLANTag: UInt16 { UInt16(truncatingIfNeeded: self[48...63]) }

        /// The last doubleword as written back: DD, bit 32 of the quadword, set.
        var writtenBack: UInt32 { UInt32(truncatingIfNeeded: raw &>> 32) | 1 }
    }

    enum Kind {
        case legacy
        case context
        case data
        /// Consumed and ignored.
        case reserved
    }
}

extension TransmitDescriptor: DescriptorFormat {
    @inline(__always)
    init(low: UInt64, high: UInt64) { self.init(bufferAddress: low, control: Control(raw: high)) }
}

/// What an advanced context descriptor leaves in its slot, for the packets that name the slot. Datasheet 7.2.2.2.
struct TransmitContext: BitwiseCopyable {
    private var lengths: UInt32 = 0
    private var control = TransmitDescriptor.Control(raw: 0)

    init() {}

    init(_ descriptor: TransmitDescriptor) {
        (lengths, control) = (UInt32(truncatingIfNeeded: descriptor.bufferAddress), descriptor.control)
    }

    /// A descriptor has filled the slot.
    var isPresent: Bool { control.isAdvanced }
    /// MACLEN. Bytes before the IP header, a tag in the buffer included, one that hardware inserts excluded.
    var macLength: Int { Int(lengths &>> 9 & 0x7F) }
    /// IPLEN. IP header with options or extension headers.
    var ipLength: Int { Int(lengths & 0x1FF) }
    var vlanTag: UInt16 { UInt16(truncatingIfNeeded: lengths &>> 16) }
    var isIPv4: Bool { control[10] }
    /// L4T; `nil` is the reserved type.
    var l4: ChecksumInsertion.Transport? {
        ChecksumInsertion.Transport(rawValue: UInt8(truncatingIfNeeded: control[11...12]))
    }
    var l4Length: Int { Int(truncatingIfNeeded: control[40...47]) }
    /// MSS. Payload bytes per segment.
    var segmentSize: Int { Int(truncatingIfNeeded: control[48...63]) }

    /// First byte of the TCP, UDP or SCTP header.
    var l4Offset: Int { macLength &+ ipLength }
    /// Everything that is copied in front of each segment.
    var headerLength: Int { l4Offset &+ l4Length }
}
