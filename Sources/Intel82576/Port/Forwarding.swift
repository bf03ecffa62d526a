// SPDX-License-Identifier: Apache-2.0

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
    /// The queue that sent the batch.
    var queue: Int

    /// Delivers the frames of a batch to pools, settles which of them go to the wire, and counts them.
    /// - Parameter summaries: of those frames that have been summarised.
    func run(
        _ batch: borrowing FrameBatch, _ summaries: borrowing FixedBuffer<FrameSummary>, _ receive: inout Receive,
        _ bridge: inout Switch
    ) {
        var sent = SentFrames()
        for index in 0..<batch.count {
            if isSwitching { switchFrame(index, batch, summaries, &receive, &bridge) }
            if !isLinkUp || isWireBlocked, batch[index].goesToUplink { keepFromWire(index, batch, receive) }
            sent.count(index, of: batch, registers)
        }
        registers.add(sent)
    }

    @inline(never)
    private func keepFromWire(_ index: Int, _ batch: borrowing FrameBatch, _ receive: borrowing Receive) {
        batch.setGoesToUplink(false, of: index)
        registers.add(1, to: HTDPMC.self)
        note(isLinkUp ? .undeliverable : .noLink, batch, index, receive)
    }

    @inline(never)
    private func note(
        _ reason: DropReason, _ batch: borrowing FrameBatch, _ index: Int, _ receive: borrowing Receive
    ) {
        let pool = batch[index].sourcePool.map { Int($0) }
        let sighting = FrameSighting(.dropped(reason), receive.owners, queue: queue, pool: pool)
        receive.drops.count(reason, queue: queue, function: sighting.function)
        receive.observer?.observe(sighting, batch, index)
    }

    /// Notes what is lost of a frame that some pool does not get that should.
    @inline(never)
    private func noteLosses(
        _ index: Int, _ batch: borrowing FrameBatch, _ receive: borrowing Receive, _ decision: SwitchDecision
    ) {
        receive.note(.poolDisabled, batch, index, pools: decision.disabledPools)
        if !receive.rules.control.isEnabled { receive.note(.disabled, batch, index, pools: decision.pools) }
        if !decision.goesToWire, decision.pools | decision.disabledPools == 0 {
            note(.noReceiver, batch, index, receive)
        }
    }

    @inline(__always)
    private func switchFrame(
        _ index: Int, _ batch: borrowing FrameBatch, _ summaries: borrowing FixedBuffer<FrameSummary>,
        _ receive: inout Receive, _ bridge: inout Switch
    ) {
        let frame = batch[index]
        let byteCount = Int(frame.byteCount)
        let summary =
            frame.isSummarized
            ? summaries[index]
            : FrameSummary(batch.header(of: index), frameLength: byteCount, tagTypes: receive.rules.tagTypes)
        let sender = Int(frame.sourcePool ?? 0)
        let decision = bridge.decide(summary, sentBy: sender, receive.rules.control)
        if !decision.goesToWire { batch.setGoesToUplink(false, of: index) }
        if !decision.isWhole || !receive.rules.control.isEnabled {
            noteLosses(index, batch, receive, decision)
            guard decision.pools != 0, receive.rules.control.isEnabled else { return }
        }
        guard !frame.offload.needsChecksum, frame.offload.segmentation == .none else {
            note(.unfinished, batch, index, receive)
            return
        }
        let received = ReceivedFrame(summary, index: index, .loopback)
        if receive.deliver(batch, received, to: decision.pools) {
            registers.countLoopback(from: sender, length: received.length)
        }
    }

    /// Delivers the frames of the batch to this port itself, as if they came from the wire. Nothing is held: a loop has no
    /// buffer to wait in.
    func loopBack(_ batch: borrowing FrameBatch, _ receive: inout Receive, _ bridge: inout Switch) {
        var sent = SentFrames()
        for index in 0..<batch.count { sent.count(index, of: batch, registers) }
        registers.add(sent)
        // A frame from the wire may be held behind them.
        let isHeld = receive.isHeld
        for index in 0..<batch.count {
            receive.isHeld = false
            if receive.deliver(batch, index, &bridge) == .held {
                receive.note(.noDescriptors, batch, index)
                receive.countMissed()
            }
        }
        receive.isHeld = isHeld
    }
}
