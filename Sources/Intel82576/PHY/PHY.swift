// SPDX-License-Identifier: Apache-2.0

/// The internal copper PHY: clause 22 registers, auto-negotiation with an ideal partner, and the link it makes.
///
/// It is of the IGP3 kind, which drivers know by id 02A8 0391, and starts without carrier. A plain value of only state.
///
/// - Datasheet: "PHY Registers"; IEEE 802.3 clauses 22, 28, 40
///
/// Not implemented: low power link-up in D3 (its bit of register 0x19 is stored), SmartSpeed, next pages, the test and
/// isolate bits of register 0, interrupts of the PHY's own, SGMII and SerDes.
///
/// After every call that takes the time, ``takeLinkChange()`` and ``nextDeadline`` may have news.
struct PHY: Sendable {
    /// Its address on the MDIO bus; each port sees its own PHY there.
    static let address = 1
    /// Nanoseconds from the start of auto-negotiation to the link.
    ///
    /// Two to four seconds on the chip, most of it training of the receivers and pauses that the standard prescribes.
    /// Nothing here trains, and drivers wait for an event, so this is only long enough for them to see the link drop.
    /// igb's self-test resets the PHY, and 60 ms later at the soonest wants no change of the link (its test of LSC).
    static let autonegotiationTime: UInt64 = 50_000_000

    /// Nanoseconds that auto-negotiation takes: ``autonegotiationTime``, or none in a synchronous port.
    var negotiationTime = PHY.autonegotiationTime
    private(set) var link = Link.down
    /// When ``advance(to:)`` has to be called next.
    private(set) var nextDeadline: UInt64?

    private var hasCarrier = false
    private var hasNegotiated = false
    private var hasLinkChanged = false
    /// The link was down since register 1 was last read.
    private var wasLinkDown = true
    /// A page arrived since register 6 was last read.
    private var hasReceivedPage = false
    private var control = PHY.resetControl
    private var advertisement = PHY.resetAdvertisement
    private var gigabit = PHY.resetGigabit
    var vendor = VendorRegisters()

    /// Power-on and CTRL.PHY_RST: registers go back, the link drops and is negotiated anew.
    mutating func reset(now: UInt64) {
        (control, advertisement, gigabit) = (PHY.resetControl, PHY.resetAdvertisement, PHY.resetGigabit)
        vendor = VendorRegisters()
        restart(now: now)
    }

    /// Whether a signal comes in from the other end of the cable.
    mutating func setCarrier(_ isUp: Bool, now: UInt64) {
        advance(to: now)
        guard isUp != hasCarrier else { return }
        hasCarrier = isUp
        if !control.loopsBack { restart(now: now) }
    }

    /// Lets time pass: auto-negotiation completes.
    mutating func advance(to now: UInt64) {
        guard let deadline = nextDeadline, deadline <= now else { return }
        nextDeadline = nil
        // Without a common mode there is no link, and no end of negotiation either.
        let resolved = LinkPartner.resolve(advertisement, gigabit, prefersSlow: vendor.savesPower)
        guard let resolved else { return }
        (hasNegotiated, hasReceivedPage) = (true, true)
        setLink(resolved)
    }

    /// BMCR loopback: what the MAC sends comes back.
    var loopsBack: Bool { control.loopsBack }

    /// True if the link went up or down since the last call.
    mutating func takeLinkChange() -> Bool {
        defer { hasLinkChanged = false }
        return hasLinkChanged
    }

    /// A write of MDIC. The command is done at once.
    /// - Returns: what the register holds from then on.
    package mutating func access(mdic: MDIC, now: UInt64) -> MDIC {
        advance(to: now)
        var reply = mdic
        reply.isReady = true
        reply.hasFailed = mdic.isExternal || mdic.phy != PHY.address
        guard !reply.hasFailed else { return reply }
        switch mdic.operation {
        case .read: reply.data = read(mdic.register)
        case .write: write(mdic.register, mdic.data, now: now)
        case nil: break
        }
        return reply
    }

    /// Starts over with the mode that register 0 asks for.
    private mutating func restart(now: UInt64) {
        (hasNegotiated, nextDeadline) = (false, nil)
        setLink(.down)
        let forced = Link(isUp: true, speed: control.speed, isFullDuplex: control.isFullDuplex)
        if control.isPoweredDown { return }
        if control.loopsBack { return setLink(forced) }
        guard hasCarrier else { return }
        if control.negotiates {
            nextDeadline = now &+ negotiationTime
        } else {
            setLink(forced)
        }
    }

    private mutating func setLink(_ new: Link) {
        if !new.isUp { wasLinkDown = true }
        guard new != link else { return }
        (link, hasLinkChanged) = (new, true)
    }
}

extension PHY {
    private static let resetControl = BMCR(raw: 0x1140)
    private static let resetAdvertisement = Advertisement(raw: 0x0DE1)
    private static let resetGigabit = GigabitControl(raw: 0x0F00)

    mutating func read(_ register: Int) -> UInt16 {
        switch register {
        case 0x00: control.raw
        case 0x01: readStatus()
        case 0x02: 0x02A8
        case 0x03: 0x0391
        case 0x04: advertisement.raw
        case 0x05: hasNegotiated ? LinkPartner.advertisement.raw : 0
        case 0x06: readExpansion()
        case 0x07: 0x2001  // a null message page
        case 0x09: gigabit.raw
        case 0x0A: hasNegotiated ? LinkPartner.gigabitStatus(link) : 0
        case 0x0F: 0x3000  // 1000BASE-T, full and half duplex
        case 0x10...: vendor.read(register, link)
        default: 0
        }
    }

    mutating func write(_ register: Int, _ value: UInt16, now: UInt64) {
        switch register {
        case 0x00: writeControl(BMCR(raw: value), now: now)
        case 0x04: advertisement.raw = value & 0xBFFF
        case 0x09: gigabit.raw = value & 0xFF00
        case 0x10...: vendor.write(register, value)
        default: break
        }
    }

    private mutating func readStatus() -> UInt16 {
        var status = BMSR(raw: 0x7949)
        status.hasNegotiated = hasNegotiated
        status.isLinkUp = link.isUp && !wasLinkDown
        wasLinkDown = false
        return status.raw
    }

    /// Register 6: next pages are supported (2), a page arrived (1, cleared by reading), the partner negotiates (0).
    private mutating func readExpansion() -> UInt16 {
        defer { hasReceivedPage = false }
        return 0x4 | (hasReceivedPage ? 0x2 : 0) | (hasNegotiated ? 0x1 : 0)
    }

    private mutating func writeControl(_ new: BMCR, now: UInt64) {
        if new.resets { return reset(now: now) }
        let isRestarted = new.restarts && new.negotiates
        let isDifferent = new.decisive != control.decisive
        control.raw = new.raw & 0x7DC0
        if isRestarted || isDifferent { restart(now: now) }
    }
}
