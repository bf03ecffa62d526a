// SPDX-License-Identifier: Apache-2.0

/// The interrupt unit of a port: causes, masks, vectors, moderation, and the choice of MSI-X, MSI or INTx.
///
/// Two sets of registers work together. ICR/IMS/IAM hold causes other than queues; EICR/EIMS/EIAC/EIAM hold one bit a
/// vector in multiple-MSI-X mode (bits 24:0), or the queue causes (15:0) otherwise. A queue's cause reaches its EICR bit
/// through IVAR, ICR as a whole reaches one through IVAR_MISC.
///
/// A message leaves when its bit is set, unmasked and its EITR interval has passed since the last one. Raising a cause
/// only sets bits; ``deliver(now:to:)`` sends messages, once per batch.
///
/// A plain value: every stored property is state that a saved device needs, and nothing else is.
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
    /// Causes of ICR that exist (datasheet 8.8.1), INTA excluded.
    static let causeMask: UInt32 = 0x77D4_FBFD | 1 << 3

    /// What the PF's configuration space lets interrupts leave by.
    enum Delivery {
        case msix
        case msi
        case intx
        /// Messages without bus mastering, or INTx disabled and nothing else enabled: nothing leaves.
        case none
    }

    /// How interrupts leave, as configuration space and GPIE say together.
    enum Mode {
        /// One MSI-X message per EICR bit.
        case multipleMSIX
        /// MSI-X vector 0 for everything.
        case singleMSIX
        case msi
        case intx
        /// Causes are kept, nothing leaves.
        case none
    }

    // MARK: Registers

    var icr: UInt32 = 0
    var ims: UInt32 = 0
    var iam: UInt32 = 0
    var eicr: UInt32 = 0
    /// Bit 31 starts set, as the I210's datasheet has it: drivers that know only ICR and IMS never touch it.
    var eims: UInt32 = otherBit
    var eiac: UInt32 = 0
    var eiam: UInt32 = 0
    var gpie = GPIE(raw: 0)
    /// IVAR[0...7] as written.
    var ivar = InlineArray<8, UInt32>(repeating: 0)
    var ivarMisc: UInt32 = 0
    var eitr = InlineArray<25, EITR>(repeating: EITR(raw: 0))

    // MARK: Moderation and delivery

    /// EITR holds messages back. Without, they leave at once whatever it says.
    var isModerated = true
    /// When the next message of a vector may leave, in clock nanoseconds.
    var holdUntil = InlineArray<25, UInt64>(repeating: 0)
    /// When a vector last had no low-latency credit, in clock nanoseconds.
    var creditsFrom = InlineArray<25, UInt64>(repeating: 0)
    /// Vectors whose message is pending: set when a cause comes in or is unmasked, cleared when the message leaves.
    var pending: UInt32 = 0
    /// The vectors of ``pending`` with a low-latency interrupt among their causes.
    var urgent: UInt32 = 0
    /// The message of vector 0 of single MSI-X, that of MSI, or the assertion of INTx is pending.
    var isSinglePending = false
    /// A low-latency interrupt is among the causes of what ``isSinglePending`` stands for.
    var isSingleUrgent = false
    /// INTx is asserted.
    var isLineAsserted = false
    /// The VFs' bits of EICR and its companions.
    var virtual = VirtualInterrupts()
    var delivery = Delivery.none
    var mode = Mode.none
    /// The last mode other than none.
    var lastMode = Mode.none
    /// Messages sent and INTx assertions since power-on.
    var messages: UInt64 = 0
}

// MARK: Causes

extension Interrupts {
    /// Sets causes in ICR, as a write of ICS does.
    mutating func raise(_ causes: UInt32) {
        let new = causes & ~icr & ims
        icr |= causes & ~InterruptCause.asserted.rawValue
        if gpie.isMultipleMSIX {
            if causes & ims != 0 { raiseMiscellaneous() }
        } else if new != 0 {
            isSinglePending = true
        }
    }

    /// Sets causes in ICR.
    mutating func raise(_ cause: InterruptCause) { raise(cause.rawValue) }

    /// Raises the cause of receive queue `queue`, which wrote descriptors back.
    /// - Parameter isUrgent: a low-latency interrupt, which moderation does not hold back.
    mutating func raiseReceive(_ queue: Int, isUrgent: Bool = false) {
        let shift: UInt32 = queue < 8 ? 0 : 16
        if queue & 7 < virtual.count { return raiseVirtualQueue(shift: shift, queue, isUrgent: isUrgent) }
        raiseQueue(shift: shift, queue, isUrgent: isUrgent)
        guard !gpie.isMultipleMSIX else { return }
        raise(.receiveWriteBack)
        if isUrgent { isSingleUrgent = true }
    }

    /// Raises the cause of transmit queue `queue`, which wrote descriptors back.
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

    /// Raises the vector that IVAR_MISC has for causes of ICR, in multiple-MSI-X mode.
    mutating func raiseMiscellaneous() { raise(vectorOf: ivarMisc &>> 8) }

    /// Raises the vector of an entry of IVAR_MISC, in multiple-MSI-X mode.
    private mutating func raise(vectorOf entry: UInt32) {
        if entry & 0x80 != 0 { setExtended(1 &<< (entry & 0x1F)) }
    }

    /// Raises the cause of TCPTIMER, which expired.
    mutating func raiseTCPTimer() {
        if gpie.isMultipleMSIX { raise(vectorOf: ivarMisc) } else { setExtended(Self.tcpTimerBit) }
    }

    /// Sets EICR bits, as a write of EICS does.
    mutating func setExtended(_ bits: UInt32) {
        let bits = bits & extendedMask
        eicr |= bits
        pending |= bits
        if !gpie.isMultipleMSIX, bits & eims != 0 { isSinglePending = true }
    }

    /// The bits of EICR that the PF can set.
    var extendedMask: UInt32 { gpie.isMultipleMSIX ? Self.multipleMSIXMask & ~virtual.owned : Self.singleMask }

    /// EICR with bit 31 as it is now.
    var extendedCauses: UInt32 { eicr | (!gpie.isMultipleMSIX && icr & ims != 0 ? Self.otherBit : 0) }

    /// An enabled cause is there, outside multiple-MSI-X mode: the level of INTA, and Interrupt Status in configuration
    /// space.
    var hasSingleCause: Bool { extendedCauses & eims != 0 }
}
