/// Which pools a frame is for, and what else the decision found.
struct PoolSelection {
    var pools: PoolSet = 0
    /// An exact filter has the destination, whatever the VLAN filter said afterwards.
    var isExact = false
    /// A VLVF entry of the frame's VLAN says that it stays inside.
    var isLocalVLAN = false
    /// VLVF entries of the frame's VLAN, a bit each.
    var vlanEntries: UInt32 = 0
}

extension Port {
    /// Pools are in use (MRQC modes 3 and 5): VFs, VMDq.
    var hasPools: Bool { registers[MRQC.self].hasPools }

    /// Pool selection, datasheet 7.10.3: by address, then by VLAN. Default pool, mirroring and VFRE come after it.
    func selectPools(_ headers: PacketHeaders, _ control: RCTL) -> PoolSelection {
        let virtual = registers[VT_CTL.self]
        var selection = PoolSelection()
        let (isExact, exactPools) = addressFilter.pools(destination: headers.destination, source: headers.source)
        selection.isExact = isExact
        if virtual.ignoresMAC {
            selection.pools = .max
        } else if virtual.replicates {
            selection.pools = replicatedPools(headers.destination, exactPools, control)
        } else {
            selection.pools = singlePool(headers, virtual, control)
        }
        var memberPools = poolFilters.acceptingUntagged
        if headers.isTagged {
            // A priority tag names VLAN 0.
            let vlan = poolFilters[vlan: headers.tag]
            (selection.vlanEntries, selection.isLocalVLAN, memberPools) = (vlan.entries, vlan.isLocal, vlan.pools)
        }
        if control.filtersVLAN { selection.pools &= memberPools }
        if !virtual.replicates { selection.pools &= ~selection.pools &+ 1 }
        return selection
    }

    /// Every pool that asked for the address.
    private func replicatedPools(_ destination: MACAddress, _ exact: PoolSet, _ control: RCTL) -> PoolSet {
        var pools = exact
        if destination.isBroadcast {
            pools |= poolFilters.acceptingBroadcast
        } else if destination.isMulticast {
            if pools == 0, hits(Self.multicastTable, destination, control) {
                pools |= poolFilters.acceptingMulticastHash
            }
            pools |= poolFilters.multicastPromiscuous
        } else if pools == 0, hits(Self.unicastTable, destination, control) {
            pools |= poolFilters.acceptingUnicastHash
        }
        return pools
    }

    /// Without replication a frame has one receiver: the lowest pool of the first filter that matches; the default pool
    /// for multicast.
    private func singlePool(_ headers: PacketHeaders, _ virtual: VT_CTL, _ control: RCTL) -> PoolSet {
        let destination = headers.destination
        if let exact = addressFilter.firstPools(destination: destination, source: headers.source) {
            return exact & (~exact &+ 1)
        }
        if destination.isMulticast { return virtual.hasNoDefaultPool ? 0 : 1 &<< PoolSet(virtual.defaultPool) }
        guard hits(Self.unicastTable, destination, control) else { return 0 }
        let pools = poolFilters.acceptingUnicastHash
        return pools & (~pools &+ 1)
    }

    static let multicastTable = 0x5200
    static let unicastTable = 0xA000

    /// Whether the 4096-bit hash table at `offset` (MTA, UTA) has the address.
    @inline(__always)
    func hits(_ offset: Int, _ address: MACAddress, _ control: RCTL) -> Bool {
        let index = address.hashIndex(offset: control.multicastOffset)
        return registers[word: offset / 4 + index / 32] &>> UInt32(index & 31) & 1 != 0
    }

    /// Adds the destinations of the mirror rules that apply. A copy is not mirrored again. Datasheet 7.10.3.6.
    func mirror(_ selection: inout PoolSelection, fromWire: Bool, toWire: Bool) {
        guard poolFilters.mirrors else { return }
        var copies: PoolSet = 0
        for rule in 0..<4 {
            let control = registers[VMRCTL.self, rule]
            guard control.isEnabled else { continue }
            let pools = PoolSet(truncatingIfNeeded: registers[word: 0x5DA0 / 4 + rule])
            let applies =
                control.mirrorsPools && selection.pools & pools != 0 || control.mirrorsUplink && fromWire
                || control.mirrorsDownlink && toWire
                || control.mirrorsVLANs && selection.vlanEntries & registers[word: 0x5D90 / 4 + rule] != 0
            if applies { copies |= 1 &<< PoolSet(control.destination) }
        }
        selection.pools |= copies
    }

    /// VFRE: pools that may receive.
    var receivingPools: PoolSet { PoolSet(truncatingIfNeeded: registers[word: 0x0C8C / 4]) }
    /// VFTE: pools that may send.
    var sendingPools: PoolSet { PoolSet(truncatingIfNeeded: registers[word: 0x0C90 / 4]) }
}
