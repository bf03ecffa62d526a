// SPDX-License-Identifier: Apache-2.0

import CKawela

/// The receive packet buffer: frames from the wire that wait for a driver's descriptors, copied out of the uplink's
/// memory so that more of them can be taken, in order.
///
/// Frames go in at the end and go to batches from the front. Space is reused once all that went in is
/// done with, which keeps each frame in one piece. Allocates in `init` only.
@safe struct PacketBuffer: ~Copyable {
    /// Twice what RXPBS can ask for: the space of frames that are gone, or room for a large frame that is yet to be cut.
    static let capacity = 256 * 1024
    /// RXPBS full of the shortest frames.
    static let maximumFrames = 2048

    private struct Entry: BitwiseCopyable {
        var start: Int32 = 0
        var byteCount: Int32 = 0
        var offload = FrameBatch.Offload()
    }

    private let bytes: UnsafeMutableRawPointer
    private let entries = FixedBuffer<Entry>(repeating: Entry(), count: maximumFrames)
    private var count = 0
    /// The first entry that has not gone to a batch.
    private var next = 0
    private var end = 0
    /// Bytes, as on the wire, of the frames that have not gone to a batch.
    private(set) var wireBytes = 0

    init() {
        unsafe bytes = .allocate(byteCount: Self.capacity, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.capacity)
    }

    deinit { unsafe bytes.deallocate() }

    mutating func removeAll() { (count, next, end, wireBytes) = (0, 0, 0, 0) }

    /// Copies frame `index` of `batch`. False, and nothing changes, when there is no room.
    mutating func append(_ batch: borrowing FrameBatch, _ index: Int) -> Bool {
        let frame = batch[index]
        let byteCount = Int(frame.byteCount)
        guard count < Self.maximumFrames, end + byteCount <= Self.capacity else { return false }
        entries[count] = Entry(start: Int32(end), byteCount: frame.byteCount, offload: frame.offload)
        for position in 1...max(1, Int(frame.segmentCount)) {
            let segment = unsafe batch.segments(of: index)[position]
            guard unsafe segment.iov_len > 0, let from = unsafe segment.iov_base else { continue }
            // SAFETY: the segments of the frame add up to `byteCount`, for which there is room.
            unsafe (bytes + end).copyMemory(from: from, byteCount: segment.iov_len)
            end += unsafe segment.iov_len
        }
        count += 1
        wireBytes += wireLength(byteCount)
        return true
    }

    /// Appends the frames at the front to `batch`, which is empty and the only user of those that went before. They
    /// stay in place until the next call. Space is freed when all have gone and are done with.
    mutating func moveFrames(to batch: inout FrameBatch) {
        guard next < count else { return removeAll() }
        while next < count {
            let entry = entries[next]
            guard
                unsafe batch.append(
                    bytes + Int(entry.start), count: Int(entry.byteCount), offload: entry.offload)
            else { return }
            wireBytes -= wireLength(Int(entry.byteCount))
            next += 1
        }
    }
}
