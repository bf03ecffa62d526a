// SPDX-License-Identifier: Apache-2.0

import CKawela
import HostSystem
import Intel82576
import SystemPackage

/// Memory for the datagrams of one `recvmmsg`.
@safe struct DatagramSlots: ~Copyable {
    static let count = 64
    /// No power of two, so that the starts of frames do not compete for the same cache lines.
    private static let stride = 65_600

    private let memory: UnsafeMutableRawPointer
    private let descriptors: UnsafeMutablePointer<CInt>
    private let closer: Closer
    private var lengths = InlineArray<64, UInt32>(repeating: 0)

    /// - Parameter closer: closes descriptors that come with datagrams, of which none belongs to a frame.
    init(_ closer: Closer) {
        self.closer = closer
        unsafe memory = .allocate(byteCount: Self.count * Self.stride, alignment: 64)
        unsafe descriptors = .allocate(capacity: Self.count * Int(KW_MESSAGE_DESCRIPTORS))
    }

    deinit {
        unsafe memory.deallocate()
        unsafe descriptors.deallocate()
    }

    /// Receives what is there. `moved` is the number of datagrams.
    mutating func receive(from descriptor: CInt) -> Transfer {
        let (memory, descriptors) = (unsafe memory, unsafe descriptors)
        var lengths = lengths.mutableSpan
        var count: CInt = 0
        // SAFETY: `count` slots of `stride` bytes, each longer than a frame, as many lengths, and room for the descriptors
        // of as many messages.
        let result = unsafe lengths.withUnsafeMutableBufferPointer { lengths in
            Transfer.result {
                unsafe Int(
                    kw_receive_datagrams(
                        descriptor, memory, Self.stride, maximumFrameLength, lengths.baseAddress, CInt(Self.count),
                        descriptors, &count))
            }
        }
        for index in 0..<Int(count) { unsafe closer.close(descriptors[index]) }
        return result
    }

    /// The length of a received datagram; more than a frame's when it was cut.
    func length(of slot: Int) -> Int { Int(lengths[slot]) }

    /// Appends a received datagram to `batch` by reference. Valid until the next `receive`.
    func appendFrame(_ slot: Int, to batch: inout FrameBatch) -> Bool {
        precondition(length(of: slot) <= maximumFrameLength)
        // SAFETY: the slot holds that many received bytes and outlives the batch's use.
        return unsafe batch.append(memory + slot * Self.stride, count: length(of: slot))
    }
}
