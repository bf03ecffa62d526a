// SPDX-License-Identifier: Apache-2.0

/// What pool selection asks of VMOLR, VLVF and VMRCTL for every frame, kept the other way round: pools by property,
/// entries by VLAN. Rebuilt when one of the registers changes.
struct PoolFilters: ~Copyable {
    /// The enabled VLVF entries of one VLAN.
    struct VLAN: BitwiseCopyable {
        /// A bit for each entry.
        var entries: UInt32 = 0
        var pools: PoolSet = 0
        /// One of them has LVLAN.
        var isLocal = false
    }

    private(set) var acceptingBroadcast: PoolSet = 0
    private(set) var acceptingMulticastHash: PoolSet = 0
    private(set) var acceptingUnicastHash: PoolSet = 0
    private(set) var acceptingUntagged: PoolSet = 0
    private(set) var multicastPromiscuous: PoolSet = 0
    /// A mirror rule is on.
    private(set) var mirrors = false
    private let vlans = FixedBuffer<VLAN>(repeating: VLAN(), count: 4096)
    /// The VLANs that have entries now.
    private let known = FixedBuffer<UInt16>(repeating: 0, count: 32)
    private var knownCount = 0

    /// The entries of VLAN `identifier`, of which the low 12 bits count.
    @inline(__always)
    subscript(vlan identifier: UInt16) -> VLAN { vlans[Int(identifier & 0xFFF)] }

    mutating func load(_ registers: RegisterFile) {
        loadPools(registers)
        loadVLANs(registers)
        mirrors = false
        for rule in 0..<4 where registers[VMRCTL.self, rule].isEnabled { mirrors = true }
    }

    private mutating func loadPools(_ registers: RegisterFile) {
        acceptingBroadcast = 0
        acceptingMulticastHash = 0
        acceptingUnicastHash = 0
        acceptingUntagged = 0
        multicastPromiscuous = 0
        for pool in 0..<8 {
            let (rules, bit) = (registers[VMOLR.self, pool], PoolSet(1) &<< PoolSet(pool))
            if rules.acceptsBroadcast { acceptingBroadcast |= bit }
            if rules.acceptsMulticastHash { acceptingMulticastHash |= bit }
            if rules.acceptsUnicastHash { acceptingUnicastHash |= bit }
            if rules.acceptsUntagged { acceptingUntagged |= bit }
            if rules.isMulticastPromiscuous { multicastPromiscuous |= bit }
        }
    }

    private mutating func loadVLANs(_ registers: RegisterFile) {
        for index in 0..<knownCount { vlans[Int(known[index])] = VLAN() }
        knownCount = 0
        for index in 0..<32 {
            let entry = registers[VLVF.self, index]
            guard entry.isEnabled else { continue }
            var vlan = vlans[Int(entry.identifier)]
            vlan.entries |= 1 &<< UInt32(index)
            vlan.pools |= entry.pools
            if entry.isLocal { vlan.isLocal = true }
            vlans[Int(entry.identifier)] = vlan
            known[knownCount] = entry.identifier
            knownCount += 1
        }
    }
}
