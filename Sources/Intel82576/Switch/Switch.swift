// SPDX-License-Identifier: Apache-2.0

/// The layer 2 switch between pools: what a pool sends goes to the pools it is for, to the wire, or both; what comes from
/// the wire goes to its pools.
///
/// A frame is decided on by its ``FrameSummary``, made of its header segment, which no guest can change any more. Every
/// decision is a function of that, the ``Filters`` and this block's registers.
///
/// - Datasheet: 7.10.3
struct Switch: ~Copyable {
    private let registers: RegisterFile
    /// Addresses and VLANs, of the port and of pools.
    private(set) var filters: Filters
    /// Pools by property and VLAN, made of the registers.
    private var poolFilters = PoolFilters()
    private var recent = RecentDecision()

    /// How much broadcast and multicast the wire brought.
    var storm = StormControl()
    /// Since when the uplink has been congested or paused by the link partner, in clock nanoseconds.
    private(set) var blockedSince: UInt64?

    /// How long a blocked wire holds up the pools, in nanoseconds. A peer that reads clears it far sooner; one that does
    /// not must not stop traffic between VFs.
    static let longestHold: UInt64 = 20_000_000

    init(_ registers: RegisterFile) {
        self.registers = registers
        filters = Filters(registers)
    }
}

// MARK: Registers

extension Switch {
    /// A driver's write of one of the block's registers.
    mutating func write(_ entry: RegisterMap.Entry, _ value: UInt32) -> RegisterEffects {
        registers.write(entry, value)
        switch entry.name {
        case .RAL, .RAH: filters.load()
        case .VMOLR, .VLVF, .VMRCTL: poolFilters.load(registers)
        case .DTXSWC, .VFTE: return .transmit
        case .MTA, .VFTA: return .receive
        default: break
        }
        return []
    }

    /// Takes over all registers.
    mutating func load() {
        filters.load()
        poolFilters.load(registers)
    }

    mutating func reset() { storm = StormControl() }

    /// Lets `pool` receive and send (VFRE, VFTE), or neither.
    func setEnabled(_ isEnabled: Bool, pool: Int) {
        let bit: PoolSet = 1 &<< PoolSet(pool)
        registers[VFRE.self].pools = receivingPools & ~bit | (isEnabled ? bit : 0)
        registers[VFTE.self].pools = sendingPools & ~bit | (isEnabled ? bit : 0)
    }

    /// Pools are in use (MRQC modes 3 and 5): VFs, VMDq.
    var hasPools: Bool { registers[MRQC.self].hasPools }
    /// The switch between pools is on: pools, and DTXSWC.Loopback_En.
    var isEnabled: Bool { hasPools && registers[DTXSWC.self].isEnabled }
    /// VFRE: pools that may receive.
    private var receivingPools: PoolSet { registers[VFRE.self].pools }
    /// VFTE: pools that may send.
    var sendingPools: PoolSet { registers[VFTE.self].pools }
}

// MARK: A wire that takes nothing

extension Switch {
    /// Notes whether the wire takes nothing now, while the switch is on.
    mutating func noteWire(isBlocked: Bool, now: () -> UInt64) {
        guard isBlocked else { return blockedSince = nil }
        if blockedSince == nil { blockedSince = now() }
    }

    /// The wire has been blocked for so long that the switch goes on without it.
    func hasHeldLongEnough(now: () -> UInt64) -> Bool {
        guard let blockedSince else { return false }
        return now() &- blockedSince >= Self.longestHold
    }
}

// MARK: Decisions

extension Switch {
    /// To be called before the first frame of a batch.
    @inline(__always)
    mutating func beginBatch() { recent = RecentDecision() }

    /// The pools that get what pool `sender` sends, and whether the wire does.
    @inline(__always)
    mutating func decide(_ summary: FrameSummary, sentBy sender: Int, _ control: RCTL) -> SwitchDecision {
        if let decision = recent.decision(for: summary, from: sender) { return decision }
        let decision = decideSent(summary, sender, control)
        recent.remember(decision, for: summary, from: sender)
        return decision
    }

    private func decideSent(
        _ summary: FrameSummary, _ sender: Int, _ control: RCTL
    ) -> SwitchDecision {
        var selection = selectPools(summary, control)
        let isUnicast = !summary.destination.isMulticast
        let goesToWire = !(isUnicast && selection.isExact) && !selection.isLocalVLAN
        let others = ~(1 &<< PoolSet(truncatingIfNeeded: sender) & ~registers[DTXSWC.self].allowsOwnFrames)
        // A rule for the sender's pool mirrors what that pool gets, which its own frame is not; hence before and after.
        selection.pools &= others
        mirror(&selection, fromWire: false, toWire: goesToWire)
        selection.pools &= others
        return SwitchDecision(
            pools: selection.pools & receivingPools, goesToWire: goesToWire,
            disabledPools: selection.pools & ~receivingPools)
    }

    /// The pools that get a frame from the wire. One that the VLAN filter of the port rejects is for mirrors only.
    @inline(__always)
    mutating func decideFromWire(
        _ summary: FrameSummary, _ control: RCTL
    ) -> SwitchDecision {
        if let decision = recent.decision(for: summary, from: nil) { return decision }
        let decision = decideReceived(summary, control)
        recent.remember(decision, for: summary, from: nil)
        return decision
    }

    private func decideReceived(
        _ summary: FrameSummary, _ control: RCTL
    ) -> SwitchDecision {
        var selection = selectPools(summary, control)
        let virtual = registers[VT_CTL.self]
        if selection.pools == 0, !summary.destination.isMulticast, !virtual.hasNoDefaultPool {
            selection.pools = 1 &<< PoolSet(virtual.defaultPool)
        }
        if !filters.passesVLAN(summary, control) { selection.pools = 0 }
        mirror(&selection, fromWire: true, toWire: false)
        return SwitchDecision(
            pools: selection.pools & receivingPools, disabledPools: selection.pools & ~receivingPools)
    }

    /// Whether a frame to `destination` may end up in a pool here, so that nothing of it can be left to the uplink.
    mutating func mayStayInside(_ destination: MACAddress) -> Bool {
        if destination.isMulticast || registers[VT_CTL.self].ignoresMAC { return true }
        if filters.pools(destination: destination, source: destination).isMatch { return true }
        if filters.isInUnicastTable(destination, registers[RCTL.self]) { return true }
        return poolFilters.mirrors
    }
}

// MARK: Anti-spoofing

extension Switch {
    /// An anti-spoof check is on for what `pool` sends.
    @inline(__always)
    mutating func checksSpoofing(_ pool: Int) -> Bool {
        let control = registers[DTXSWC.self]
        return (control.checksMAC | control.checksVLAN) &>> PoolSet(truncatingIfNeeded: pool) & 1 != 0
    }

    /// The check of DTXSWC that a frame sent by `pool` fails; `nil` when it may go on. Datasheet 7.10.3.7.
    ///
    /// A pool whose source addresses are checked cannot speak for the port either: one VF's PAUSE frames would stop all.
    /// The 82576 itself is not known to filter these. The X550 is (ETQF with PFVFSPOOF.ETHERTYPEAS), and Linux' ixgbe has
    /// it do so wherever it checks for spoofing, PF excepted.
    @inline(__always)
    mutating func spoofing(_ summary: FrameSummary, by pool: Int) -> Spoofing? {
        let control = registers[DTXSWC.self]
        let bit: PoolSet = 1 &<< PoolSet(truncatingIfNeeded: pool)
        if control.checksMAC & bit != 0 {
            if summary.isLinkControl { return .linkControl }
            if filters.pools(ofSource: summary.source) & bit == 0 { return .wrongAddress }
        }
        return control.checksVLAN & bit == 0 || isMember(pool, summary) ? nil : .wrongVLAN
    }

    /// Counts a frame that failed a check.
    func countSpoofed() { registers.add(1, to: SSVPC.self) }

    /// Whether `pool` may send in the frame's VLAN: one of a VLVF entry that has the pool; untagged if it accepts such.
    /// Where VMVIR inserts the tag, a frame may not bring a second one.
    @inline(__always)
    private mutating func isMember(_ pool: Int, _ summary: FrameSummary) -> Bool {
        guard summary.isTagged else { return registers[VMOLR.self, pool].acceptsUntagged }
        if registers[VMVIR.self, pool].policy == .always, summary.networkType == registers[VET.self].inner {
            return false
        }
        return poolFilters[vlan: summary.tag].pools &>> PoolSet(truncatingIfNeeded: pool) & 1 != 0
    }
}

// MARK: Pools

extension Switch {
    /// Pool selection, datasheet 7.10.3: by address, then by VLAN. Default pool, mirroring and VFRE come after it.
    func selectPools(_ summary: FrameSummary, _ control: RCTL) -> PoolSelection {
        let virtual = registers[VT_CTL.self]
        var selection = PoolSelection()
        let (isExact, exactPools) = filters.pools(destination: summary.destination, source: summary.source)
        selection.isExact = isExact
        if virtual.ignoresMAC {
            selection.pools = .max
        } else if virtual.replicates {
            selection.pools = replicatedPools(summary.destination, exactPools, control)
        } else {
            selection.pools = singlePool(summary, virtual, control)
        }
        var memberPools = poolFilters.acceptingUntagged
        if summary.isTagged {
            // A priority tag names VLAN 0.
            let vlan = poolFilters[vlan: summary.tag]
            (selection.vlanEntries, selection.isLocalVLAN, memberPools) = (vlan.entries, vlan.isLocal, vlan.pools)
        }
        if control.filtersVLAN { selection.pools &= memberPools }
        if !virtual.replicates { selection.pools &= ~selection.pools &+ 1 }
        return selection
    }

    /// Every pool that asked for the address.
    private func replicatedPools(
        _ destination: MACAddress, _ exact: PoolSet, _ control: RCTL
    ) -> PoolSet {
        var pools = exact
        if destination.isBroadcast {
            pools |= poolFilters.acceptingBroadcast
        } else if destination.isMulticast {
            if pools == 0, filters.isInMulticastTable(destination, control) {
                pools |= poolFilters.acceptingMulticastHash
            }
            pools |= poolFilters.multicastPromiscuous
        } else if pools == 0, filters.isInUnicastTable(destination, control) {
            pools |= poolFilters.acceptingUnicastHash
        }
        return pools
    }

    /// Without replication a frame has one receiver: the lowest pool of the first filter that matches; the default pool
    /// for multicast.
    private func singlePool(
        _ summary: FrameSummary, _ virtual: VT_CTL, _ control: RCTL
    ) -> PoolSet {
        let destination = summary.destination
        if let exact = filters.firstPools(destination: destination, source: summary.source) {
            return exact & (~exact &+ 1)
        }
        if destination.isMulticast { return virtual.hasNoDefaultPool ? 0 : 1 &<< PoolSet(virtual.defaultPool) }
        guard filters.isInUnicastTable(destination, control) else { return 0 }
        let pools = poolFilters.acceptingUnicastHash
        return pools & (~pools &+ 1)
    }

    /// Adds the destinations of the mirror rules that apply. A copy is not mirrored again. Datasheet 7.10.3.6.
    private func mirror(_ selection: inout PoolSelection, fromWire: Bool, toWire: Bool) {
        guard poolFilters.mirrors else { return }
        var copies: PoolSet = 0
        for rule in 0..<4 {
            let control = registers[VMRCTL.self, rule]
            guard control.isEnabled else { continue }
            let pools = registers[VMRVM.self, rule].pools
            let applies =
                control.mirrorsPools && selection.pools & pools != 0 || control.mirrorsUplink && fromWire
                || control.mirrorsDownlink && toWire
                || control.mirrorsVLANs && selection.vlanEntries & registers[VMRVLAN.self, rule].entries != 0
            if applies { copies |= 1 &<< PoolSet(control.destination) }
        }
        selection.pools |= copies
    }
}
