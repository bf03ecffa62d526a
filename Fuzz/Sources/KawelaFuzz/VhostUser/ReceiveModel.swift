// SPDX-License-Identifier: Apache-2.0

import CKawela

@testable import Backends
@testable import Intel82576

/// What a front end must make of its receive queue, over the memory as it is when it looks: nobody else writes meanwhile.
struct ReceiveModel {
    /// A frame that it must hand over.
    struct Frame {
        var bytes: [UInt8]
        var offload: FrameBatch.Offload
    }

    struct Outcome {
        var frames: [Frame] = []
        /// Frames with a length or a header that cannot be.
        var dropped = 0
        /// The back end wrote what cannot be, and is to be left.
        var isViolation = false
        /// Some are left.
        var isMore = false
    }

    let layout = VirtqueueLayout(at: 0)
    /// A frame may take several buffers.
    private let merges: Bool
    private var isGiven = [Bool](repeating: true, count: VirtqueueLayout.size)
    private var givenCount = VirtqueueLayout.size
    /// Buffers of frames that were handed over.
    private var kept: [UInt16] = []
    private var nextUsed: UInt16 = 0
    private var nextAvail = UInt16(VirtqueueLayout.size)

    init(merges: Bool) { self.merges = merges }

    /// What the next call must hand over.
    /// - Returns: that, and the buffers that it must give back before.
    mutating func expect(_ memory: UnsafeMutableRawPointer) -> (outcome: Outcome, givenBack: [UInt16]) {
        let givenBack = kept
        for buffer in kept { isGiven[Int(buffer)] = true }
        givenCount += kept.count
        kept = []
        var outcome = Outcome()
        var waiting = Int(kw_load16(memory + layout.usedIndex) &- nextUsed)
        while waiting > 0, !outcome.isViolation, !outcome.isMore {
            if waiting > givenCount {
                outcome.isViolation = true
            } else if outcome.frames.count == FrameBatch.capacity || kept.count >= VirtqueueLayout.size / 2 {
                outcome.isMore = true
            } else if let taken = take(waiting, memory, &outcome) {
                waiting -= taken
            } else {
                outcome.isViolation = true
            }
        }
        return (outcome, givenBack)
    }

    /// Buffers that were given back are in the avail ring, each once.
    mutating func checkGivenBack(_ buffers: [UInt16], _ memory: UnsafeMutableRawPointer) {
        guard !buffers.isEmpty else { return }
        var found: [UInt16] = []
        for _ in buffers {
            found.append(kw_load16(memory + layout.availEntry(nextAvail)))
            nextAvail &+= 1
        }
        require(kw_load16(memory + layout.availIndex) == nextAvail, "buffers are given back but not published")
        require(found.sorted() == buffers.sorted(), "other buffers are given back than were kept")
    }

    /// Takes the next frame; `nil` when it cannot be one.
    /// - Returns: the buffers it took.
    private mutating func take(
        _ waiting: Int, _ memory: UnsafeMutableRawPointer, _ outcome: inout Outcome
    ) -> Int? {
        guard var bytes = takeBuffer(memory), bytes.count >= 12 else { return nil }
        let count = merges ? Int(bytes[10]) | Int(bytes[11]) << 8 : 1
        guard count >= 1, count <= min(waiting, 64) else { return nil }
        for _ in 1..<count {
            guard let more = takeBuffer(memory) else { return nil }
            bytes += more
        }
        let header = bytes.withUnsafeBytes { $0.loadUnaligned(as: VirtioNetHeader.self) }
        bytes.removeFirst(12)
        if let offload = Self.offload(header, bytes) {
            outcome.frames.append(Frame(bytes: bytes, offload: offload))
        } else {
            outcome.dropped += 1
        }
        return count
    }

    private mutating func takeBuffer(_ memory: UnsafeMutableRawPointer) -> [UInt8]? {
        let entry = memory + layout.usedEntry(nextUsed)
        let (buffer, length) = (kw_load32(entry), kw_load32(entry + 4))
        nextUsed &+= 1
        guard buffer < UInt32(VirtqueueLayout.size), isGiven[Int(buffer)], length <= 2048 else { return nil }
        isGiven[Int(buffer)] = false
        givenCount -= 1
        kept.append(UInt16(buffer))
        return Array(UnsafeRawBufferPointer(start: memory + layout.buffer(Int(buffer)), count: Int(length)))
    }

    /// What is left to do of a frame; `nil` when it is to be dropped.
    private static func offload(_ header: VirtioNetHeader, _ bytes: [UInt8]) -> FrameBatch.Offload? {
        guard bytes.count >= 1, bytes.count <= maximumFrameLength else { return nil }
        if header == VirtioNetHeader() { return FrameBatch.Offload() }
        // No headers are longer than 256 bytes.
        let headers = bytes.prefix(256)
        return header.offload(ofFrame: bytes.count) { headers.indices.contains($0) ? headers[$0] : nil }
    }
}
