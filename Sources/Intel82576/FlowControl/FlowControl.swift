// SPDX-License-Identifier: Apache-2.0

/// Flow control of IEEE 802.3 annex 31B: PAUSE frames from the link partner hold transmission to the wire, and PAUSE
/// frames to the partner keep the receive packet buffer from overflowing. Datasheet 3.5.5; what it leaves open is from
/// the I210's (3.7.5), which has the same block.
///
/// The packet buffer holds the frames that wait for the descriptors of a ring without drop enable. With CTRL.TFCE more
/// are taken from the uplink behind them, up to RXPBS, so its fullness rises and falls as the chip's does: XOFF goes out
/// at FCRTH, XON at FCRTL. When it is full the uplink's own queue has to hold the rest; nothing is dropped here. Without
/// CTRL.TFCE the uplink is left alone from the first frame that waits.
///
/// With pools no frame waits (see Receive/), so none of this stops a VF. A partner's PAUSE stops only what goes to the
/// wire, and holds the switch up no longer than a congested uplink does, ``Switch/longestHold``.
///
/// Not implemented: priority flow control (PFCTOP).
struct FlowControl: ~Copyable {
    private let registers: RegisterFile
    private(set) var state = State()

    /// All that flow control remembers.
    struct State {
        /// The partner's PAUSE ends, in clock nanoseconds; 0 when there is none.
        var pausedUntil: UInt64 = 0
        /// The partner was sent XOFF, and the packet buffer has not been down to FCRTL since.
        var hasStoppedPartner = false
        /// When XOFF is due again, in clock nanoseconds.
        var refreshDeadline: UInt64?
        /// TCTL.SWXOFF was written.
        var isRequested = false
    }

    /// XOFF is not repeated more often, whatever FCRTV asks for. Nanoseconds.
    private static let shortestRefresh: UInt64 = 100_000
    /// The operation code of PAUSE.
    static let pauseOperation: UInt16 = 1

    init(_ registers: RegisterFile) { self.registers = registers }

    mutating func reset() { state = State() }

    /// 512 bit times at `speed`, in nanoseconds.
    private static func quantum(_ speed: LinkSpeed) -> UInt64 { 512_000 / UInt64(speed.rawValue) }
}

// MARK: The partner's PAUSE frames

extension FlowControl {
    /// A PAUSE frame holds transmission to the wire.
    func isPaused(now: () -> UInt64) -> Bool {
        state.pausedUntil != 0 && registers[CTRL.self].receivesPause && now() < state.pausedUntil
    }

    /// Whether a frame is a MAC control frame for this port. Without CTRL.RFCE none is.
    /// - Parameter bytes: the frame's first bytes. FCT is held against the type right behind the addresses, whatever that is.
    func isForPort(_ summary: FrameSummary, _ bytes: RawSpan) -> Bool {
        bytes.byteCount >= 14 && bytes.network16(at: 12) == registers[FCT.self].etherType
            && (summary.destination == groupAddress || summary.destination == stationAddress)
    }

    /// Does what a MAC control frame asks for, and says whether it may go on to the host if it passes the filters too:
    /// PAUSE unless RCTL.DPF is set, others if RCTL.PMCF is.
    /// - Parameters:
    ///   - bytes: the frame's first bytes.
    ///   - isObeyed: it was offered before, did not find a descriptor, and has had its effect.
    ///   - now: clock nanoseconds.
    mutating func receive(
        _ bytes: RawSpan, _ control: RCTL, isObeyed: Bool, speed: LinkSpeed, now: () -> UInt64
    ) -> Bool {
        guard bytes.byteCount >= 18 else { return false }
        let isPause = bytes.network16(at: 14) == Self.pauseOperation
        if !isObeyed {
            if isPause {
                pause(bytes.network16(at: 16), speed, now: now())
            } else {
                registers.add(1, to: FCRUC.self)
            }
        }
        return isPause ? !control.discardsPause : control.passesMACControl
    }

    /// A new pause replaces the last one; one of no length ends it.
    private mutating func pause(_ quanta: UInt16, _ speed: LinkSpeed, now: UInt64) {
        if quanta == 0 { registers.add(1, to: XONRXC.self) } else { registers.add(1, to: XOFFRXC.self) }
        state.pausedUntil = quanta == 0 ? 0 : now &+ UInt64(quanta) &* Self.quantum(speed)
    }
}

// MARK: This port's PAUSE frames

extension FlowControl {
    /// What flow control is told of the port when it looks what to send.
    struct Conditions {
        /// Frames can go to the partner: there is a link in full duplex, and no loopback.
        var canSend: Bool
        var speed: LinkSpeed
        /// Bytes in the packet buffer.
        var fullness: Int
        var now: UInt64
    }

    /// PAUSE frames to send, by the pause they ask for in quanta of 512 bit times.
    struct Frames {
        /// The one that TCTL.SWXOFF asked for.
        var requested: UInt16?
        /// The one that the packet buffer's fullness calls for.
        var automatic: UInt16?
    }

    /// Asks for a PAUSE frame, as TCTL.SWXOFF does.
    mutating func request() { state.isRequested = true }

    /// A call of ``advance(_:)`` may find something to send.
    func needsAdvance(isWaiting: Bool) -> Bool { state.isRequested || state.hasStoppedPartner || isWaiting }

    /// Forgets a pause that is over.
    mutating func expire(now: () -> UInt64) {
        if state.pausedUntil != 0, now() >= state.pausedUntil { state.pausedUntil = 0 }
    }

    /// The PAUSE frames that the packet buffer's fullness or software calls for now. To be called only while the uplink
    /// takes frames, since what is returned counts as sent.
    mutating func advance(_ conditions: Conditions) -> Frames {
        guard conditions.canSend else {
            (state.isRequested, state.hasStoppedPartner, state.refreshDeadline) = (false, false, nil)
            return Frames()
        }
        var frames = Frames()
        if state.isRequested {
            state.isRequested = false
            frames.requested = registers[FCTTV.self].quanta
        }
        frames.automatic = watch(conditions)
        return frames
    }

    private mutating func watch(_ conditions: Conditions) -> UInt16? {
        let threshold = registers[FCRTH.self].bytes
        guard registers[CTRL.self].transmitsPause, threshold > 0 else {
            (state.hasStoppedPartner, state.refreshDeadline) = (false, nil)
            return nil
        }
        let low = registers[FCRTL.self]
        if state.hasStoppedPartner, conditions.fullness <= low.bytes {
            (state.hasStoppedPartner, state.refreshDeadline) = (false, nil)
            return low.sendsXON ? 0 : nil
        }
        let isDue =
            state.hasStoppedPartner
            ? conditions.now >= state.refreshDeadline ?? .max : conditions.fullness >= threshold
        guard isDue else { return nil }
        let quanta = registers[FCTTV.self].quanta
        state.hasStoppedPartner = true
        state.refreshDeadline = refresh(after: quanta, conditions)
        return quanta
    }

    /// When FCRTV quanta are left of the pause. With 0 that is its end: the chip then repeats XOFF when the buffer
    /// overflows, which is what would happen next.
    private func refresh(after quanta: UInt16, _ conditions: Conditions) -> UInt64? {
        guard quanta > 0 else { return nil }
        let left = min(registers[FCRTV.self].quanta, quanta)
        return conditions.now
            &+ max(UInt64(quanta &- left) &* Self.quantum(conditions.speed), Self.shortestRefresh)
    }

    /// Makes the PAUSE frame for `quanta` the only one of `batch` and counts it: as what it is, and in the totals, but not
    /// as a good packet.
    func writeFrame(_ quanta: UInt16, to batch: inout FrameBatch) {
        batch.removeAll()
        guard batch.beginFrame(headerBytes: 60) else { return }
        var frame = batch.addHeader(60)
        for offset in 0..<60 { frame.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
        frame.storeAddress(groupAddress, at: 0)
        frame.storeAddress(stationAddress, at: 6)
        frame.storeNetwork16(registers[FCT.self].etherType, at: 12)
        frame.storeNetwork16(Self.pauseOperation, at: 14)
        frame.storeNetwork16(quanta, at: 16)
        if quanta == 0 { registers.add(1, to: XONTXC.self) } else { registers.add(1, to: XOFFTXC.self) }
        registers.add(1, to: TPT.self)
        registers.add64(64, to: TOTL.self)
    }
}

// MARK: Addresses

extension FlowControl {
    /// FCAH and FCAL.
    private var groupAddress: MACAddress {
        MACAddress(low: registers[FCAL.self].raw, high: registers[FCAH.self].raw)
    }

    /// RAL[0] and RAH[0].
    private var stationAddress: MACAddress {
        MACAddress(low: registers[RAL.self].raw, high: registers[RAH.self].raw)
    }
}

extension MutableRawSpan {
    fileprivate mutating func storeAddress(_ address: MACAddress, at offset: Int) {
        storeNetwork16(UInt16(truncatingIfNeeded: address.value >> 32), at: offset)
        storeNetwork32(UInt32(truncatingIfNeeded: address.value), at: offset + 2)
    }
}
