// SPDX-License-Identifier: Apache-2.0

/// Frames from the wire that are not delivered yet: the batch at hand, the pieces of a large frame, and, with flow
/// control, the packet buffer behind them.
///
/// The first frame that finds no descriptor waits, and everything behind it. Without flow control the uplink is then left
/// alone, whose own queue plays the packet buffer's part. With it, more frames are taken up to RXPBS (see ``FlowControl``).
struct ReceiveBuffer: ~Copyable {
    private let registers: RegisterFile
    /// The frames being delivered.
    private var batch = FrameBatch()
    /// Frames from the uplink for which the packet buffer had no room.
    private var laterBatch = FrameBatch()
    /// Pieces of a frame larger than a segment.
    private var pieces = FrameBatch()
    private var packetBuffer = PacketBuffer()
    private var state = State()

    /// How far delivery has come.
    private struct State {
        /// Frames of `batch` delivered so far.
        var next = 0
        /// Pieces delivered so far, of the frame before `next`.
        var nextPiece = 0
        /// What is left to cut of that frame.
        var segmentation: Segmentation?
        /// That frame is not delivered to its end.
        var isCutting = false
        /// The frame at `next`, and whatever is behind it, waits: for descriptors, or its turn.
        var isWaiting = false
        /// It waits for its turn.
        var hasMore = false
        /// `batch` lies in the packet buffer, not in memory of the uplink.
        var isBuffered = false
        /// Frames of `laterBatch` that are in the packet buffer.
        var nextLater = 0
    }

    init(_ registers: RegisterFile) { self.registers = registers }

    /// Forgets all frames: those held for descriptors that are gone are gone too, which `receive` counts.
    mutating func reset(_ receive: borrowing Receive) {
        if state.isCutting { receive.note(.reset, batch, state.next - 1) }
        if state.isWaiting {
            repeat {
                for index in state.next..<batch.count { receive.note(.reset, batch, index) }
            } while refill()
        }
        batch.removeAll()
        laterBatch.removeAll()
        pieces.removeAll()
        packetBuffer.removeAll()
        state = State()
    }

    /// A frame waits for descriptors, or its turn.
    var isWaiting: Bool { state.isWaiting }
    /// As many frames were delivered as one call may: ``deliver(to:_:)`` is to be called again, after others' work.
    var hasMore: Bool { state.hasMore }
}

// MARK: Delivery

extension ReceiveBuffer {
    /// Takes a batch from the uplink. All that was taken before is delivered.
    mutating func take(from uplink: any Uplink) {
        batch.removeAll()
        (state.next, state.isBuffered) = (0, false)
        uplink.receive(into: &batch)
    }

    /// Tells `observer` of the frames just taken.
    func show(to observer: any FrameObserver) {
        for index in 0..<batch.count { observer.observe(FrameSighting(.arrived), batch, index) }
    }

    /// Drops the frames just taken: the wire is cut off.
    mutating func dropTaken(by receive: borrowing Receive) {
        for index in 0..<batch.count { receive.note(.disabled, batch, index) }
        batch.removeAll()
    }

    /// Bytes or frames, whichever comes first, after which one call of ``deliver(to:_:)`` ends. Each may be copied for
    /// several pools.
    private static let callBytes: UInt64 = 512 * 1024
    private static let callFrames: UInt32 = 1024

    /// Delivers what waits, as far as there are descriptors, and no more than others can wait for.
    mutating func deliver(to receive: inout Receive, _ bridge: inout Switch) {
        repeat { state.isWaiting = !deliverBatch(to: &receive, &bridge) } while !state.isWaiting && refill()
        state.hasMore = state.isWaiting && Self.isEnough(receive.arrived)
    }

    /// Whether a call that has delivered `arrived` ends.
    @inline(__always)
    private static func isEnough(_ arrived: FrameTotals) -> Bool {
        arrived.octets >= callBytes || arrived.packets >= callFrames
    }

    /// Delivers what the batch still holds. False while a frame waits.
    private mutating func deliverBatch(to receive: inout Receive, _ bridge: inout Switch) -> Bool {
        while true {
            if state.isCutting {
                guard deliverPieces(to: &receive, &bridge) else { return false }
                state.isCutting = false
            }
            state.next = Self.deliverFinished(batch, from: state.next, to: &receive, &bridge)
            guard state.next < batch.count else { return true }
            let offload = batch[state.next].offload
            if offload.isDamaged {
                guard !Self.isEnough(receive.arrived), receive.deliverDamaged(batch, state.next, &bridge) != .held
                else {
                    return false
                }
                state.next += 1
            } else if offload.segmentation != .none {
                startSegmentation(&receive)
            } else if offload.needsChecksum {
                _ = batch.completeChecksum(of: state.next)
                batch[state.next].offload.needsChecksum = false
            } else {
                return false
            }
        }
    }

    /// Delivers the frames from `first` on of which no work is left.
    /// - Returns: the next frame, which needs work or waits.
    private static func deliverFinished(
        _ batch: borrowing FrameBatch, from first: Int, to receive: inout Receive, _ bridge: inout Switch
    ) -> Int {
        var index = first
        while index < batch.count, batch[index].offload.segmentation == .none, !batch[index].offload.needsChecksum {
            if isEnough(receive.arrived) || receive.deliver(batch, index, &bridge) == .held { return index }
            index &+= 1
        }
        return index
    }

    /// Cuts the large frame at hand and delivers the pieces. False while one waits.
    private mutating func deliverPieces(to receive: inout Receive, _ bridge: inout Switch) -> Bool {
        while true {
            state.nextPiece = Self.deliverFinished(pieces, from: state.nextPiece, to: &receive, &bridge)
            guard state.nextPiece == pieces.count else { return false }
            pieces.removeAll()
            state.nextPiece = 0
            guard state.segmentation?.run(from: batch, into: &pieces) == .outputFull else {
                state.segmentation = nil
                if pieces.count == 0 { return true }
                continue
            }
        }
    }

    /// The frame at hand is larger than a segment; its host left the cutting to us.
    private mutating func startSegmentation(_ receive: inout Receive) {
        let headers = PacketHeaders(
            batch.header(of: state.next), frameLength: Int(batch[state.next].byteCount), tagTypes: TagTypes())
        state.segmentation = Segmentation(received: headers, frame: state.next, of: batch)
        state.isCutting = state.segmentation != nil
        if !state.isCutting {
            receive.note(.oversize, batch, state.next)
        }
        state.next += 1
    }

    /// The next frames that wait, once those at hand are delivered. False when there are none.
    private mutating func refill() -> Bool {
        guard state.isBuffered || laterBatch.count > 0 else { return false }
        batch.removeAll()
        state.next = 0
        packetBuffer.moveFrames(to: &batch)
        if batch.count > 0 { return true }
        state.isBuffered = false
        swap(&batch, &laterBatch)
        (state.next, state.nextLater) = (state.nextLater, 0)
        return batch.count > 0
    }
}

// MARK: The packet buffer

extension ReceiveBuffer {
    /// Frames are taken from the uplink: nothing waits, or there is room behind what does.
    /// - Parameter isOpen: no pools, whose frames never wait, and no loopback.
    func takesFrames(isOpen: Bool) -> Bool { !state.isWaiting || hasRoom(isOpen: isOpen) }

    /// Whether frames may be taken behind those that wait. What is in pieces cannot be moved.
    private func hasRoom(isOpen: Bool) -> Bool {
        isOpen && registers[CTRL.self].transmitsPause && registers[FCRTH.self].bytes > 0
            && state.segmentation == nil && pieces.count == 0 && laterBatch.count == 0
            && fullness < registers[RXPBS.self].bytes
    }

    /// Takes frames from the uplink behind those that wait.
    /// - Returns: whether it can take more.
    mutating func store(from uplink: any Uplink, isOpen: Bool, _ observer: (any FrameObserver)?) -> Bool {
        guard hasRoom(isOpen: isOpen), moveBatch() else { return false }
        uplink.receive(into: &laterBatch)
        if let observer {
            for index in 0..<laterBatch.count { observer.observe(FrameSighting(.arrived), laterBatch, index) }
        }
        state.nextLater = 0
        while state.nextLater < laterBatch.count, fullness < registers[RXPBS.self].bytes,
            packetBuffer.append(laterBatch, state.nextLater)
        {
            state.nextLater += 1
        }
        if state.nextLater == laterBatch.count {
            laterBatch.removeAll()
            state.nextLater = 0
        }
        return hasRoom(isOpen: isOpen)
    }

    /// Moves the frames at hand out of the uplink's memory, which its next call uses again.
    private mutating func moveBatch() -> Bool {
        if state.isBuffered { return true }
        packetBuffer.removeAll()
        for index in state.next..<batch.count where !packetBuffer.append(batch, index) {
            packetBuffer.removeAll()
            return false
        }
        batch.removeAll()
        state.next = 0
        state.isBuffered = true
        packetBuffer.moveFrames(to: &batch)
        return true
    }

    /// Bytes of the frames that wait, as on the wire.
    var fullness: Int {
        guard state.isWaiting else { return 0 }
        var bytes = packetBuffer.wireBytes + (state.segmentation?.remainingPayload ?? 0)
        for index in state.next..<max(state.next, batch.count) {
            bytes += wireLength(Int(batch[index].byteCount))
        }
        for index in state.nextLater..<max(state.nextLater, laterBatch.count) {
            bytes += wireLength(Int(laterBatch[index].byteCount))
        }
        return bytes
    }
}
