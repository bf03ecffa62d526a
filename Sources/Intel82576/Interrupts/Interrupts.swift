import PCIe

/// The interrupt unit of a port: causes, masks, moderation and the choice of MSI-X, MSI or INTx.
///
/// Two sets of registers work together. ICR/IMS/IAM hold causes other than queues; EICR/EIMS/EIAC/EIAM hold one bit a
/// vector in multiple-MSI-X mode (bits 24:0), or the queue causes (15:0) otherwise. A queue's cause reaches its EICR bit
/// through IVAR, ICR as a whole reaches one through IVAR_MISC.
///
/// A message leaves when its bit is set, unmasked and its EITR interval has passed since the last one. Raising only
/// marks bits; ``deliver(now:)`` sends, once per batch.
///
/// Sources: 82576 datasheet 7.3; igb and DPDK for the use of IVAR, EIAC and EIAM.
struct Interrupts {
    static let vectorCount = 25
    static let multipleMSIXMask: UInt32 = 0x01FF_FFFF
    static let singleMask: UInt32 = 0x4000_FFFF
    /// EICR bits whose message exists: the MSI-X table has ten entries. The others are causes that only polling sees.
    static let messageMask: UInt32 = 0x3FF
    /// EICR bit 30 outside multiple-MSI-X mode: the TCP timer.
    static let tcpTimerBit: UInt32 = 1 << 30
    /// EICR bit 31 outside multiple-MSI-X mode: an enabled cause of ICR. It follows ICR and IMS; only its mask is stored.
    static let otherBit: UInt32 = 1 << 31

    /// How interrupts leave, as configuration space and GPIE say.
    enum Mode {
        /// One MSI-X message per EICR bit.
        case multipleMSIX
        /// MSI-X vector 0 for everything.
        case singleMSIX
        case msi
        case intx
        /// Bus mastering is off, or INTx is disabled and nothing else enabled: causes are kept, nothing leaves.
        case none
    }

    var icr: UInt32 = 0
    var ims: UInt32 = 0
    var iam: UInt32 = 0
    var eicr: UInt32 = 0
    /// Bit 31 starts set, as the I210's datasheet has it: drivers that know only ICR and IMS never touch it.
    private(set) var eims: UInt32 = otherBit
    var eiac: UInt32 = 0
    var eiam: UInt32 = 0
    var gpie = GPIE(raw: 0)
    /// IVAR[0...7] as written.
    var ivar = InlineArray<8, UInt32>(repeating: 0)
    var ivarMisc: UInt32 = 0
    var eitr = InlineArray<25, EITR>(repeating: EITR(raw: 0))
    /// When the next message of a vector may leave, in clock nanoseconds.
    var holdUntil = InlineArray<25, UInt64>(repeating: 0)
    /// When a vector last had no low-latency credit, in clock nanoseconds.
    var creditsFrom = InlineArray<25, UInt64>(repeating: 0)
    /// Vectors that owe a message: set when a cause comes in or is unmasked, cleared when the message leaves.
    private var requested: UInt32 = 0
    /// Those of them that a low-latency interrupt asked for.
    private var urgent: UInt32 = 0
    /// The same for the one message of MSI and single MSI-X, and for INTx.
    private var isSingleRequested = false
    private var isSingleUrgent = false
    private var isLineAsserted = false
    /// Bits of EICR and its companions that belong to VFs.
    var virtual = VirtualInterrupts()

    private(set) var mode = Mode.none
    /// The last mode other than none.
    private var servedMode = Mode.none
    /// Messages and INTx assertions sent.
    private(set) var messages: UInt64 = 0
}

// MARK: Causes

extension Interrupts {
    /// Sets causes in ICR, as ICS does.
    mutating func raise(_ causes: UInt32) {
        let new = causes & ~icr & ims
        icr |= causes & ~InterruptCause.asserted.rawValue
        if gpie.isMultipleMSIX {
            if causes & ims != 0 { raiseMiscellaneous() }
        } else if new != 0 {
            isSingleRequested = true
        }
    }

    mutating func raise(_ cause: InterruptCause) { raise(cause.rawValue) }

    /// Receive queue `queue` wrote descriptors back.
    /// - Parameter isUrgent: a low-latency interrupt, which moderation does not hold back.
    mutating func raiseReceive(_ queue: Int, isUrgent: Bool = false) {
        let shift: UInt32 = queue < 8 ? 0 : 16
        if queue & 7 < virtual.count { return raiseVirtualQueue(shift: shift, queue, isUrgent: isUrgent) }
        raiseQueue(shift: shift, queue, isUrgent: isUrgent)
        guard !gpie.isMultipleMSIX else { return }
        raise(.receiveWriteBack)
        if isUrgent { isSingleUrgent = true }
    }

    /// Transmit queue `queue` wrote descriptors back.
    mutating func raiseTransmit(_ queue: Int) {
        let shift: UInt32 = queue < 8 ? 8 : 24
        if queue & 7 < virtual.count { return raiseVirtualQueue(shift: shift, queue) }
        raiseQueue(shift: shift, queue)
        if !gpie.isMultipleMSIX { raise(.transmitWriteBack) }
    }

    private mutating func raiseQueue(shift: UInt32, _ queue: Int, isUrgent: Bool = false) {
        let entry = ivar[queue & 7] &>> shift
        guard entry & 0x80 != 0 else { return }
        let bit: UInt32 = 1 &<< (entry & (gpie.isMultipleMSIX ? 0x1F : 0x0F))
        setExtended(bit)
        if isUrgent { urgent |= bit }
    }

    private mutating func raiseMiscellaneous() { raise(vectorOf: ivarMisc &>> 8) }

    /// An entry of IVAR_MISC, in multiple-MSI-X mode.
    private mutating func raise(vectorOf entry: UInt32) {
        if entry & 0x80 != 0 { setExtended(1 &<< (entry & 0x1F)) }
    }

    /// TCPTIMER expired.
    mutating func raiseTCPTimer() {
        if gpie.isMultipleMSIX { raise(vectorOf: ivarMisc) } else { setExtended(Self.tcpTimerBit) }
    }

    /// Sets EICR bits, as EICS does.
    mutating func setExtended(_ bits: UInt32) {
        let bits = bits & extendedMask
        eicr |= bits
        requested |= bits
        if !gpie.isMultipleMSIX, bits & eims != 0 { isSingleRequested = true }
    }

    /// The bits of EICR that the PF can set.
    var extendedMask: UInt32 { gpie.isMultipleMSIX ? Self.multipleMSIXMask & ~virtual.owned : Self.singleMask }

    /// The bits of EIMS that the PF can reach.
    private var maskableBits: UInt32 { extendedMask | (gpie.isMultipleMSIX ? 0 : Self.otherBit) }

    /// EICR with bit 31 as it is now.
    private var extendedCauses: UInt32 { eicr | (!gpie.isMultipleMSIX && icr & ims != 0 ? Self.otherBit : 0) }

    /// An enabled cause is pending outside multiple-MSI-X mode: the level of INTA, and Interrupt Status in configuration
    /// space.
    var isSinglePending: Bool { extendedCauses & eims != 0 }
}

// MARK: Register access

extension Interrupts {
    /// ICR as read: INTA in bit 31; then clears causes and mask as GPIE.NSICR, IMS and IAM say.
    mutating func readICR() -> UInt32 {
        let isAsserted = icr & ims != 0 || (!gpie.isMultipleMSIX && eicr & eims != 0)
        let value = icr | (isAsserted ? InterruptCause.asserted.rawValue : 0)
        if gpie.isNonSelectiveClear || ims == 0 || isAsserted { icr = 0 }
        if gpie.isNonSelectiveClear || (ims != 0 && isAsserted) { ims &= ~iam }
        return value
    }

    mutating func writeICR(_ value: UInt32) {
        let isAsserted = icr & ims != 0
        icr &= ~value
        if gpie.isNonSelectiveClear || (ims != 0 && isAsserted) { ims &= ~iam }
    }

    mutating func writeIMS(_ value: UInt32) {
        let unmasked = value & ~ims & icr
        ims |= value
        guard unmasked != 0 else { return }
        if gpie.isMultipleMSIX { raiseMiscellaneous() } else { isSingleRequested = true }
    }

    /// EICR as EICS shows it, which is without side effects.
    var pendingEICR: UInt32 { extendedCauses }

    mutating func readEICR() -> UInt32 {
        let value = extendedCauses
        eicr = 0
        touchedEICR()
        return value
    }

    mutating func writeEICR(_ value: UInt32) {
        eicr &= ~value
        touchedEICR()
    }

    /// Outside EIAME mode any access to EICR applies EIAM.
    private mutating func touchedEICR() {
        requested &= eicr
        urgent &= eicr
        if !gpie.masksOnMessage { eims &= ~(eiam & maskableBits) }
    }

    var readableEIMS: UInt32 { eims & maskableBits }

    mutating func writeEIMS(_ value: UInt32) {
        let unmasked = value & ~eims & maskableBits
        eims |= unmasked
        requested |= eicr & unmasked
        if !gpie.isMultipleMSIX, extendedCauses & unmasked != 0 { isSingleRequested = true }
    }

    mutating func writeEIMC(_ value: UInt32) { eims &= ~(value & maskableBits) }

    /// Gives up bits of EIMS that belong to VFs.
    mutating func keepMasks(_ kept: UInt32) { eims &= kept }

    /// A write without CNT_INGR restarts the interval at the written counter; drivers write zero there, so an event
    /// that waits may leave at once. It sets the credits too.
    mutating func writeEITR(_ vector: Int, _ value: EITR, now: UInt64 = 0) {
        eitr[vector] = EITR(raw: value.raw & 0x7FFF_FFFC)
        guard !value.keepsCounter else { return }
        holdUntil[vector] = 0
        creditsFrom[vector] = now &- min(now, value.credits &* creditInterval)
    }

    /// EICR has other bits in multiple-MSI-X mode than outside it: those that are gone are neither pending nor enabled.
    mutating func writeGPIE(_ value: GPIE) {
        gpie = value
        eicr &= extendedMask
        eims &= extendedMask | Self.otherBit
        requested &= extendedMask
    }
}

// MARK: Delivery

extension Interrupts {
    /// Causes that are pending when another way of delivery takes over are delivered by it, though they may have been
    /// before: their handler changed with it.
    mutating func enter(_ new: Mode) {
        mode = new
        guard new != .none, new != servedMode else { return }
        servedMode = new
        if new == .multipleMSIX, icr & ims != 0 { raiseMiscellaneous() }
        requested |= eicr
        isSingleRequested = isSinglePending
    }

    /// Bits that owe a message which may leave but for moderation.
    private var due: UInt32 { requested & eicr & eims & Self.messageMask }

    /// Sends what is due. To be called after every change of causes, masks or mode, and when ``nextDeadline`` comes.
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
            requested &= ~bit
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
        guard isSingleRequested, isSinglePending else {
            (isSingleRequested, isSingleUrgent) = (false, false)
            return
        }
        guard mayLeave(0, isUrgent: isSingleUrgent, now) else { return }
        (isSingleRequested, isSingleUrgent) = (false, false)
        hold(0, now)
        messages &+= 1
        if mode == .msi { host?.sendMSI(0) } else { host?.sendMSIX(0) }
    }

    /// INTx follows the level of the enabled causes; EITR[0] delays an assertion, never a deassertion.
    private mutating func driveLine(_ now: UInt64, _ host: (any FunctionHost)?) {
        guard isSinglePending else {
            isSingleUrgent = false
            return releaseLine(host)
        }
        guard !isLineAsserted, mayLeave(0, isUrgent: isSingleUrgent, now) else { return }
        (isSingleRequested, isSingleUrgent) = (false, false)
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

    /// Nanoseconds of the EITR interval that moderates the messages of transmit queue `queue`; `nil` when it has none.
    func transmitInterval(_ queue: Int) -> UInt64? {
        let entry = ivar[queue & 7] &>> (queue < 8 ? 8 : 24)
        let isVirtual = queue & 7 < virtual.count
        guard entry & 0x80 != 0 || !(isVirtual || gpie.isMultipleMSIX) else { return nil }
        let vector = isVirtual || gpie.isMultipleMSIX ? Int(entry & 0x1F) : 0
        return vector < Self.vectorCount ? UInt64(eitr[vector].interval) &* 1000 : nil
    }

    mutating func hold(_ vector: Int, _ now: UInt64) {
        holdUntil[vector] = now &+ UInt64(eitr[vector].interval) &* 1000
    }

    /// When ``deliver(now:to:)`` or ``takeVirtual(now:)`` has something to send that moderation holds back; `nil` when
    /// nothing waits.
    var nextDeadline: UInt64? {
        guard let virtual = virtualDeadline else { return physicalDeadline }
        return min(virtual, physicalDeadline ?? virtual)
    }

    /// When the first of `vectors` may leave, of which those in `urgent` may do so sooner.
    func earliest(_ vectors: UInt32, urgent: UInt32) -> UInt64? {
        var (waiting, earliest) = (vectors, UInt64.max)
        while waiting != 0 {
            let vector = waiting.trailingZeroBitCount
            earliest = min(earliest, release(vector, isUrgent: urgent &>> UInt32(vector) & 1 != 0))
            waiting &= waiting &- 1
        }
        return vectors == 0 ? nil : earliest
    }

    private var physicalDeadline: UInt64? {
        switch mode {
        case .multipleMSIX: return earliest(due, urgent: urgent)
        case .singleMSIX, .msi: return isSingleRequested && isSinglePending ? release(0, isUrgent: isSingleUrgent) : nil
        case .intx: return isSinglePending && !isLineAsserted ? release(0, isUrgent: isSingleUrgent) : nil
        case .none: return nil
        }
    }

    /// CTRL.RST and stronger: causes, masks, vectors and moderation to their reset values. An asserted line is released
    /// at the next ``deliver(now:to:)``. What belongs to VFs stays, but for IVAR: they are to hear of the reset.
    mutating func reset() {
        let old = self
        self = Interrupts()
        (mode, servedMode, isLineAsserted, messages) = (old.mode, old.servedMode, old.isLineAsserted, old.messages)
        virtual = old.virtual
    }
}
