// SPDX-License-Identifier: Apache-2.0

/// A frame on its way to memory.
struct ReceivedFrame: BitwiseCopyable {
    let summary: FrameSummary
    /// Its place in the batch.
    let index: Int
    /// Bytes on the wire, with padding and FCS.
    let length: Int
    /// What is reported of it wherever it goes: from the switch, by an inexact address filter, with an outer tag.
    let status: ReceiveStatus
    /// From the switch, not from the wire.
    var isLoopback: Bool { @inline(__always) get { status.contains(.loopback) } }

    @inline(__always)
    init(_ summary: FrameSummary, index: Int, _ status: ReceiveStatus = []) {
        (self.summary, self.index, length) = (summary, index, wireLength(summary.byteCount))
        self.status = summary.isOuterTagged ? status.union(.outerTagged) : status
    }
}

/// What became of a frame.
enum Delivery {
    case done
    case dropped
    /// Its queue has no room: offer it again when descriptors come.
    case held
    /// It is longer than its pool takes.
    case tooLong
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
            note(.disabled, batch, index)
            return .dropped
        }
        let summary = FrameSummary(
            batch.header(of: index), frameLength: Int(batch[index].byteCount), tagTypes: rules.tagTypes)
        let length = wireLength(summary.byteCount)
        if !isHeld { arrived.count(length) }
        guard length <= rules.surelyTaken || length <= rules.longestFrame(tagCount: summary.tagCount) else {
            return dropOversize(batch, index)
        }
        if rules.obeysPause, !passesFlowControl(summary, batch.header(of: index)) {
            note(.macControl, batch, index)
            return .dropped
        }
        if summary.destination.isMulticast, isStorm(summary, length, &bridge) {
            note(.storm, batch, index)
            return .dropped
        }
        if rules.hasPools {
            deliverFromWire(batch, ReceivedFrame(summary, index: index), &bridge)
            return .done
        }
        guard bridge.filters.passesVLAN(summary, rules.control) else { return dropFiltered(batch, index) }
        let match = bridge.filters.match(summary.destination, source: summary.source, rules.control)
        guard match != .none else { return dropFiltered(batch, index) }
        let status: ReceiveStatus = match == .inexact ? .inexactFilter : []
        return place(batch, ReceivedFrame(summary, index: index, status), pool: nil)
    }

    private mutating func dropOversize(_ batch: borrowing FrameBatch, _ index: Int, pool: Int? = nil) -> Delivery {
        registers.add(1, to: ROC.self)
        note(.oversize, batch, index, pool: pool)
        return .dropped
    }

    mutating func dropFiltered(_ batch: borrowing FrameBatch, _ index: Int) -> Delivery {
        note(.filtered, batch, index)
        return .dropped
    }

    /// Whether a frame goes on to the host: it is none of this port's MAC control frames, or one that RCTL lets through.
    private mutating func passesFlowControl(_ summary: FrameSummary, _ bytes: RawSpan) -> Bool {
        guard flow.isForPort(summary, bytes) else { return true }
        return flow.receive(bytes, rules.control, isObeyed: isHeld, speed: rules.speed, now: clock)
    }

    /// Storm control, which looks at what the VLAN filter lets in from the wire.
    private mutating func isStorm(_ summary: FrameSummary, _ length: Int, _ bridge: inout Switch) -> Bool {
        guard !rules.isLoopback, !registers[SCCRL.self].isOff, bridge.filters.passesVLAN(summary, rules.control) else {
            return false
        }
        let verdict = bridge.storm.judge(summary.destination, length: length, registers, now: clock())
        if verdict.isThresholdPassed { causes.insert(.stormControl) }
        return verdict.isDropped
    }

    /// A frame from the wire, to its pools. Nothing is held for a pool without descriptors: others wait behind it.
    @inline(__always)
    private mutating func deliverFromWire(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ bridge: inout Switch
    ) {
        let decision = bridge.decideFromWire(frame.summary, rules.control)
        guard decision.isWhole else {
            dropForDisabled(batch, frame, decision)
            return
        }
        if deliver(batch, frame, to: decision.pools) { countAccepted(frame) }
    }

    /// A frame from the wire for no pool, or for pools of which some may not receive.
    @inline(never)
    private mutating func dropForDisabled(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, _ decision: SwitchDecision
    ) {
        if decision.disabledPools == 0 { _ = dropFiltered(batch, frame.index) }
        note(.poolDisabled, batch, frame.index, pools: decision.disabledPools)
        if decision.pools != 0, deliver(batch, frame, to: decision.pools) { countAccepted(frame) }
    }
}

// MARK: Pools

extension Receive {
    /// Writes a copy for each of `pools` whose length limit the frame meets. Whether there was any.
    @inline(__always)
    mutating func deliver(_ batch: borrowing FrameBatch, _ frame: ReceivedFrame, to pools: PoolSet) -> Bool {
        guard pools & (pools &- 1) == 0 else { return replicate(batch, frame, to: pools) }
        let pool = pools.trailingZeroBitCount
        let delivery = place(batch, frame, pool: pool)
        if delivery == .tooLong { _ = dropOversize(batch, frame.index, pool: pool) }
        return delivery == .done
    }

    @inline(never)
    private mutating func replicate(
        _ batch: borrowing FrameBatch, _ frame: ReceivedFrame, to pools: PoolSet
    ) -> Bool {
        var (left, copies, tooLong) = (pools, 0, PoolSet(0))
        while left != 0 {
            let pool = left.trailingZeroBitCount
            let delivery = place(batch, frame, pool: pool)
            left &= left &- 1
            copies &+= delivery == .done ? 1 : 0
            tooLong |= delivery == .tooLong ? 1 &<< PoolSet(truncatingIfNeeded: pool) : 0
        }
        if tooLong != 0 {
            note(.oversize, batch, frame.index, pools: tooLong)
            // The port counts a frame that it takes for nobody.
            if tooLong == pools { registers.add(1, to: ROC.self) }
        }
        return copies > 0
    }

    /// What is done to a copy for `pool`: to multicast and broadcast what RPLOLR says, to unicast what the pool's VMOLR
    /// does. RSS is for the wire only. `nil` for a frame longer than the pool takes.
    @inline(__always)
    mutating func placement(_ frame: ReceivedFrame, pool: Int) -> Placement? {
        let offload = registers[VMOLR.self, pool]
        guard frame.length <= offload.longestFrame(tagCount: frame.summary.tagCount) else { return nil }
        let usesRSS = offload.usesRSS && !frame.isLoopback && rules.command.hasPoolRSS
        guard frame.summary.destination.isMulticast else {
            return Placement(usesRSS: usesRSS, stripsVLAN: offload.stripsVLAN, stripsCRC: offload.stripsCRC)
        }
        let replication = registers[RPLOLR.self]
        return Placement(usesRSS: usesRSS, stripsVLAN: replication.stripsVLAN, stripsCRC: replication.stripsCRC)
    }

    /// Counts a frame written to memory: a copy of its pool's, whatever else as accepted by the port.
    @inline(__always)
    mutating func count(_ frame: ReceivedFrame, queue: Int, pool: Int?) {
        guard let pool else { return countAccepted(frame) }
        if frame.isLoopback { lanes[queue].looped.count(frame.length) }
        let destination = frame.summary.destination
        if destination.isMulticast, !destination.isBroadcast { registers.countMulticast(by: pool) }
    }

    /// Counts a frame that passed the filters.
    @inline(__always)
    mutating func countAccepted(_ frame: ReceivedFrame) {
        let destination = frame.summary.destination
        accepted.count(
            length: frame.length, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast)
    }
}

extension VMOLR {
    /// Longest frame that the pool takes with `tagCount` tags, FCS included.
    @inline(__always)
    fileprivate func longestFrame(tagCount: Int) -> Int {
        acceptsLongPackets ? maximumLength : 1518 &+ 4 &* tagCount
    }
}
