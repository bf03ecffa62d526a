// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The far end of a port's wire: keeps what was sent, hands out what a test queues.
public final class TestUplink: Uplink {
    public struct Sent {
        public var bytes: [UInt8]
        public var offload: FrameBatch.Offload
    }

    public var offloads: UplinkOffloads
    public var isLinkUp = true
    public var isCongested = false
    /// What the port said last of its PHY's link.
    public private(set) var hasPortLink = true
    public var sent: [Sent] = []
    /// Frames of each batch the port handed over.
    public var batches: [Int] = []
    /// Turns congested when this many batches were taken.
    public var congestsAfter: Int?
    /// Frames the port will receive, in order.
    public var incoming: [(bytes: [UInt8], offload: FrameBatch.Offload)] = []
    private var delivered: [UnsafeMutableRawBufferPointer] = []

    public init(offloads: UplinkOffloads = []) { self.offloads = offloads }

    deinit { for buffer in delivered { buffer.deallocate() } }

    public func portLinkChanged(isUp: Bool) { hasPortLink = isUp }

    public func transmit(_ batch: inout FrameBatch) {
        batches.append(batch.count)
        if batches.count == congestsAfter { isCongested = true }
        for index in 0..<batch.count where batch[index].goesToUplink {
            var bytes: [UInt8] = []
            for segment in batch.segments(of: index).dropFirst() {
                bytes += UnsafeRawBufferPointer(start: segment.iov_base, count: segment.iov_len)
            }
            sent.append(Sent(bytes: bytes, offload: batch[index].offload))
        }
    }

    public func receive(into batch: inout FrameBatch) {
        for buffer in delivered { buffer.deallocate() }
        delivered = []
        while !incoming.isEmpty, batch.count < FrameBatch.capacity {
            let (bytes, offload) = incoming.removeFirst()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
            buffer.copyBytes(from: bytes)
            delivered.append(buffer)
            guard batch.append(buffer.baseAddress!, count: buffer.count, offload: offload) else { return }
        }
    }
}
