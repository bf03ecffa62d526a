// SPDX-License-Identifier: Apache-2.0

import HostSystem
import Intel82576
import SystemPackage

/// A loopback plug: what is sent is received again. The link is up.
///
/// It accepts no offloads, so frames come back complete. Frames beyond a bounded queue are dropped, as a receiver that
/// is too slow would; it never is congested, so a port that takes nothing can still send.
package final class LoopbackBackend: Backend {
    static let queueLimit = 1024

    /// Frames sent and not received yet.
    private var arriving = FrameStore()
    /// Frames being delivered; a batch may refer to those already taken out.
    private var delivered = FrameStore()
    private var event: EventFlag
    private var isClosed = false
    private var traffic = TrafficCounters(drops: .sendLength, .receiveQueueFull)

    package init() throws(Errno) { event = try EventFlag() }

    package var descriptor: CInt { isClosed ? -1 : event.descriptor }
    package var wantsWritable: Bool { false }
    package var isLinkUp: Bool { !isClosed }
    package var isCongested: Bool { false }
    package var offloads: UplinkOffloads { [] }
    package var counters: [(name: String, value: UInt64)] { traffic.report }
    package func handleEvent() {}

    package func close() {
        isClosed = true
        arriving.removeAll()
        delivered.removeAll()
    }

    package func transmit(_ batch: inout FrameBatch) {
        traffic.dropped(.sendLength, frames: batch.unsendableCount)
        guard !isClosed else { return }
        for index in 0..<batch.count where batch[index].isSendable { loop(index, of: batch) }
        event.set(!arriving.isEmpty || !delivered.isEmpty)
    }

    private func loop(_ index: Int, of batch: borrowing FrameBatch) {
        traffic.sent(bytes: Int(batch[index].byteCount))
        guard arriving.count < Self.queueLimit, arriving.append(index, of: batch) else {
            return traffic.dropped(.receiveQueueFull)
        }
    }

    package func receive(into batch: inout FrameBatch) {
        guard !isClosed else { return }
        if delivered.isEmpty {
            delivered.removeAll()
            swap(&arriving, &delivered)
        }
        while let byteCount = delivered.moveFirst(to: &batch) { traffic.received(bytes: byteCount) }
        event.set(!arriving.isEmpty || !delivered.isEmpty)
    }
}
