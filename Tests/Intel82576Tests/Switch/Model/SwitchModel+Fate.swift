// SPDX-License-Identifier: Apache-2.0

import Intel82576

extension SwitchModel {
    enum Origin: Equatable {
        case wire
        case pool(Int)
    }

    /// What becomes of one frame.
    struct Fate: Equatable {
        /// Pools that get a copy.
        var pools: Set<Int> = []
        var goesToWire = false
        /// Dropped by anti-spoofing.
        var isSpoofed = false
        /// There were pools for it, and it was too long for each of them (ROC).
        var isTooLong = false
        /// The frame after tag insertion.
        var frame: SwitchFrame
    }

    /// - Parameter tag: the tag a transmit descriptor asks to insert.
    func fate(of frame: SwitchFrame, from origin: Origin, inserting tag: UInt16? = nil) -> Fate {
        switch origin {
        case .wire: fateOfReceived(frame)
        case .pool(let pool): fateOfTransmitted(tagged(frame, by: pool, descriptor: tag), from: pool, original: frame)
        }
    }

    private func fateOfReceived(_ frame: SwitchFrame) -> Fate {
        var fate = Fate(frame: frame)
        var list = passesVLANTable(frame) ? poolList(of: frame, from: .wire) : []
        list.formUnion(mirrorDestinations(of: frame, list: list, isFromWire: true, goesToWire: false))
        finish(&fate, with: list)
        return fate
    }

    /// Steps 11 and 12: pools that may not receive, and pools for which the frame is too long, drop out.
    private func finish(_ fate: inout Fate, with list: Set<Int>) {
        let receiving = list.filter { pools[$0].receives }
        fate.pools = receiving.filter { fate.frame.length <= limit(of: $0, for: fate.frame) }
        fate.isTooLong = fate.pools.isEmpty && !receiving.isEmpty
    }

    /// The filter of the port in front of the pools.
    /// Decision: it is for what comes from the wire; RCTL.UPE, MPE and BAM play no part with pools.
    private func passesVLANTable(_ frame: SwitchFrame) -> Bool {
        guard filtersVLANs, let vlan = frame.vlan else { return true }
        return vlanTable.contains(vlan)
    }
}

// MARK: The pool list, steps 1 to 9

extension SwitchModel {
    func poolList(of frame: SwitchFrame, from origin: Origin) -> Set<Int> {
        var list = ignoresMAC ? Set(pools.indices) : macList(of: frame, from: origin)
        if filtersVLANs { list.formIntersection(vlanMembers(of: frame)) }
        if !replicates { list = Set(list.min().map { [$0] } ?? []) }
        if list.isEmpty, frame.isUnicast, origin == .wire, let defaultPool { list = [defaultPool] }
        return list
    }

    /// Steps 2 to 6.
    private func macList(of frame: SwitchFrame, from origin: Origin) -> Set<Int> {
        replicates ? replicatedList(of: frame) : singleList(of: frame, from: origin)
    }

    private func replicatedList(of frame: SwitchFrame) -> Set<Int> {
        var list: Set<Int> = []
        for filter in exactFilters(matching: frame.destination) { list.formUnion(filter.pools) }
        if frame.isBroadcast { list.formUnion(pools { $0.acceptsBroadcast }) }
        if frame.isUnicast, list.isEmpty, unicastHashes.contains(hash(frame.destination)) {
            list.formUnion(pools { $0.acceptsUnicastHash })
        }
        if frame.isMulticast, list.isEmpty, multicastHashes.contains(hash(frame.destination)) {
            list.formUnion(pools { $0.acceptsMulticastHash })
        }
        if frame.isMulticast { list.formUnion(pools { $0.acceptsAllMulticast }) }
        return list
    }

    /// With VT_CTL.Rep_En off a frame has one pool at most, and what is for a group and in no exact filter is the default
    /// pool's.
    private func singleList(of frame: SwitchFrame, from origin: Origin) -> Set<Int> {
        if let filter = exactFilters(matching: frame.destination).first {
            return Set(filter.pools.min().map { [$0] } ?? [])
        }
        if frame.isToGroup { return Set(defaultPool.map { [$0] } ?? []) }
        guard unicastHashes.contains(hash(frame.destination)) else { return [] }
        return Set(pools { $0.acceptsUnicastHash }.min().map { [$0] } ?? [])
    }

    /// Step 8. A priority tag (VLAN 0) is a tag.
    private func vlanMembers(of frame: SwitchFrame) -> Set<Int> {
        guard let vlan = frame.vlan else { return pools { $0.acceptsUntagged } }
        return members(of: vlan)
    }
}

// MARK: Mirrors, step 10

extension SwitchModel {
    /// Pools that get a copy by rule, whatever their filters say.
    func mirrorDestinations(
        of frame: SwitchFrame, list: Set<Int>, isFromWire: Bool, goesToWire: Bool
    ) -> Set<Int> {
        let entries = Set(frame.vlan.map { groups(of: $0).map(\.index) } ?? [])
        let matching = mirrors.filter { rule in
            !rule.pools.isDisjoint(with: list) || rule.copiesUplink && isFromWire
                || rule.copiesDownlink && goesToWire || !rule.vlanEntries.isDisjoint(with: entries)
        }
        return Set(matching.map(\.destination))
    }
}

// MARK: Frames from pools

extension SwitchModel {
    /// VMVIR. A tag it inserts is in front of one the frame had.
    func tagged(_ frame: SwitchFrame, by pool: Int, descriptor tag: UInt16?) -> SwitchFrame {
        var frame = frame
        switch (pools[pool].tagging, tag) {
        case (.always(let tag), _), (.descriptor, let tag?): frame.tags.insert(tag, at: 0)
        case (.never, _), (.descriptor, nil): break
        }
        return frame
    }

    private func fateOfTransmitted(_ frame: SwitchFrame, from source: Int, original: SwitchFrame) -> Fate {
        var fate = Fate(frame: frame)
        guard !isSpoofed(frame, by: source, original: original) else {
            fate.isSpoofed = true
            return fate
        }
        guard switchesLocally else {
            fate.goesToWire = true
            return fate
        }
        fate.goesToWire = leaves(frame)
        finish(&fate, with: localList(of: frame, from: source, goesToWire: fate.goesToWire))
        return fate
    }

    /// The pools a pool's frame is for: all that would get it from the wire, the default pool's catch-all excepted, and not
    /// the sender.
    private func localList(of frame: SwitchFrame, from source: Int, goesToWire: Bool) -> Set<Int> {
        let silent: Set<Int> = pools[source].hearsItself ? [] : [source]
        let list = poolList(of: frame, from: .pool(source)).subtracting(silent)
        let copies = mirrorDestinations(of: frame, list: list, isFromWire: false, goesToWire: goesToWire)
        return list.union(copies.subtracting(silent))
    }

    /// Known unicast stays inside, whether or not its VLAN lets it arrive; so does everything in a local VLAN.
    /// Decision: the address alone counts, even in a filter that names no pool.
    private func leaves(_ frame: SwitchFrame) -> Bool {
        let isKnown = !exactFilters(matching: frame.destination).isEmpty
        let isLocal = frame.vlan.map { groups(of: $0).contains(where: \.group.isLocal) } ?? false
        return !(frame.isUnicast && isKnown) && !isLocal
    }

    /// DTXSWC.MACAS and VLANAS. The VLAN is that after insertion; untagged frames pass with VMOLR.AUPE.
    /// Decision: a pool whose addresses are checked must not send as a bridge or a MAC does.
    private func isSpoofed(_ frame: SwitchFrame, by pool: Int, original: SwitchFrame) -> Bool {
        let isOwnAddress = exactFilters(matching: frame.source).contains { $0.pools.contains(pool) }
        if pools[pool].checksSource, !isOwnAddress || frame.isReserved || frame.isMACControl { return true }
        guard pools[pool].checksVLAN else { return false }
        if case .always = pools[pool].tagging, !original.tags.isEmpty { return true }
        guard let vlan = frame.vlan else { return !pools[pool].acceptsUntagged }
        return !members(of: vlan).contains(pool)
    }
}
