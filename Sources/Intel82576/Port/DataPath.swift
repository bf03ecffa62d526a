// SPDX-License-Identifier: Apache-2.0

// The two paths of frames: from descriptor rings to pools and the wire, and from the wire to descriptor rings.

extension Port {
    private var link: Link { deviceControl.link }
    private var isLoopback: Bool { deviceControl.isLoopback }

    // MARK: Transmit

    /// Serves queues whose doorbells rang once, as far as their rate limits and the wire let them: with pools one of each
    /// pool's two, in turn, so that two queues get a pool no more than one.
    func transmitAll() {
        var queues = transmit.dueDoorbells(now: clock)
        if bridge.hasPools { queues = transmit.oneOfEachPool(queues) }
        while queues != 0, canTransmit {
            let queue = queues.trailingZeroBitCount
            queues &= queues &- 1
            if !transmitRun(queue), canTransmit, !functions.owners.memory(of: queue).isBusy {
                transmit.doorbells &= ~(1 &<< UInt32(queue))
            }
        }
    }

    /// One run of a queue. Whether it left work that could go on at once.
    func transmitRun(_ queue: Int) -> Bool {
        let conditions = Transmit.Conditions(isLoopback: isLoopback, offloads: isLoopback ? [] : uplink.offloads)
        guard transmit.begin(queue, conditions, &bridge) else { return false }
        if let descriptorObserver { descriptorObserver.observeDescriptors(of: transmit) }
        var isFinished = false
        repeat {
            isFinished = transmit.fill(&bridge) == .finished
            forward()
        } while !isFinished && !transmit.isRunOver(uplinkIsCongested: uplink.isCongested)
        return transmit.finish(&interrupts, linkSpeed: link.speed, now: clock)
    }

    /// Hands the batch on and empties it.
    private func forward() {
        if transmit.isStampRequested {
            transmit.isStampRequested = false
            transmit.stamps.stampTransmitted(at: time.systemTime(at: clock()))
        }
        let forwarding = Forwarding(
            registers: registers, isSwitching: isSwitching, isLinkUp: link.isUp, isWireBlocked: isWireBlocked,
            queue: transmit.run.queue)
        var copies = FrameTotals()
        if transmit.run.showsSent { transmit.show(.sent) { _ in true } }
        if isLoopback {
            beginReceiveBatch()
            forwarding.loopBack(transmit.batch, &receive, &bridge)
            if matrix.isOn { receive.count(in: matrix, from: transmit.run.pool) }
            copies = receive.finishBatch(&interrupts)
        } else {
            if forwarding.isSwitching { beginReceiveBatch() }
            forwarding.run(transmit.batch, transmit.summaries, &receive, &bridge)
            if matrix.isOn { countInMatrix(isSwitching: forwarding.isSwitching) }
            if transmit.interest.hasWire { transmit.show(.left) { $0.goesToUplink } }
            uplink.transmit(&transmit.batch)
            if forwarding.isSwitching { copies = receive.finishBatch(&interrupts) }
        }
        transmit.finishBatch(copies)
    }

    /// Counts who gets the frames of the batch.
    @inline(never)
    private func countInMatrix(isSwitching: Bool) {
        if isSwitching { receive.count(in: matrix, from: transmit.run.pool) }
        var frames = 0
        for index in 0..<transmit.batch.count where transmit.batch[index].goesToUplink { frames += 1 }
        matrix.add(frames, from: transmit.run.pool ?? 0, to: nil)
    }

    /// The switch between pools works.
    var isSwitching: Bool { bridge.isEnabled && !isLoopback }

    /// A PAUSE frame of the link partner holds transmission to the wire.
    var isPaused: Bool { !isLoopback && receive.flow.isPaused(now: clock) }

    /// The wire takes nothing now: the uplink is congested, or the partner asked for a pause.
    private var isWireBlocked: Bool { uplink.isCongested || isPaused }

    /// Whether anything outside the queues lets them send. On the chip a MAC without link stops DMA, and drivers count on
    /// the packets being there when it comes back; the switch goes on without a link.
    var canTransmit: Bool {
        isLoopback || ((link.isUp || isSwitching) && (!isWireBlocked || goesOnWithoutWire))
    }

    /// The wire has been blocked for so long that the switch goes on without it.
    private var goesOnWithoutWire: Bool { isSwitching && bridge.hasHeldLongEnough(now: clock) }

    /// Notes since when the wire has been blocked.
    func watchWire() { bridge.noteWire(isBlocked: isSwitching && isWireBlocked, now: clock) }

    /// When the switch stops waiting for the wire, while transmission waits for it.
    var wireDeadline: UInt64? {
        guard transmit.doorbells != 0, let since = bridge.blockedSince, !goesOnWithoutWire else { return nil }
        return since &+ Switch.longestHold
    }

    // MARK: Receive

    private func beginReceiveBatch() {
        let systemTime = receive.stamps.stampsReceived ? time.systemTime(at: clock()) : 0
        receive.beginBatch(link, isLoopback: isLoopback, systemTime: systemTime, &bridge)
    }

    /// Takes a batch from the uplink and delivers it; behind frames that wait, as many as the packet buffer has room for.
    func receiveAll() {
        if receiveBuffer.isWaiting { deliverWaiting() }
        if receiveBuffer.isWaiting {
            wantsFrames = receiveBuffer.store(
                from: uplink, isOpen: isBufferOpen, receive.interest.hasWire ? receive.observer : nil)
        } else {
            receiveBuffer.take(from: uplink)
            if receive.interest.hasWire, let observer = receive.observer { receiveBuffer.show(to: observer) }
            if isLoopback { receiveBuffer.dropTaken(by: receive) }
            deliverWaiting()
        }
    }

    /// Delivers what waits, as far as there are descriptors, and settles whether the uplink is asked for more.
    func deliverWaiting() {
        beginReceiveBatch()
        receiveBuffer.deliver(to: &receive, &bridge)
        if matrix.isOn { receive.count(in: matrix, from: nil) }
        receive.finishBatch(&interrupts)
        if receiveBuffer.hasMore { isReceiveNotified = true }
        wantsFrames = receiveBuffer.takesFrames(isOpen: isBufferOpen)
    }

    /// Frames from the wire may be kept behind those that wait: with pools none wait, and loopback cuts the wire off.
    private var isBufferOpen: Bool { !bridge.hasPools && !isLoopback }

    // MARK: Flow control

    /// Sends the PAUSE frames that the packet buffer's fullness or software calls for. One that the uplink has no room
    /// for goes out when it has. They go past everything that waits to be sent, paused or not.
    func runFlowControl() {
        receive.flow.expire(now: clock)
        guard receive.flow.needsAdvance(isWaiting: receiveBuffer.isWaiting) else { return }
        let canSend = link.isUp && link.isFullDuplex && !isLoopback
        if canSend, uplink.isCongested { return }
        let frames = receive.flow.advance(
            FlowControl.Conditions(
                canSend: canSend, speed: link.speed, fullness: receiveBuffer.fullness, now: clock()))
        if let quanta = frames.requested { sendPause(quanta) }
        if let quanta = frames.automatic { sendPause(quanta) }
    }

    private func sendPause(_ quanta: UInt16) {
        receive.flow.writeFrame(quanta, to: &transmit.packetBatch)
        if transmit.interest.hasWire { transmit.observer?.observe(FrameSighting(.left), transmit.packetBatch, 0) }
        uplink.transmit(&transmit.packetBatch)
        transmit.packetBatch.removeAll()
    }

    /// When ``runFlowControl()`` has to be called next, or transmission may go on after a PAUSE.
    var flowDeadline: UInt64? {
        let resume = transmit.doorbells != 0 && isPaused ? receive.flow.state.pausedUntil : nil
        let refresh = uplink.isCongested ? nil : receive.flow.state.refreshDeadline
        guard let resume else { return refresh }
        return min(resume, refresh ?? resume)
    }
}
