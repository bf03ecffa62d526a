// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// The frames between a port and the rings of one back end after the other: those that wait for room, and those that the port
/// holds.
struct RingTraffic: ~Copyable {
    /// The rings with the frames that were delivered last, which the port may hold for as long as it likes.
    private var lent: VhostUserRings?
    /// Up while frames are left of which no call tells.
    private var leftovers: EventFlag
    /// Frames for which the back end has no room yet.
    private var store = FrameStore()
    private var traffic: TrafficCounters

    init(counting traffic: TrafficCounters) throws(Errno) {
        leftovers = try EventFlag()
        self.traffic = traffic
    }

    /// Whether frames wait for room.
    var isCongested: Bool { !store.isEmpty }
    var report: [(name: String, value: UInt64)] { traffic.report }

    /// Readable when there are frames to receive from `rings`.
    func descriptor(of rings: VhostUserRings) -> CInt {
        leftovers.isUp ? leftovers.descriptor : rings.receiveEvents.callFile.number
    }

    /// ``descriptor(of:)`` is readable.
    mutating func handleEvent(of rings: VhostUserRings) throws(VirtqueueError) {
        guard leftovers.isUp || rings.receiveEvents.takeCalls() else { throw .callBlocks }
        if isCongested { try flush(to: rings) }
    }

    /// The back end may have room for more.
    mutating func handleRoom(of rings: VhostUserRings) throws(VirtqueueError) {
        guard rings.transmitEvents.takeCalls() else { throw .callBlocks }
        try flush(to: rings)
    }

    /// The rings of a back end are used no more: what waits for room there is lost.
    mutating func end() {
        traffic.dropped(.sendNoPeer, frames: store.count)
        store.removeAll()
        leftovers.set(false)
    }

    // MARK: Sending

    mutating func transmit(_ batch: inout FrameBatch, to rings: VhostUserRings) throws(VirtqueueError) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        try rings.transmit(&batch, &store, &traffic)
        try publish(to: rings)
    }

    /// Loses the frames of `batch`, which are for nobody.
    mutating func drop(_ batch: borrowing FrameBatch, _ reason: TrafficCounters.Drop) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        var next = 0
        while let run = batch.sendableRun(from: next) {
            traffic.dropped(reason, frames: run.count)
            next = run.upperBound
        }
    }

    private mutating func flush(to rings: VhostUserRings) throws(VirtqueueError) {
        try rings.flush(&store, &traffic)
        try publish(to: rings)
    }

    /// Lets the back end see what was sent, and asks it for a call if there is more.
    private mutating func publish(to rings: VhostUserRings) throws(VirtqueueError) {
        guard rings.publishSent() else { throw .kickBlocks }
        // It ends: each time round takes back what was sent before, and that is bounded as the store is.
        while rings.requestRoom(isCongested) {
            try rings.flush(&store, &traffic)
            guard rings.publishSent() else { throw .kickBlocks }
        }
    }

    // MARK: Receiving

    /// Appends frames to `batch`, which is empty; they stay valid until the next call.
    /// - Parameter rings: `nil` when there is no back end.
    mutating func receive(into batch: inout FrameBatch, from rings: VhostUserRings?) throws(VirtqueueError) {
        lent = rings
        guard let rings else { return }
        guard rings.giveBack() else { throw .kickBlocks }
        leftovers.set(try rings.receive(into: &batch, &traffic))
    }
}
