// SPDX-License-Identifier: Apache-2.0

// The registers of the interrupt unit.

extension Interrupts {
    /// A driver's read of one of the unit's registers, with its side effects.
    mutating func read(_ entry: RegisterMap.Entry) -> UInt32 {
        let value = peek(entry)
        switch entry.name {
        case .ICR: acknowledgeICR()
        case .EICR: acknowledgeEICR()
        case .PVTEICR: virtual.clear(value, of: Int(entry.element))
        default: break
        }
        return value
    }

    /// What ``read(_:)`` would give, without the side effects.
    func peek(_ entry: RegisterMap.Entry) -> UInt32 {
        switch entry.name {
        case .ICR: icr | (isAsserted ? InterruptCause.asserted.rawValue : 0)
        // Linux dumps ICR and EICR through these two, because nothing is cleared here.
        case .ICS: icr
        case .EICR, .EICS: extendedCauses
        case .IMS, .IMC: ims
        case .EIMS, .EIMC: eims & maskableBits
        case .IAM, .EIAC, .EIAM, .GPIE, .EITR, .IVAR, .IVAR_MISC: stored(entry)
        default: peekMirror(entry)
        }
    }

    /// What a write of some bytes of a register leaves in the others; zero where writing ones has an effect.
    func stored(_ entry: RegisterMap.Entry) -> UInt32 {
        switch entry.name {
        case .IAM: iam
        case .EIAC: eiac
        case .EIAM: eiam
        case .GPIE: gpie.raw
        case .EITR: eitr[Int(entry.element)].raw
        case .IVAR: ivar[Int(entry.element)]
        case .IVAR_MISC: ivarMisc
        default: 0
        }
    }

    /// A driver's write of one of the unit's registers.
    mutating func write(_ entry: RegisterMap.Entry, _ value: UInt32, now: UInt64) -> RegisterEffects {
        let index = Int(entry.element)
        switch entry.name {
        case .ICR: writeICR(value)
        case .ICS: raise(value & Self.causeMask)
        case .IMS: writeIMS(value & Self.causeMask)
        case .IMC: ims &= ~value
        case .IAM: iam = value
        case .GPIE: writeGPIE(GPIE(raw: entry.merge(value, into: gpie.raw)))
        case .EICR: writeEICR(value)
        case .EICS: setExtended(value)
        case .EIMS: writeEIMS(value)
        case .EIMC: eims &= ~(value & maskableBits)
        case .EIAC: eiac = value & Self.multipleMSIXMask
        case .EIAM: eiam = value & (Self.multipleMSIXMask | Self.singleMask | Self.otherBit)
        case .EITR: writeEITR(index, EITR(raw: value), now: now)
        case .IVAR: ivar[index] = entry.merge(value, into: ivar[index])
        case .IVAR_MISC: ivarMisc = entry.merge(value, into: ivarMisc)
        default: writeMirror(entry, value)
        }
        yieldVirtualBits()
        return .interrupts
    }

    /// The bits of EIMS that the PF can reach.
    private var maskableBits: UInt32 { extendedMask | (gpie.isMultipleMSIX ? 0 : Self.otherBit) }

    /// ICR.INTA.
    private var isAsserted: Bool { icr & ims != 0 || (!gpie.isMultipleMSIX && eicr & eims != 0) }

    /// ICR was read, which clears causes and mask as GPIE.NSICR, IMS and IAM say.
    private mutating func acknowledgeICR() {
        let isAsserted = isAsserted
        if gpie.isNonSelectiveClear || ims == 0 || isAsserted { icr = 0 }
        if gpie.isNonSelectiveClear || (ims != 0 && isAsserted) { ims &= ~iam }
    }

    private mutating func writeICR(_ value: UInt32) {
        let isAsserted = icr & ims != 0
        icr &= ~value
        if gpie.isNonSelectiveClear || (ims != 0 && isAsserted) { ims &= ~iam }
    }

    private mutating func writeIMS(_ value: UInt32) {
        let unmasked = value & ~ims & icr
        ims |= value
        guard unmasked != 0 else { return }
        if gpie.isMultipleMSIX { raiseMiscellaneous() } else { isSinglePending = true }
    }

    private mutating func acknowledgeEICR() {
        eicr = 0
        applyAutoMask()
    }

    private mutating func writeEICR(_ value: UInt32) {
        eicr &= ~value
        applyAutoMask()
    }

    /// EICR was accessed, which without GPIE.EIAME masks the bits of EIAM. Messages of causes that are gone are not pending.
    private mutating func applyAutoMask() {
        pending &= eicr
        urgent &= eicr
        if !gpie.masksOnMessage { eims &= ~(eiam & maskableBits) }
    }

    private mutating func writeEIMS(_ value: UInt32) {
        let unmasked = value & ~eims & maskableBits
        eims |= unmasked
        pending |= eicr & unmasked
        if !gpie.isMultipleMSIX, extendedCauses & unmasked != 0 { isSinglePending = true }
    }

    /// Writes EITR of a vector. Without CNT_INGR the written counter replaces the running one: drivers write zero, and a
    /// message that moderation holds back may leave at once. The write then sets the low-latency credits too.
    mutating func writeEITR(_ vector: Int, _ value: EITR, now: UInt64 = 0) {
        eitr[vector] = EITR(raw: value.raw & 0x7FFF_FFFC)
        guard !value.keepsCounter else { return }
        holdUntil[vector] = 0
        creditsFrom[vector] = now &- min(now, value.credits &* creditInterval)
    }

    /// Writes GPIE. EICR has other bits in multiple-MSI-X mode than outside it: those that are gone are neither pending
    /// nor enabled.
    private mutating func writeGPIE(_ value: GPIE) {
        gpie = value
        eicr &= extendedMask
        eims &= extendedMask | Self.otherBit
        pending &= extendedMask
        updateMode()
    }

    /// CTRL.RST and every stronger reset: causes, masks, vectors and moderation to their reset values. An asserted line is
    /// released by the next ``deliver(now:to:)``. What belongs to VFs stays, but for IVAR: they are to hear of the reset.
    /// - Parameter keepsThrottles: EITR stays as written, with its counters at zero.
    mutating func reset(keepsThrottles: Bool) {
        let old = self
        self = Interrupts()
        (delivery, mode, lastMode, isLineAsserted) = (old.delivery, old.mode, old.lastMode, old.isLineAsserted)
        (virtual, messages, isModerated) = (old.virtual, old.messages, old.isModerated)
        if keepsThrottles { for vector in 0..<Self.vectorCount { writeEITR(vector, old.eitr[vector]) } }
        updateMode()
    }
}
