/// The layer 2 switch between pools: what a pool sends goes to the pools it is for, to the wire, or both. Datasheet 7.10.3.
///
/// A frame is decided on its header segment, which no guest can change any more, and copied straight from the sender's
/// memory to the receivers'.
struct Switch {
    /// Frames that failed a check of DTXSWC.
    var spoofed: UInt64 = 0
    /// Those of them that were link control.
    var linkControl: UInt64 = 0
    /// Frames for the wire dropped because the uplink took none for longer than ``patience``.
    var undeliverable: UInt64 = 0
    /// Since when the uplink has been congested or paused by the link partner, in clock nanoseconds.
    var congestedSince: UInt64?
    /// How long a congested uplink holds up the pools, in nanoseconds. A peer that reads clears it far sooner; one that
    /// does not must not stop traffic between VFs.
    static let patience: UInt64 = 20_000_000
    /// Local copies lost because the frame still needed work that only the uplink does; only a sender that changes a
    /// packet while it is being sent can bring that about.
    var unfinished: UInt64 = 0

    /// Where plain packets from one address to another go.
    struct Decision {
        /// None in a decision not made yet.
        var destination = MACAddress?.none
        var source = MACAddress(value: 0)
        /// The pool they were sent by; 0xFF when they came from the wire.
        var sender: UInt8 = 0
        /// Those that may receive.
        var pools: PoolSet = 0
        var goesToWire = false
    }

    /// The last one of this batch: the next packet is likely of the same flow.
    var recent = Decision()
}

extension Port {
    /// The switch works: pools, and DTXSWC.Loopback_En.
    var isSwitching: Bool { hasPools && registers[DTXSWC.self].isEnabled && !isLoopback }

    /// Whether a frame to `destination` may end up in a pool here, so that nothing of it can be left to the uplink.
    func mayStayInside(_ destination: MACAddress) -> Bool {
        guard isSwitching else { return false }
        if destination.isMulticast || registers[VT_CTL.self].ignoresMAC { return true }
        if addressFilter.pools(destination: destination, source: destination).isMatch { return true }
        if hits(Self.unicastTable, destination, registers[RCTL.self]) { return true }
        return poolFilters.mirrors
    }

    /// Delivers frame `index` of the transmit batch to the pools it is for, and settles whether it goes to the wire.
    func switchFrame(_ index: Int) {
        let frame = transmitBatch[index]
        let control = registers[RCTL.self]
        if receive.takesPlain, switchPlain(index, frame, control) { return }
        if !frame.isParsed { parseTransmitted(index, byteCount: Int(frame.byteCount)) }
        let headers = transmitHeaders[index]
        let (pools, goesToWire) = decide(headers, frame.sourcePool, control)
        transmitBatch[index].goesToUplink = goesToWire
        guard pools != 0, control.isEnabled else { return }
        guard !frame.offload.needsChecksum, frame.offload.segmentation == .none else {
            self.switch.unfinished &+= 1
            return
        }
        let received = ReceivedFrame(
            index: index, byteCount: max(60, Int(frame.byteCount)), headers: headers, isLoopback: true)
        let copies = deliverToPools(transmitBatch, received, pools, control)
        if copies > 0 { countLoopback(Int(frame.byteCount), from: Int(frame.sourcePool & 7)) }
    }

    /// The pools that get what `sender` sends, and whether the wire does.
    private func decide(_ headers: PacketHeaders, _ sender: UInt8, _ control: RCTL) -> (pools: PoolSet, toWire: Bool) {
        var selection = selectPools(headers, control)
        let isUnicast = !headers.destination.isMulticast
        let goesToWire = !(isUnicast && selection.isExact) && !selection.isLocalVLAN
        let others = ~(1 &<< PoolSet(sender & 7) & ~registers[DTXSWC.self].allowsOwnFrames)
        // A rule for the sender's pool mirrors what that pool gets, which its own frame is not; hence before and after.
        selection.pools &= others
        mirror(&selection, fromWire: false, toWire: goesToWire)
        selection.pools &= others
        return (selection.pools & receivingPools, goesToWire)
    }

    /// Where a plain packet goes: mostly where the one before it went.
    @inline(__always)
    func decision(for packet: PlainPacket, _ sender: UInt8, _ control: RCTL) -> Switch.Decision {
        let recent = self.switch.recent
        if recent.destination == packet.destination, recent.source == packet.source, recent.sender == sender {
            return recent
        }
        let (pools, goesToWire) =
            sender == 0xFF
            ? (poolsFromWire(packet.headers, control, isVLANRight: true), false)
            : decide(packet.headers, sender, control)
        let decision = Switch.Decision(
            destination: packet.destination, source: packet.source, sender: sender, pools: pools,
            goesToWire: goesToWire)
        self.switch.recent = decision
        return decision
    }

    /// The short way for a plain packet to one pool. False, and nothing done, where it does not apply.
    @inline(__always)
    private func switchPlain(_ index: Int, _ frame: FrameBatch.Frame, _ control: RCTL) -> Bool {
        guard let packet = PlainPacket(transmitBatch.header(of: index), frameLength: Int(frame.byteCount)) else {
            return false
        }
        let decision = decision(for: packet, frame.sourcePool, control)
        let pool = decision.pools.trailingZeroBitCount
        guard decision.pools.nonzeroBitCount == 1, !packet.destination.isMulticast, control.isEnabled,
            !frame.offload.needsChecksum, frame.offload.segmentation == .none
        else { return false }
        let byteCount = max(60, Int(frame.byteCount))
        // LB.
        guard placePlain(transmitBatch, index, packet, byteCount, pool, packet.packetType &<< 4, 1 &<< 18, control)
        else { return false }
        transmitBatch[index].goesToUplink = decision.goesToWire
        countPool(pool, byteCount, isMulticast: false, isLoopback: true)
        countLoopback(byteCount, from: Int(frame.sourcePool & 7))
        return true
    }

    /// Parses frame `index` of the transmit batch, which will be `byteCount` bytes long.
    func parseTransmitted(_ index: Int, byteCount: Int) {
        transmitHeaders[index] = parse(transmitBatch, index, byteCount: byteCount)
        transmitBatch[index].isParsed = true
    }

    @inline(__always)
    func parse(_ batch: borrowing FrameBatch, _ index: Int, byteCount: Int? = nil) -> PacketHeaders {
        PacketHeaders(
            batch.header(of: index), frameLength: byteCount ?? Int(batch[index].byteCount), tagTypes: tagTypes)
    }

    /// The anti-spoof checks of what `queue` sends. Datasheet 7.10.3.7. True when the frame may go on; a frame that
    /// fails is counted in SSVPC, its queue's bit in WVBR is set, and DOUTSYNC raised.
    @inline(__always)
    func passesSpoofChecks(_ headers: PacketHeaders, queue: Int) -> Bool {
        !checksSpoofing(queue) || passesEnabledChecks(headers, queue)
    }

    /// An anti-spoof check is on for the pool of `queue`.
    @inline(__always)
    func checksSpoofing(_ queue: Int) -> Bool {
        let control = registers[DTXSWC.self]
        return (control.checksMAC | control.checksVLAN) &>> PoolSet(queue & 7) & 1 != 0
    }

    /// A pool whose source addresses are checked cannot speak for the port either: one VF's PAUSE frames would stop all.
    /// The 82576 itself is not known to filter these. The X550 is (ETQF with PFVFSPOOF.ETHERTYPEAS), and Linux' ixgbe has
    /// it do so wherever it checks for spoofing, PF excepted.
    private func passesEnabledChecks(_ headers: PacketHeaders, _ queue: Int) -> Bool {
        let control = registers[DTXSWC.self]
        let pool: PoolSet = 1 &<< PoolSet(queue & 7)
        if control.checksMAC & pool != 0, headers.isLinkControl {
            self.switch.linkControl &+= 1
            reportSpoof(.wrongAddress, queue)
            return false
        }
        let isAddressRight =
            control.checksMAC & pool == 0 || addressFilter.pools(ofSource: headers.source) & pool != 0
        if isAddressRight, control.checksVLAN & pool == 0 || isMember(queue & 7, headers) { return true }
        reportSpoof(isAddressRight ? .wrongVLAN : .wrongAddress, queue)
        return false
    }

    /// Whether `pool` may send in the frame's VLAN: one of a VLVF entry that has the pool; untagged if it accepts such.
    /// Where VMVIR inserts the tag, a frame may not bring a second one.
    private func isMember(_ pool: Int, _ headers: PacketHeaders) -> Bool {
        guard headers.isTagged else { return registers[VMOLR.self, pool].acceptsUntagged }
        if registers[VMVIR.self, pool].policy == .always, headers.networkType == registers[VET.self].inner {
            return false
        }
        return poolFilters[vlan: headers.tag].pools &>> PoolSet(pool) & 1 != 0
    }
}
