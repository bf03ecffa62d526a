// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// What a port and one back end share: two virtqueues in memory of their own, and events to tell each other.
///
/// It is used for one connection: a back end that was there before may still write to the memory it was given.
final class VhostUserRings {
    /// Number of the queue that the back end sends by, and of that which it receives by.
    static let receiveIndex = 0, transmitIndex = 1

    private let memory: SharedMemory
    private let features: VirtioFeatures
    private var receiveQueue: ReceiveQueue
    private var transmitQueue: TransmitQueue
    let receiveEvents: VirtqueueEvents
    let transmitEvents: VirtqueueEvents

    init(_ features: VirtioFeatures) throws(Errno) {
        let hasEventIndex = features.contains(.eventIndex)
        let transmitStart = VirtqueueLayout(at: 0).end
        memory = try SharedMemory(name: "kawela-vhost-user", byteCount: VirtqueueLayout(at: transmitStart).end)
        self.features = features
        receiveEvents = try VirtqueueEvents()
        transmitEvents = try VirtqueueEvents()
        receiveQueue = ReceiveQueue(
            at: 0, hasEventIndex: hasEventIndex, mergesBuffers: features.contains(.mergedBuffers), memory)
        transmitQueue = TransmitQueue(at: transmitStart, hasEventIndex: hasEventIndex, memory)
        _ = receiveQueue.giveBack(memory)
    }

    var memoryFile: CInt { memory.file.number }
    var memoryLength: Int { memory.byteCount }

    func layout(of queue: Int) -> VirtqueueLayout {
        queue == Self.receiveIndex ? receiveQueue.layout : transmitQueue.layout
    }

    func events(of queue: Int) -> VirtqueueEvents { queue == Self.receiveIndex ? receiveEvents : transmitEvents }
}

// MARK: Sending

extension VhostUserRings {
    /// Sends the frames of `batch`, and keeps those for which there is no room in `store`.
    func transmit(
        _ batch: inout FrameBatch, _ store: inout FrameStore, _ traffic: inout TrafficCounters
    ) throws(VirtqueueError) {
        try transmitQueue.reclaim(memory)
        sendStored(&store, &traffic)
        let marksCWR = features.contains(.hostECN)
        for index in 0..<batch.count where batch[index].isSendable {
            let header = batch.virtioNetBufferHeader(of: index, marksCWR: marksCWR)
            if store.isEmpty, transmitQueue.send(index, of: batch, behind: header, memory) {
                traffic.sent(bytes: Int(batch[index].byteCount))
            } else {
                batch.setPrefix(of: index, to: header)
                if !store.append(index, of: batch) { traffic.dropped(.sendStoreFull) }
            }
        }
    }

    /// Sends what waits in `store`, as far as there is room.
    func flush(_ store: inout FrameStore, _ traffic: inout TrafficCounters) throws(VirtqueueError) {
        try transmitQueue.reclaim(memory)
        sendStored(&store, &traffic)
    }

    private func sendStored(_ store: inout FrameStore, _ traffic: inout TrafficCounters) {
        while !store.isEmpty, transmitQueue.sendFirst(of: store, memory) { traffic.sent(bytes: store.removeFirst()) }
    }

    /// Lets the back end see what was sent. False when it could not be told.
    func publishSent() -> Bool { !transmitQueue.publish(memory) || transmitEvents.kick() }

    /// Asks for a call when there is room again, or for none.
    /// - Returns: whether there is more room already, for which no call may come.
    func requestRoom(_ isWanted: Bool) -> Bool { transmitQueue.requestCall(isWanted, memory) }
}

// MARK: Receiving

extension VhostUserRings {
    /// Gives the back end the buffers of frames that were delivered. False when it could not be told.
    func giveBack() -> Bool { !receiveQueue.giveBack(memory) || receiveEvents.kick() }

    /// Appends frames to `batch`, which is empty; they stay valid until ``giveBack()``.
    /// - Returns: whether some are left, of which no event tells.
    func receive(into batch: inout FrameBatch, _ traffic: inout TrafficCounters) throws(VirtqueueError) -> Bool {
        try receiveQueue.receive(into: &batch, &traffic, memory)
    }
}
