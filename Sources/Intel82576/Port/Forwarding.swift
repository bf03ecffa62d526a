/// Frames of a transmit batch on their way: to the pools they are for, to the wire, or both.
///
/// The one place where transmit, switch and receive meet. A frame is copied straight from the sender's memory to the
/// receivers'.
struct Forwarding {
    var registers: RegisterFile
    /// The switch between pools is on.
    var isSwitching: Bool
    var isLinkUp: Bool
    /// The wire takes nothing now.
    var isWireBlocked: Bool

    /// Delivers the frames of the batch to pools, settles which of them go to the wire, and counts them.
    func run(_ transmit: inout Transmit, _ receive: inout Receive, _ bridge: inout Switch) {
        var counters = FrameCounters()
        for index in 0..<transmit.batch.count {
            if isSwitching { switchFrame(index, &transmit, &receive, &bridge) }
            if !isLinkUp || isWireBlocked, transmit.batch[index].goesToUplink {
                transmit.batch.setGoesToUplink(false, of: index)
                registers.add(1, to: HTDPMC.self)
                if isLinkUp { bridge.undeliverable &+= 1 }
            }
            counters.countSent(index, of: transmit.batch, registers)
        }
        registers.addTransmitted(counters)
    }

    @inline(__always)
    private func switchFrame(
        _ index: Int, _ transmit: inout Transmit, _ receive: inout Receive, _ bridge: inout Switch
    ) {
        let frame = transmit.batch[index]
        let byteCount = Int(frame.byteCount)
        let summary =
            frame.isSummarized
            ? transmit.summaries[index]
            : FrameSummary(
                transmit.batch.header(of: index), frameLength: byteCount, tagTypes: receive.rules.tagTypes)
        let sender = Int(frame.sourcePool ?? 0)
        let decision = bridge.decide(summary, sentBy: sender, receive.rules.control)
        if !decision.goesToWire { transmit.batch.setGoesToUplink(false, of: index) }
        guard decision.pools != 0, receive.rules.control.isEnabled else { return }
        guard !frame.offload.needsChecksum, frame.offload.segmentation == .none else {
            bridge.unfinished &+= 1
            return
        }
        let received = ReceivedFrame(index: index, byteCount: max(60, byteCount), isLoopback: true)
        let copies = receive.deliver(transmit.batch, received, summary, to: decision.pools)
        if copies > 0 { registers.countLoopback(from: sender, byteCount: byteCount) }
    }

    /// Delivers the frames of the batch to this port itself, as if they came from the wire. Nothing is held: a loop has no
    /// buffer to wait in.
    func loopBack(_ transmit: inout Transmit, _ receive: inout Receive, _ bridge: inout Switch) {
        var counters = FrameCounters()
        for index in 0..<transmit.batch.count { counters.countSent(index, of: transmit.batch, registers) }
        registers.addTransmitted(counters)
        // A frame from the wire may be held behind them.
        let isHeld = receive.isHeld
        for index in 0..<transmit.batch.count {
            receive.isHeld = false
            if receive.deliver(transmit.batch, index, &bridge) == .held {
                receive.drops.noDescriptors &+= 1
                receive.countMissed()
            }
        }
        receive.isHeld = isHeld
    }
}
