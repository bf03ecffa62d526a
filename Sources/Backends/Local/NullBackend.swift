// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// A wire that leads nowhere: frames are counted and dropped. The link is up.
///
/// It accepts no offloads, so its counters (and a capture around it) show what a wire would carry.
package final class NullBackend: Backend {
    private var traffic = TrafficCounters(drops: .sendLength)

    package init() {}

    package var descriptor: CInt { -1 }
    package var wantsWritable: Bool { false }
    package var isLinkUp: Bool { true }
    package var isCongested: Bool { false }
    package var offloads: UplinkOffloads { [] }
    package var counters: [(name: String, value: UInt64)] { traffic.report }
    package func handleEvent() {}
    package func receive(into batch: inout FrameBatch) {}
    package func close() {}

    package func transmit(_ batch: inout FrameBatch) {
        var (frames, bytes, unsendable) = (0, 0, 0)
        for index in 0..<batch.count {
            let frame = batch[index]
            if frame.isSendable {
                (frames, bytes) = (frames &+ 1, bytes &+ Int(frame.byteCount))
            } else if frame.goesToUplink {
                unsendable &+= 1
            }
        }
        traffic.sent(frames: frames, bytes: bytes)
        traffic.dropped(.sendLength, frames: unsendable)
    }
}
