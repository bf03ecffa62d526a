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

    /// Delivers the frames of a batch to pools, settles which of them go to the wire, and counts them.
    /// - Parameter summaries: of those frames that have been summarised.
    func run(
        _ batch: borrowing FrameBatch, _ summaries: borrowing FixedBuffer<FrameSummary>, _ receive: inout Receive,
        _ bridge: inout Switch
    ) {
        var sent = SentFrames()
        for index in 0..<batch.count {
            if isSwitching { switchFrame(index, batch, summaries, &receive, &bridge) }
            if !isLinkUp || isWireBlocked, batch[index].goesToUplink { keepFromWire(index, batch, &bridge) }
            sent.count(index, of: batch, registers)
        }
        registers.add(sent)
    }

    @inline(never)
    private func keepFromWire(_ index: Int, _ batch: borrowing FrameBatch, _ bridge: inout Switch) {
        batch.setGoesToUplink(false, of: index)
        registers.add(1, to: HTDPMC.self)
        if isLinkUp { bridge.undeliverable &+= 1 }
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
        guard decision.pools != 0, receive.rules.control.isEnabled else { return }
        guard !frame.offload.needsChecksum, frame.offload.segmentation == .none else {
            bridge.unfinished &+= 1
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
                receive.drops.noDescriptors &+= 1
                receive.countMissed()
            }
        }
        receive.isHeld = isHeld
    }
}
