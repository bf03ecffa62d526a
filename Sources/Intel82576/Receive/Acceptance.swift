/// A frame on its way to memory.
struct ReceivedFrame: BitwiseCopyable {
    /// Its place in the batch.
    var index: Int
    /// Bytes with padding, without FCS.
    var byteCount: Int
    /// From the switch, not from the wire.
    var isLoopback = false
    /// Only an inexact address filter matched.
    var isInexact = false
}

/// What became of a frame.
enum Delivery {
    case done
    case dropped
    /// Its queue has no room: offer it again when descriptors come.
    case held
}

// From the wire to pools and queues.

extension Receive {
    /// Delivers frame `index` of a batch from the wire, or from transmit in loopback.
    mutating func deliver(_ batch: borrowing FrameBatch, _ index: Int, _ bridge: inout Switch) -> Delivery {
        let delivery = accept(batch, index, &bridge)
        isHeld = delivery == .held
        return delivery
    }

    @inline(__always)
    private mutating func accept(_ batch: borrowing FrameBatch, _ index: Int, _ bridge: inout Switch) -> Delivery {
        guard rules.isOpen else {
            drops.disabled &+= 1
            return .dropped
        }
        let length = Int(batch[index].byteCount)
        let summary = FrameSummary(batch.header(of: index), frameLength: length, tagTypes: rules.tagTypes)
        var frame = ReceivedFrame(index: index, byteCount: max(60, length))
        if !isHeld { arrived.count(frame.byteCount) }
        guard frame.byteCount &+ 4 <= rules.longestFrame(tagCount: summary.tagCount) else { return dropOversize() }
        if rules.obeysPause, !passesFlowControl(summary, batch.header(of: index)) { return .dropped }
        if summary.destination.isMulticast, isStorm(summary, frame, &bridge) { return .dropped }
        if rules.command.hasPools {
            deliverFromWire(batch, frame, summary, &bridge)
            return .done
        }
        guard bridge.filters.passesVLAN(summary, rules.control) else { return dropFiltered() }
        let match = bridge.filters.match(summary.destination, source: summary.source, rules.control)
        guard match != .none else { return dropFiltered() }
        frame.isInexact = match == .inexact
        return deliverWithoutPools(batch, frame, summary)
    }

    private mutating func dropOversize() -> Delivery {
        drops.oversize &+= 1
        registers.add(1, to: ROC.self)
        return .dropped
    }

    private mutating func dropFiltered() -> Delivery {
        drops.filtered &+= 1
        return .dropped
    }

    /// Whether a frame goes on to the host: it is none of this port's MAC control frames, or one that RCTL lets through.
    private mutating func passesFlowControl(_ summary: FrameSummary, _ bytes: RawSpan) -> Bool {
        guard flow.isForPort(summary, bytes) else { return true }
        return flow.receive(bytes, rules.control, isObeyed: isHeld, speed: rules.speed, now: clock)
    }

    /// Storm control, which looks at what the VLAN filter lets in from the wire.
    private mutating func isStorm(_ summary: FrameSummary, _ frame: ReceivedFrame, _ bridge: inout Switch) -> Bool {
        guard !rules.isLoopback, !registers[SCCRL.self].isOff, bridge.filters.passesVLAN(summary, rules.control) else {
            return false
        }
        let verdict = bridge.storm.judge(
            summary.destination, byteCount: frame.byteCount, registers, now: clock())
        if verdict.isThresholdPassed { causes.insert(.stormControl) }
        return verdict.isDropped
    }

    @inline(__always)
    private mutating func deliverWithoutPools(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ summary: FrameSummary
    ) -> Delivery {
        let placement = Placement(
            stripsVLAN: rules.stripsVLAN, stripsCRC: rules.control.stripsCRC, usesRSS: rules.command.isRSS)
        let delivery = place(batch, frame, summary, placement)
        if delivery == .done { count(summary.destination, frame.byteCount) }
        return delivery
    }

    @inline(__always)
    private mutating func count(_ destination: MACAddress, _ byteCount: Int) {
        accepted.count(
            byteCount: byteCount, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast)
    }

    /// A frame from the wire, to its pools. Nothing is held for a pool without descriptors: others wait behind it.
    @inline(__always)
    private mutating func deliverFromWire(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ summary: FrameSummary, _ bridge: inout Switch
    ) {
        let pools = bridge.decideFromWire(summary, rules.control).pools
        guard pools != 0 else {
            drops.filtered &+= 1
            return
        }
        if deliver(batch, frame, summary, to: pools) > 0 { count(summary.destination, frame.byteCount) }
    }
}

// MARK: Pools

extension Receive {
    /// Writes a copy for each of `pools` whose length limit the frame meets.
    /// - Returns: how many were written.
    @inline(__always)
    mutating func deliver(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ summary: FrameSummary, to pools: PoolSet
    ) -> Int {
        var (left, copies, tooLong) = (pools, 0, 0)
        repeat {
            let pool = left.trailingZeroBitCount
            left &= left &- 1
            let offload = registers[VMOLR.self, pool]
            guard frame.byteCount &+ 4 <= offload.longestFrame(tagCount: summary.tagCount) else {
                tooLong &+= 1
                continue
            }
            guard place(batch, frame, summary, placement(frame, summary, pool, offload)) == .done else {
                if frame.isLoopback { registers.add(1, to: SDPC.self) }
                continue
            }
            copies &+= 1
            registers.countReceived(
                by: pool, byteCount: frame.byteCount,
                isMulticast: summary.destination.isMulticast && !summary.destination.isBroadcast,
                isLoopback: frame.isLoopback)
        } while left != 0
        if tooLong == pools.nonzeroBitCount { _ = dropOversize() }
        return copies
    }

    /// Multicast and broadcast are stripped as RPLOLR says, unicast as the pool's VMOLR does. RSS is for the wire only.
    @inline(__always)
    private mutating func placement(
        _ frame: ReceivedFrame, _ summary: FrameSummary, _ pool: Int, _ offload: VMOLR
    ) -> Placement {
        var placement = Placement(
            pool: pool, stripsVLAN: offload.stripsVLAN, stripsCRC: offload.stripsCRC,
            usesRSS: !frame.isLoopback && offload.usesRSS && rules.command.hasPoolRSS)
        if summary.destination.isMulticast {
            let replication = registers[RPLOLR.self]
            (placement.stripsVLAN, placement.stripsCRC) = (replication.stripsVLAN, replication.stripsCRC)
        }
        return placement
    }
}

extension VMOLR {
    /// Longest frame that the pool takes with `tagCount` tags, FCS included.
    @inline(__always)
    fileprivate func longestFrame(tagCount: Int) -> Int {
        acceptsLongPackets ? maximumLength : 1518 &+ 4 &* tagCount
    }
}
