// SPDX-License-Identifier: Apache-2.0

/// Where the parts of a split virtqueue and its buffers lie in shared memory, in bytes from its start.
///
/// - Specification: Virtual I/O Device (VIRTIO) 1.2, 2.7.
struct VirtqueueLayout {
    /// Descriptors of a queue, each with a buffer. A power of two.
    static let size = 512
    /// A value of each descriptor.
    typealias PerDescriptor<Value> = InlineArray<512, Value>
    /// Bytes of a buffer: a frame of 1,518 bytes with its header.
    static let bufferLength = 2048
    /// No power of two, so that the starts of frames do not compete for the same cache lines.
    private static let bufferStride = bufferLength + 64
    private static let pageLength = 4096

    let descriptorTable: Int
    let availRing: Int
    let usedRing: Int
    private let buffers: Int
    /// Where the queue ends: a multiple of a page.
    let end: Int

    /// The queue that begins at `start`, a multiple of a page. Each part has pages of its own.
    init(at start: Int) {
        descriptorTable = start
        availRing = start + Self.pages(16 * Self.size)
        usedRing = availRing + Self.pages(6 + 2 * Self.size)
        buffers = usedRing + Self.pages(6 + 8 * Self.size)
        end = buffers + Self.pages(Self.bufferStride * Self.size)
    }

    private static func pages(_ byteCount: Int) -> Int { (byteCount + pageLength - 1) / pageLength * pageLength }

    @inline(__always)
    func descriptor(_ index: Int) -> Int { descriptorTable &+ 16 &* index }

    /// Of a descriptor, what stands behind its address.
    @inline(__always)
    func extent(_ index: Int) -> Int { descriptor(index) &+ 8 }

    @inline(__always)
    func buffer(_ index: Int) -> Int { buffers &+ Self.bufferStride &* index }

    /// The entry of the avail ring for the free-running `index`.
    @inline(__always)
    func availEntry(_ index: UInt16) -> Int { availRing &+ 4 &+ 2 &* (Int(index) & (Self.size &- 1)) }

    /// The entry of the used ring for the free-running `index`.
    @inline(__always)
    func usedEntry(_ index: UInt16) -> Int { usedRing &+ 4 &+ 8 &* (Int(index) & (Self.size &- 1)) }

    var availFlags: Int { availRing }
    var availIndex: Int { availRing &+ 2 }
    /// `used_event`: the used entry for which the driver wants to be called.
    var usedEvent: Int { availRing &+ 4 &+ 2 &* Self.size }
    var usedFlags: Int { usedRing }
    var usedIndex: Int { usedRing &+ 2 }
    /// `avail_event`: the avail entry for which the device wants to be kicked.
    var availEvent: Int { usedRing &+ 4 &+ 8 &* Self.size }
}
