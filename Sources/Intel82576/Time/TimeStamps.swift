// SPDX-License-Identifier: Apache-2.0

// Time stamps of frames: the SYSTIM of one sent and one received frame at a time, each kept until software has read it.
//
// The stamps belong to the PF, which alone can read them: a frame that a VF asks to have stamped, or that only VFs
// receive, takes none. Others would let a VF keep the PF from synchronising its clock.

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

/// Takes the stamps, which are registers alone.
struct TimeStamps: BitwiseCopyable {
    private let registers: RegisterFile

    init(_ registers: RegisterFile) { self.registers = registers }

    // MARK: Received frames

    /// Whether the next frame that TSYNCRXCTL selects is stamped.
    @inline(__always)
    var stampsReceived: Bool {
        let control = registers[TSYNCRXCTL.self]
        return control.isEnabled && !control.isValid
    }

    /// Takes the stamp of a frame from the wire when TSYNCRXCTL selects it. Whether it did: status TS.
    /// - Parameters:
    ///   - bytes: the frame's first bytes.
    ///   - isMarked: a filter with its 1588 bit matched.
    ///   - systemTime: SYSTIM when the frame came.
    func stampReceived(_ bytes: RawSpan, _ summary: FrameSummary, isMarked: Bool, at systemTime: UInt64) -> Bool {
        guard stampsReceived, let kind = registers[TSYNCRXCTL.self].kind, isMarked || kind == .everything else {
            return false
        }
        let place = isMarked ? messagePlace(summary) : nil
        let message = place.flatMap { PTPHeader(bytes, at: $0.offset) }
        if kind != .everything {
            guard let place, let message,
                message.matches(kind, registers[TSYNCRXCFG.self], isLayer2: place.isLayer2)
            else { return false }
        }
        registers[RXSTMPL.self].raw = UInt32(truncatingIfNeeded: systemTime)
        registers[RXSTMPH.self].raw = UInt32(truncatingIfNeeded: systemTime >> 32)
        let source = message?.sourceIdentifier ?? 0
        registers[RXSATRL.self].raw = UInt32(truncatingIfNeeded: source)
        registers[RXSATRH.self].source = UInt16(truncatingIfNeeded: source >> 32)
        registers[RXSATRH.self].sequence = message?.sequence ?? 0
        registers[TSYNCRXCTL.self].isValid = true
        return true
    }

    /// Where the PTP message of a frame begins that a filter marks for stamping.
    private func messagePlace(_ summary: FrameSummary) -> (offset: Int, isLayer2: Bool)? {
        guard summary.isIP else { return (summary.networkOffset, true) }
        guard summary.transport == .udp, !summary.isFragment else { return nil }
        return (summary.transportOffset + 8, false)
    }

    // MARK: Sent frames

    /// Whether the next frame whose descriptor asks for it is stamped.
    @inline(__always)
    var stampsTransmitted: Bool {
        let control = registers[TSYNCTXCTL.self]
        return control.isEnabled && !control.isValid
    }

    /// Takes the stamp of a frame that leaves.
    /// - Parameter systemTime: SYSTIM now.
    func stampTransmitted(at systemTime: UInt64) {
        registers[TXSTMPL.self].raw = UInt32(truncatingIfNeeded: systemTime)
        registers[TXSTMPH.self].raw = UInt32(truncatingIfNeeded: systemTime >> 32)
        registers[TSYNCTXCTL.self].isValid = true
    }
}
