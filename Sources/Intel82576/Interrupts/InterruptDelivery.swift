// SPDX-License-Identifier: Apache-2.0

import PCIe

// What leaves the interrupt unit: MSI-X and MSI messages, and the level of INTx.

extension Interrupts {
    /// Configuration space, or bus mastering, lets interrupts leave by `new` from now on.
    mutating func deliver(by new: Delivery) {
        delivery = new
        updateMode()
    }

    /// Combines ``delivery`` and GPIE. Causes that are there when another mode takes over are delivered by it, though they
    /// may have been before: their handler changed with it.
    mutating func updateMode() {
        mode =
            switch delivery {
            case .msix: gpie.isMultipleMSIX ? .multipleMSIX : .singleMSIX
            case .msi: .msi
            case .intx: .intx
            case .none: .none
            }
        guard mode != .none, mode != lastMode else { return }
        lastMode = mode
        if mode == .multipleMSIX, icr & ims != 0 { raiseMiscellaneous() }
        pending |= eicr
        isSinglePending = hasSingleCause
    }

    /// Vectors whose message may leave but for moderation.
    private var due: UInt32 { pending & eicr & eims & Self.messageMask }

    /// Sends the PF's messages that are due, and drives INTx. To be called after every change of causes, masks or mode, and
    /// when ``nextDeadline`` comes.
    mutating func deliver(now: UInt64, to host: (any FunctionHost)?) {
        switch mode {
        case .multipleMSIX: deliverVectors(now, host)
        case .singleMSIX, .msi: deliverSingle(now, host)
        case .intx: driveLine(now, host)
        case .none: releaseLine(host)
        }
    }

    private mutating func deliverVectors(_ now: UInt64, _ host: (any FunctionHost)?) {
        releaseLine(host)
        var due = due
        while due != 0 {
            let vector = due.trailingZeroBitCount
            due &= due &- 1
            let bit: UInt32 = 1 &<< UInt32(vector)
            guard mayLeave(vector, isUrgent: urgent & bit != 0, now) else { continue }
            pending &= ~bit
            urgent &= ~bit
            eicr &= ~(eiac & bit)
            if gpie.masksOnMessage { eims &= ~(eiam & bit) }
            hold(vector, now)
            messages &+= 1
            host?.sendMSIX(vector)
        }
    }

    private mutating func deliverSingle(_ now: UInt64, _ host: (any FunctionHost)?) {
        releaseLine(host)
        guard isSinglePending, hasSingleCause else {
            (isSinglePending, isSingleUrgent) = (false, false)
            return
        }
        guard mayLeave(0, isUrgent: isSingleUrgent, now) else { return }
        (isSinglePending, isSingleUrgent) = (false, false)
        hold(0, now)
        messages &+= 1
        if mode == .msi { host?.sendMSI(0) } else { host?.sendMSIX(0) }
    }

    /// INTx follows the level of the enabled causes; EITR[0] delays an assertion, never a deassertion.
    private mutating func driveLine(_ now: UInt64, _ host: (any FunctionHost)?) {
        guard hasSingleCause else {
            isSingleUrgent = false
            return releaseLine(host)
        }
        guard !isLineAsserted, mayLeave(0, isUrgent: isSingleUrgent, now) else { return }
        (isSinglePending, isSingleUrgent) = (false, false)
        isLineAsserted = true
        hold(0, now)
        messages &+= 1
        host?.setINTx(asserted: true)
    }

    private mutating func releaseLine(_ host: (any FunctionHost)?) {
        guard isLineAsserted else { return }
        isLineAsserted = false
        host?.setINTx(asserted: false)
    }
}

// MARK: Moderation

extension Interrupts {
    /// Nanoseconds of the EITR interval that moderates the messages of transmit queue `queue`; `nil` when it has none.
    func transmitInterval(_ queue: Int) -> UInt64? {
        let entry = ivar[queue & 7] &>> (queue < 8 ? 8 : 24)
        let isVirtual = queue & 7 < virtual.count
        guard entry & 0x80 != 0 || !(isVirtual || gpie.isMultipleMSIX) else { return nil }
        let vector = isVirtual || gpie.isMultipleMSIX ? Int(entry & 0x1F) : 0
        return vector < Self.vectorCount ? interval(vector) : nil
    }

    /// Starts the EITR interval of `vector`, whose message left.
    mutating func hold(_ vector: Int, _ now: UInt64) {
        holdUntil[vector] = now &+ interval(vector)
    }

    /// Nanoseconds of the EITR interval of `vector`.
    @inline(__always)
    private func interval(_ vector: Int) -> UInt64 { isModerated ? UInt64(eitr[vector].interval) &* 1000 : 0 }

    /// When ``deliver(now:to:)`` or ``takeVirtual(now:)`` has something to send that moderation holds back; `nil` when
    /// nothing is held back.
    var nextDeadline: UInt64? {
        guard let virtual = virtualDeadline else { return physicalDeadline }
        return min(virtual, physicalDeadline ?? virtual)
    }

    /// When the first of `vectors` may leave, of which those in `urgent` may do so sooner.
    func earliest(_ vectors: UInt32, urgent: UInt32) -> UInt64? {
        var (left, earliest) = (vectors, UInt64.max)
        while left != 0 {
            let vector = left.trailingZeroBitCount
            earliest = min(earliest, release(vector, isUrgent: urgent &>> UInt32(vector) & 1 != 0))
            left &= left &- 1
        }
        return vectors == 0 ? nil : earliest
    }

    private var physicalDeadline: UInt64? {
        switch mode {
        case .multipleMSIX: return earliest(due, urgent: urgent)
        case .singleMSIX, .msi: return isSinglePending && hasSingleCause ? release(0, isUrgent: isSingleUrgent) : nil
        case .intx: return hasSingleCause && !isLineAsserted ? release(0, isUrgent: isSingleUrgent) : nil
        case .none: return nil
        }
    }
}
