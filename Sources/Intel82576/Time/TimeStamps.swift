// Time stamps of frames: the SYSTIM of one sent and one received frame at a time, each kept until software has read it.
//
// The stamps belong to the PF, which alone can read them: a frame that a VF asks to have stamped, or that only VFs
// receive, takes none. Others would let a VF keep the PF from synchronising its clock.

/// TSYNCTXCTL — Tx Time Sync Control.
struct TSYNCTXCTL: Register {
    static var name: RegisterName { .TSYNCTXCTL }
    static var offset: Int { 0xB614 }
    var raw: UInt32

    /// TXTT, bit 0. TXSTMP holds a stamp; no other is taken until TXSTMPH is read.
    var isValid: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// EN, bit 4.
    var isEnabled: Bool { self[4] }
}

/// TSYNCRXCTL — Rx Time Sync Control.
struct TSYNCRXCTL: Register {
    static var name: RegisterName { .TSYNCRXCTL }
    static var offset: Int { 0xB620 }
    var raw: UInt32

    /// Type, bits 3:1: which packets are stamped. The values are those of the I210's datasheet, which Linux and DPDK use
    /// for the 82576 too.
    enum Kind: UInt32 {
        /// Version 2 over Ethernet with the message type of TSYNCRXCFG.
        case layer2 = 0
        /// Version 1 over UDP with the control field of TSYNCRXCFG.
        case version1 = 1
        /// Version 2 over Ethernet or UDP with the message type of TSYNCRXCFG.
        case version2 = 2
        case everything = 4
        /// Every event message of version 2.
        case events = 5
    }

    /// RXTT, bit 0. RXSTMP holds a stamp; no other is taken until RXSTMPH is read.
    var isValid: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// `nil` for a reserved value, which stamps nothing.
    var kind: Kind? { Kind(rawValue: self[1...3]) }
    /// EN, bit 4.
    var isEnabled: Bool { self[4] }
}

/// TSYNCRXCFG — Rx Time Sync Configuration.
struct TSYNCRXCFG: Register {
    static var name: RegisterName { .TSYNCRXCFG }
    static var offset: Int { 0x5F50 }
    var raw: UInt32

    /// CTRLT, bits 7:0. The control field of version 1.
    var control: UInt8 { UInt8(truncatingIfNeeded: self[0...7]) }
    /// MSGT, bits 11:8 of 15:8. The message type of version 2; bits 15:12 would be its transportSpecific, which is not
    /// compared: IEEE 802.1AS sets it.
    var messageType: UInt8 { UInt8(truncatingIfNeeded: self[8...11]) }
}

/// What stamping needs of a PTP message's header. IEEE 1588-2008 13.3, and 1588-2002 where version 1 differs.
struct PTPHeader {
    /// Shorter ones are not recognised (I210 datasheet, PTP packet structure).
    static let length = 36

    var version: UInt8
    /// Version 2: 0 to 7 are event messages.
    var messageType: UInt8
    var control: UInt8
    /// The last six bytes of version 2's clockIdentity, which is where version 1 has its sourceUuid.
    var sourceIdentifier: UInt64
    var sequence: UInt16

    /// `nil` when the header does not lie within `bytes`.
    init?(_ bytes: RawSpan, at offset: Int) {
        guard offset >= 0, offset <= bytes.byteCount - Self.length else { return nil }
        messageType = bytes.byte(at: offset) & 0xF
        version = bytes.byte(at: offset + 1) & 0xF
        control = bytes.byte(at: offset + 32)
        sourceIdentifier = UInt64(bytes.network16(at: offset + 22)) << 32 | UInt64(bytes.network32(at: offset + 24))
        sequence = bytes.network16(at: offset + 30)
    }

    func matches(_ kind: TSYNCRXCTL.Kind, _ configuration: TSYNCRXCFG, isLayer2: Bool) -> Bool {
        switch kind {
        case .layer2: isLayer2 && version == 2 && messageType == configuration.messageType
        case .version1: !isLayer2 && version == 1 && control == configuration.control
        case .version2: version == 2 && messageType == configuration.messageType
        case .everything: true
        case .events: version == 2 && messageType < 8
        }
    }
}

// MARK: Received frames

extension Time {
    /// Whether the next frame that TSYNCRXCTL selects is stamped.
    @inline(__always)
    var stampsReceived: Bool {
        let control = registers[TSYNCRXCTL.self]
        return control.isEnabled && !control.isValid
    }

    /// Takes the stamp of a frame from the wire when TSYNCRXCTL selects it. Whether it did: status TS.
    /// - Parameters:
    ///   - isMarked: a filter with its 1588 bit matched.
    ///   - arrival: when the frame came, in clock nanoseconds.
    func stampReceived(_ bytes: RawSpan, _ headers: PacketHeaders, isMarked: Bool, arrival: UInt64) -> Bool {
        guard stampsReceived, let kind = registers[TSYNCRXCTL.self].kind else { return false }
        let place = isMarked ? messagePlace(headers) : nil
        let message = place.flatMap { PTPHeader(bytes, at: $0.offset) }
        if kind != .everything {
            guard let place, let message,
                message.matches(kind, registers[TSYNCRXCFG.self], isLayer2: place.isLayer2)
            else { return false }
        }
        let stamp = systemTime(at: arrival)
        registers[word: 0xB624 / 4] = UInt32(truncatingIfNeeded: stamp)
        registers[word: 0xB628 / 4] = UInt32(truncatingIfNeeded: stamp >> 32)
        let source = message?.sourceIdentifier ?? 0
        registers[word: 0xB62C / 4] = UInt32(truncatingIfNeeded: source)
        registers[word: 0xB630 / 4] =
            UInt32(truncatingIfNeeded: source >> 32) | UInt32(message?.sequence ?? 0) << 16
        registers[TSYNCRXCTL.self].isValid = true
        return true
    }

    /// Where the PTP message of a frame begins that a filter marks for stamping.
    private func messagePlace(_ headers: PacketHeaders) -> (offset: Int, isLayer2: Bool)? {
        if headers.ip.kind == .none { return (headers.networkOffset, true) }
        guard headers.ip.transport == .udp, !headers.ip.isFragment else { return nil }
        return (headers.ip.payloadOffset, false)
    }
}

// MARK: Sent frames

extension Time {
    /// Whether the next frame whose descriptor asks for it is stamped.
    @inline(__always)
    var stampsTransmitted: Bool {
        let control = registers[TSYNCTXCTL.self]
        return control.isEnabled && !control.isValid
    }

    /// Takes the stamp of a frame that leaves at `now` nanoseconds of the clock.
    func stampTransmitted(now: UInt64) {
        let stamp = systemTime(at: now)
        registers[word: 0xB618 / 4] = UInt32(truncatingIfNeeded: stamp)
        registers[word: 0xB61C / 4] = UInt32(truncatingIfNeeded: stamp >> 32)
        registers[TSYNCTXCTL.self].isValid = true
    }
}
