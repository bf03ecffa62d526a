/// Flow control of IEEE 802.3 annex 31B: PAUSE frames from the link partner hold transmission to the wire, and PAUSE
/// frames to the partner keep the receive packet buffer from overflowing. Datasheet 3.5.5; what it leaves open is from
/// the I210's (3.7.5), which has the same block.
///
/// The packet buffer holds the frames that wait for the descriptors of a ring without drop enable. With CTRL.TFCE more
/// are taken from the uplink behind them, up to RXPBS, so its fullness rises and falls as the chip's does: XOFF goes out
/// at FCRTH, XON at FCRTL. When it is full the uplink's own queue has to hold the rest; nothing is dropped here. Without
/// CTRL.TFCE the uplink is left alone from the first frame that waits.
///
/// With pools no frame waits (see Switch/), so none of this stops a VF. A partner's PAUSE stops only what goes to the
/// wire, and holds the switch up no longer than a congested uplink does, ``Switch/patience``.
///
/// Not implemented: priority flow control (PFCTOP).
struct FlowControl {
    /// The partner's PAUSE ends, in clock nanoseconds.
    fileprivate(set) var pausedUntil: UInt64 = 0
    /// The partner was sent XOFF, and the buffer has not been down to FCRTL since.
    fileprivate(set) var hasStoppedPartner = false
    /// When XOFF is due again.
    fileprivate var refreshDeadline: UInt64?
    /// TCTL.SWXOFF was written.
    fileprivate(set) var isRequested = false
    /// XOFF is not repeated more often, whatever FCRTV asks for. Nanoseconds.
    fileprivate static let shortestRefresh: UInt64 = 100_000

    static let pauseOperation: UInt16 = 1
}

extension Port {
    /// 512 bit times at the present speed, in nanoseconds.
    private var pauseQuantum: UInt64 { 512_000 / UInt64(link.speed.rawValue) }

    // MARK: The partner's PAUSE frames

    /// A PAUSE frame holds transmission to the wire.
    var isPaused: Bool {
        flow.pausedUntil != 0 && registers[CTRL.self].receivesPause && !isLoopback && clock() < flow.pausedUntil
    }

    /// The wire takes nothing now: the uplink is congested, or the partner asked for a pause.
    var isWireBlocked: Bool { uplink.isCongested || isPaused }

    /// Whether a frame is a MAC control frame for this port. Without CTRL.RFCE none is.
    @inline(__always)
    func isFlowControl(_ headers: PacketHeaders) -> Bool {
        UInt32(headers.etherType) == registers[word: 0x0030 / 4] && registers[CTRL.self].receivesPause
            && (headers.destination == flowControlAddress || headers.destination == stationAddress)
    }

    /// FCT names IPv4's EtherType, so that plain packets have to be held against it too.
    var takesIPv4ForFlowControl: Bool { registers[word: 0x0030 / 4] == 0x0800 && registers[CTRL.self].receivesPause }

    /// Does what a MAC control frame asks for. Whether it may go on to the host, if it passes the filters too: PAUSE
    /// unless RCTL.DPF is set, others if RCTL.PMCF is.
    func acceptFlowControl(_ bytes: RawSpan, _ control: RCTL) -> Bool {
        guard bytes.byteCount >= 18 else { return false }
        let isPause = bytes.network16(at: 14) == FlowControl.pauseOperation
        // One that waits for descriptors was obeyed when it came.
        if !receive.isHeld {
            if isPause { pause(bytes.network16(at: 16)) } else { add(1, to: Statistic.FCRUC) }
        }
        return isPause ? !control.discardsPause : control.passesMACControl
    }

    /// A new pause replaces the last one; one of no length ends it.
    private func pause(_ quanta: UInt16) {
        add(1, to: quanta == 0 ? Statistic.XONRXC : Statistic.XOFFRXC)
        flow.pausedUntil = quanta == 0 ? 0 : clock() &+ UInt64(quanta) &* pauseQuantum
    }

    // MARK: Our PAUSE frames

    /// TCTL.SWXOFF was written, maybe; it is not stored.
    func notePauseRequest(_ control: TCTL) { if control.requestsPause { flow.isRequested = true } }

    /// Sends the PAUSE frames that the packet buffer's fullness or software calls for. One that the uplink has no room
    /// for goes out when it has.
    func runFlowControl() {
        if flow.pausedUntil != 0, clock() >= flow.pausedUntil { flow.pausedUntil = 0 }
        guard flow.isRequested || flow.hasStoppedPartner || receive.isWaiting else { return }
        guard link.isUp, link.isFullDuplex, !isLoopback else {
            (flow.isRequested, flow.hasStoppedPartner, flow.refreshDeadline) = (false, false, nil)
            return
        }
        guard !uplink.isCongested else { return }
        if flow.isRequested {
            flow.isRequested = false
            sendPause(registers[FCTTV.self].quanta)
        }
        watchPacketBuffer()
    }

    private func watchPacketBuffer() {
        let threshold = registers[FCRTH.self].bytes
        guard registers[CTRL.self].transmitsPause, threshold > 0 else {
            (flow.hasStoppedPartner, flow.refreshDeadline) = (false, nil)
            return
        }
        let (fullness, low) = (packetBufferFullness, registers[FCRTL.self])
        let isDue = flow.hasStoppedPartner ? clock() >= flow.refreshDeadline ?? .max : fullness >= threshold
        if flow.hasStoppedPartner, fullness <= low.bytes {
            (flow.hasStoppedPartner, flow.refreshDeadline) = (false, nil)
            if low.sendsXON { sendPause(0) }
        } else if isDue {
            let quanta = registers[FCTTV.self].quanta
            sendPause(quanta)
            flow.hasStoppedPartner = true
            flow.refreshDeadline = refresh(after: quanta)
        }
    }

    /// When FCRTV quanta are left of the pause. With 0 that is its end: the chip then repeats XOFF when the buffer
    /// overflows, which is what would happen next.
    private func refresh(after quanta: UInt16) -> UInt64? {
        guard quanta > 0 else { return nil }
        let left = min(registers[FCRTV.self].quanta, quanta)
        return clock() &+ max(UInt64(quanta &- left) &* pauseQuantum, FlowControl.shortestRefresh)
    }

    /// When ``runFlowControl()`` or transmission has to be looked at again.
    var flowDeadline: UInt64? {
        let resume = doorbells != 0 && isPaused ? flow.pausedUntil : nil
        let refresh = uplink.isCongested ? nil : flow.refreshDeadline
        guard let resume else { return refresh }
        return min(resume, refresh ?? resume)
    }

    /// Sends a PAUSE frame past everything that waits to be sent, paused or not. It counts as what it is, and in the
    /// totals, but not as a good packet.
    private func sendPause(_ quanta: UInt16) {
        packetBatch.removeAll()
        guard packetBatch.beginFrame(headerBytes: 60) else { return }
        var frame = packetBatch.addHeader(60)
        for offset in 0..<60 { frame.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
        frame.storeAddress(flowControlAddress, at: 0)
        frame.storeAddress(stationAddress, at: 6)
        frame.storeNetwork16(UInt16(truncatingIfNeeded: registers[word: 0x0030 / 4]), at: 12)
        frame.storeNetwork16(FlowControl.pauseOperation, at: 14)
        frame.storeNetwork16(quanta, at: 16)
        uplink.transmit(&packetBatch)
        packetBatch.removeAll()
        add(1, to: quanta == 0 ? Statistic.XONTXC : Statistic.XOFFTXC)
        add(1, to: Statistic.TPT)
        add64(64, to: Statistic.TOT)
    }

    // MARK: Addresses

    /// FCAH and FCAL.
    private var flowControlAddress: MACAddress {
        MACAddress(low: registers[word: 0x0028 / 4], high: registers[word: 0x002C / 4])
    }

    /// RAL[0] and RAH[0].
    private var stationAddress: MACAddress {
        let word = AddressFilter.word(0)
        return MACAddress(low: registers[word: word], high: registers[word: word + 1])
    }
}

extension MutableRawSpan {
    fileprivate mutating func storeAddress(_ address: MACAddress, at offset: Int) {
        storeNetwork16(UInt16(truncatingIfNeeded: address.value >> 32), at: offset)
        storeNetwork32(UInt32(truncatingIfNeeded: address.value), at: offset + 2)
    }
}
