// SPDX-License-Identifier: Apache-2.0

import Glibc
import Intel82576

/// A wire that looks into what leaves, and brings what a script has for it.
final class CheckedUplink: Uplink {
    var offloads: UplinkOffloads
    var isLinkUp = true
    var isCongested = false
    /// Frames that the port will receive, in order.
    var incoming: [(bytes: [UInt8], offload: FrameBatch.Offload)] = []
    /// Frames that left since it was set to 0.
    var frames = 0
    /// The last frame that left.
    private(set) var last: [UInt8] = []
    /// What left before the uplink grows congested by itself.
    var room = Int.max
    /// Called with the tags in a frame, if there are any, and the pool that sent it.
    var onTags: (Set<Tag>, UInt8?) -> Void = { _, _ in }

    private var delivered: [UnsafeMutableRawBufferPointer] = []

    init(offloads: UplinkOffloads) { self.offloads = offloads }

    deinit { for buffer in delivered { buffer.deallocate() } }

    func transmit(_ batch: inout FrameBatch) {
        for index in 0..<batch.count where batch[index].goesToUplink {
            batch.setPrefix(of: index, to: UInt32(truncatingIfNeeded: batch[index].byteCount).bigEndian)
            frames += 1
            inspect(index, of: batch)
        }
        if frames >= room { isCongested = true }
    }

    private func inspect(_ index: Int, of batch: borrowing FrameBatch) {
        last.removeAll(keepingCapacity: true)
        for segment in batch.segments(of: index).dropFirst() {
            last.append(contentsOf: UnsafeRawBufferPointer(start: segment.iov_base, count: segment.iov_len))
        }
        let tags = last.withUnsafeBytes { Tag.runs(in: $0) }
        if !tags.isEmpty { onTags(tags, batch[index].sourcePool) }
        if last.count != Int(batch[index].byteCount) {
            violated("a frame of \(last.count) bytes says \(batch[index].byteCount)")
        }
    }

    func receive(into batch: inout FrameBatch) {
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

/// Ends the process, which the fuzzer takes for a finding: something that must be true is not.
func violated(_ what: String) -> Never { fatalError("violated: \(what)") }

func require(_ condition: Bool, _ what: @autoclosure () -> String) { if !condition { violated(what()) } }
