extension Port {
    /// A frame from the wire, to its pools. Nothing is held for a pool without descriptors: others wait behind it.
    /// One that VFTA rejects is for mirrors only.
    func deliverFromWire(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ control: RCTL, isVLANRight: Bool
    ) {
        let pools = poolsFromWire(frame.headers, control, isVLANRight: isVLANRight)
        guard pools != 0 else {
            receive.drops.filtered &+= 1
            return
        }
        let (destination, byteCount) = (frame.headers.destination, frame.byteCount)
        guard deliverToPools(batch, frame, pools, control) > 0 else { return }
        receive.counters.count(
            byteCount: byteCount, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast)
    }

    /// The pools that get a frame from the wire, of those that may receive.
    func poolsFromWire(_ headers: PacketHeaders, _ control: RCTL, isVLANRight: Bool) -> PoolSet {
        var selection = selectPools(headers, control)
        let virtual = registers[VT_CTL.self]
        if selection.pools == 0, !headers.destination.isMulticast, !virtual.hasNoDefaultPool {
            selection.pools = 1 &<< PoolSet(virtual.defaultPool)
        }
        if !isVLANRight { selection.pools = 0 }
        mirror(&selection, fromWire: true, toWire: false)
        return selection.pools & receivingPools
    }

    /// Writes a copy for each pool whose length limit it meets. How many were written.
    @discardableResult
    func deliverToPools(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ pools: PoolSet, _ control: RCTL
    ) -> Int {
        var (left, copies, tooLong) = (pools, 0, 0)
        while left != 0 {
            let pool = left.trailingZeroBitCount
            left &= left &- 1
            let rules = registers[VMOLR.self, pool]
            guard isLengthAllowed(frame, rules) else {
                tooLong += 1
                continue
            }
            let placement = placement(frame, pool, rules)
            guard place(batch, frame, placement, control) == .done else {
                if frame.isLoopback { add(1, to: Statistic.SDPC) }
                continue
            }
            copies += 1
            countPool(
                pool, frame.byteCount,
                isMulticast: frame.headers.destination.isMulticast && !frame.headers.destination.isBroadcast,
                isLoopback: frame.isLoopback)
        }
        if tooLong > 0, copies == 0, tooLong == pools.nonzeroBitCount {
            receive.drops.oversize &+= 1
            add(1, to: Statistic.ROC)
        }
        return copies
    }

    private func isLengthAllowed(_ frame: ReceivedFrame, _ rules: VMOLR) -> Bool {
        let length = frame.byteCount + 4
        if rules.acceptsLongPackets { return length <= rules.maximumLength }
        return length <= 1518 + 4 * frame.headers.tagCount
    }

    /// Multicast and broadcast are stripped as RPLOLR says, unicast as the pool's VMOLR does. RSS is for the wire only.
    private func placement(_ frame: ReceivedFrame, _ pool: Int, _ rules: VMOLR) -> Placement {
        let replicated = registers[RPLOLR.self]
        let isReplicated = frame.headers.destination.isMulticast
        return Placement(
            pool: pool, stripsVLAN: isReplicated ? replicated.stripsVLAN : rules.stripsVLAN,
            stripsCRC: isReplicated ? replicated.stripsCRC : rules.stripsCRC,
            usesRSS: !frame.isLoopback && rules.usesRSS && registers[MRQC.self].hasPoolRSS)
    }

    // MARK: Counters of pools; they wrap, and reading does not clear them

    /// A frame of `byteCount` bytes, FCS excluded, went to `pool`.
    @inline(__always)
    func countPool(_ pool: Int, _ byteCount: Int, isMulticast: Bool, isLoopback: Bool) {
        let length = UInt32(truncatingIfNeeded: byteCount &+ 4)
        addPool(pool, PoolStatistic.GPRC, 1)
        addPool(pool, PoolStatistic.GORC, length)
        if isMulticast { addPool(pool, PoolStatistic.MPRC, 1) }
        guard isLoopback else { return }
        addPool(pool, PoolStatistic.GPRLBC, 1)
        addPool(pool, PoolStatistic.GORLBC, length)
    }

    @inline(__always)
    func countLoopback(_ byteCount: Int, from pool: Int) {
        addPool(pool, PoolStatistic.GPTLBC, 1)
        addPool(pool, PoolStatistic.GOTLBC, UInt32(truncatingIfNeeded: max(60, byteCount) + 4))
    }

    /// Frames that pool `pool` sent, wherever they went.
    func countPoolTransmitted(_ pool: Int, byteCount: Int, packets: Int) {
        let length = UInt32(truncatingIfNeeded: max(60, byteCount) + 4)
        addPool(pool, PoolStatistic.GPTC, UInt32(truncatingIfNeeded: packets))
        addPool(pool, PoolStatistic.GOTC, length &* UInt32(truncatingIfNeeded: packets))
    }

    @inline(__always)
    private func addPool(_ pool: Int, _ offset: Int, _ amount: UInt32) {
        registers[word: (offset &+ 0x100 &* pool) / 4] &+= amount
    }
}

/// Counters of pool 0; the next pool's are 0x100 bytes on.
enum PoolStatistic {
    static let GPRC = 0x10010
    static let GPTC = 0x10014
    static let GORC = 0x10018
    static let GOTC = 0x10034
    static let MPRC = 0x1003C
    static let GPRLBC = 0x10040
    static let GPTLBC = 0x10044
    static let GORLBC = 0x10048
    static let GOTLBC = 0x10050
}
