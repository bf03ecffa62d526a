// SPDX-License-Identifier: Apache-2.0

import CKawela

@testable import Backends

/// What a front end's transmit queue must hold: the frames it took, once and in order, in buffers that the back end does not
/// have already.
struct TransmitModel {
    let layout = VirtqueueLayout(at: VirtqueueLayout(at: 0).end)
    /// Frames behind their headers that were taken and are in no buffer yet.
    private(set) var waiting: [[UInt8]] = []
    /// The back end has not written into the descriptor table, which the front end need not mend.
    var isTableIntact = true
    /// Descriptors by the first of each chain that the back end has.
    private var chains: [UInt16: Int] = [:]
    private var isBusy = [Bool](repeating: false, count: VirtqueueLayout.size)
    private var free = VirtqueueLayout.size
    private var nextUsed: UInt16 = 0
    private var nextAvail: UInt16 = 0

    /// Chains that the back end has and has not used, in their order.
    private(set) var unused: [UInt16] = []

    mutating func accept(_ frames: ArraySlice<[UInt8]>) { waiting += frames }

    /// The back end is done with the chain that `unused` begins with.
    mutating func takeUnused() -> UInt16? { unused.isEmpty ? nil : unused.removeFirst() }

    /// Takes back what the back end used. False when it used what it does not have.
    mutating func reclaim(_ memory: UnsafeMutableRawPointer) -> Bool {
        let count = Int(kw_load16(memory + layout.usedIndex) &- nextUsed)
        guard count <= chains.count else { return false }
        for _ in 0..<count {
            let head = kw_load32(memory + layout.usedEntry(nextUsed))
            guard head < UInt32(VirtqueueLayout.size), let length = chains.removeValue(forKey: UInt16(head)) else {
                return false
            }
            nextUsed &+= 1
            free += length
            unused.removeAll { $0 == UInt16(head) }
            if isTableIntact { for descriptor in walk(UInt16(head), memory) { isBusy[Int(descriptor)] = false } }
        }
        return true
    }

    /// Looks at `count` frames that went into the ring just now, and at those that did not.
    mutating func check(sent count: Int, _ memory: UnsafeMutableRawPointer) {
        for _ in 0..<count {
            require(!waiting.isEmpty, "more frames are sent than there were")
            let (frame, head) = (waiting.removeFirst(), kw_load16(memory + layout.availEntry(nextAvail)))
            nextAvail &+= 1
            let length = Self.descriptors(for: frame)
            require(head < VirtqueueLayout.size && chains[head] == nil, "a chain begins with descriptor \(head)")
            require(length <= free, "frames are sent in more buffers than there are")
            if isTableIntact { check(chain: head, frame, memory) }
            free -= length
            chains[head] = length
            unused.append(head)
        }
        let isPublished = count == 0 || kw_load16(memory + layout.availIndex) == nextAvail
        require(isPublished, "frames are sent but not published")
        if let first = waiting.first { require(Self.descriptors(for: first) > free, "a frame waits for nothing") }
    }

    private static func descriptors(for frame: [UInt8]) -> Int { (frame.count + 2047) / 2048 }

    /// The chain holds the frame, and nothing else that was sent.
    private mutating func check(chain head: UInt16, _ frame: [UInt8], _ memory: UnsafeMutableRawPointer) {
        var bytes: [UInt8] = []
        for descriptor in walk(head, memory) {
            let entry = memory + layout.descriptor(Int(descriptor))
            let offset = Int(entry.load(as: UInt64.self) &- VirtqueueDescriptor.memoryAddress)
            let count = Int(entry.load(fromByteOffset: 8, as: UInt32.self))
            require(offset == layout.buffer(Int(descriptor)) && count <= 2048, "descriptor \(descriptor) has no buffer")
            require(!isBusy[Int(descriptor)], "descriptor \(descriptor) is used twice")
            isBusy[Int(descriptor)] = true
            bytes += UnsafeRawBufferPointer(start: memory + offset, count: count)
        }
        require(bytes == frame, "a frame of \(frame.count) bytes with its header leaves as \(bytes.count) others")
    }

    /// The descriptors of a chain, as the table has them.
    private func walk(_ head: UInt16, _ memory: UnsafeMutableRawPointer) -> [UInt16] {
        var (descriptors, next): ([UInt16], UInt16?) = ([], head)
        while let descriptor = next {
            require(descriptor < VirtqueueLayout.size && descriptors.count < 64, "a chain does not end")
            descriptors.append(descriptor)
            let entry = memory + layout.descriptor(Int(descriptor))
            let flags = entry.load(fromByteOffset: 12, as: UInt16.self)
            require(flags & ~1 == 0, "descriptor \(descriptor) has the flags \(flags)")
            next = flags & 1 != 0 ? entry.load(fromByteOffset: 14, as: UInt16.self) : nil
        }
        return descriptors
    }
}
