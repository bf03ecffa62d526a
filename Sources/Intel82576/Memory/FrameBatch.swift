// SPDX-License-Identifier: Apache-2.0

import CKawela

/// A batch of Ethernet frames on their way through a port: from descriptor rings to the uplink, from the uplink to
/// rings, or from ring to ring.
///
/// A frame is a list of segments (`iovec`s). The first is its **header**: private memory of this process that a guest
/// cannot change, so what was checked is what is sent. It holds at least the first 128 bytes, or the whole frame when
/// that is shorter. The others may lie in guest memory. Before each frame's first segment one segment is left free for
/// a backend's own **prefix** (a virtio-net header, a length), so a frame goes out with one `writev` and no copy.
///
/// Reused from batch to batch; allocates in `init` only.
@safe public struct FrameBatch: ~Copyable {
    public static let capacity = 256
    /// Segments of a whole batch, prefixes included.
    public static let segmentCapacity = 4096
    /// Bytes of header space of a whole batch.
    public static let headerCapacity = 128 * 1024
    public static let prefixCapacity = 16

    /// One frame of a batch.
    public struct Frame: BitwiseCopyable, Sendable {
        /// Index of the header segment. The segment before it is the prefix.
        public var firstSegment: Int32 = 0
        public var segmentCount: Int32 = 0
        /// Length without prefix and FCS.
        public var byteCount: Int32 = 0
        public var offload = Offload()
        /// False for a frame that stays inside the switch.
        public var goesToUplink = true
        /// The pool that sent the frame; `nil` when it came from the uplink, or there are no pools.
        public var sourcePool: UInt8?
        /// The owner of the batch has summarised the frame.
        var isSummarized = false
        /// The TCP or UDP checksum that this port inserted.
        var insertion = Insertion()
    }

    /// A TCP or UDP checksum over everything from `start` to `end`. It is right if `seed`, what the field held before, is
    /// the pseudo-header's sum with its length.
    struct Insertion: BitwiseCopyable, Sendable {
        var start: UInt16 = 0
        /// 0 when there is none.
        var end: UInt16 = 0
        var seed: UInt16 = 0
    }

    /// Work left undone in a frame, in the terms of `struct virtio_net_hdr` (host byte order).
    public struct Offload: BitwiseCopyable, Sendable, Equatable {
        public enum Segmentation: UInt8, Sendable, BitwiseCopyable {
            case none = 0
            case tcp4 = 1
            case tcp6 = 4
            case udp = 5
        }

        /// The checksum at `checksumStart + checksumOffset` holds the pseudo-header sum; the sum of everything from
        /// `checksumStart` on, complemented, belongs there.
        public var needsChecksum = false
        /// The sender of this frame vouches for its checksums.
        public var isChecksumValid = false
        public var checksumStart: UInt16 = 0
        public var checksumOffset: UInt16 = 0
        public var segmentation = Segmentation.none
        /// The frame's FCS is wrong. Such a frame has ``needsChecksum`` set and is not segmented.
        public private(set) var isDamaged = false
        /// Payload bytes per segment.
        public var segmentSize: UInt16 = 0
        /// Bytes of Ethernet, IP and TCP or UDP header together.
        public var headerLength: UInt16 = 0

        public init() {}

        /// The wire damaged the frame: its FCS is wrong.
        public mutating func markDamaged() {
            (isDamaged, needsChecksum, segmentation) = (true, true, .none)
        }
    }

    let frames: UnsafeMutablePointer<Frame>
    let segments: UnsafeMutablePointer<iovec>
    let headers: UnsafeMutableRawPointer
    private let prefixes: UnsafeMutableRawPointer
    /// Frames in the batch.
    public internal(set) var count = 0
    var segmentCount = 0
    var headerBytes = 0
    /// ``headerBytes`` when the last frame was begun.
    var lastHeaderBytes = 0

    public init() {
        unsafe frames = .allocate(capacity: Self.capacity)
        unsafe frames.initialize(repeating: Frame(), count: Self.capacity)
        unsafe segments = .allocate(capacity: Self.segmentCapacity)
        unsafe segments.initialize(repeating: iovec(), count: Self.segmentCapacity)
        unsafe headers = .allocate(byteCount: Self.headerCapacity, alignment: 64)
        unsafe headers.initializeMemory(as: UInt8.self, repeating: 0, count: Self.headerCapacity)
        unsafe prefixes = .allocate(byteCount: Self.capacity * Self.prefixCapacity, alignment: 64)
        unsafe prefixes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.capacity * Self.prefixCapacity)
    }

    deinit {
        unsafe frames.deallocate()
        unsafe segments.deallocate()
        unsafe headers.deallocate()
        unsafe prefixes.deallocate()
    }

    public mutating func removeAll() {
        count = 0
        segmentCount = 0
        headerBytes = 0
    }

    public subscript(index: Int) -> Frame {
        @inline(__always) get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return unsafe frames[index]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            unsafe frames[index] = newValue
        }
    }
}

// MARK: Filling

extension FrameBatch {
    /// Appends a copy of the `byteCount` bytes at `place` to the frame begun last, in header space.
    @inline(__always)
    @unsafe mutating func addHeader(copying place: UnsafeRawPointer, _ byteCount: Int) {
        precondition(byteCount >= 0 && headerBytes + byteCount <= Self.headerCapacity)
        let start = unsafe headers + headerBytes
        headerBytes &+= byteCount
        // SAFETY: header space just taken; the caller vouches for the source.
        unsafe start.copyMemory(from: place, byteCount: byteCount)
        unsafe addSegment(start, count: byteCount)
    }

    /// Starts a frame. False, and nothing changes, when the batch holds ``capacity`` frames or has no room for
    /// `segments` more segments and `headerBytes` more header bytes.
    @inline(__always)
    public mutating func beginFrame(segments: Int = 1, headerBytes: Int = 0) -> Bool {
        guard count < Self.capacity, segmentCount + segments + 1 <= Self.segmentCapacity,
            self.headerBytes + headerBytes <= Self.headerCapacity
        else { return false }
        lastHeaderBytes = self.headerBytes
        unsafe frames[count] = Frame()
        unsafe frames[count].firstSegment = Int32(segmentCount + 1)
        unsafe self.segments[segmentCount] = iovec()
        segmentCount += 1
        count += 1
        return true
    }

    /// Takes the frame begun last out again, and its room with it. Once: not the frame before it.
    public mutating func cancelFrame() {
        precondition(count > 0)
        count -= 1
        headerBytes = lastHeaderBytes
        segmentCount = unsafe Int(frames[count].firstSegment) - 1
    }

    /// Appends `count` bytes at `start` to the frame begun last, by reference. They must stay valid while the batch is used.
    @inline(__always)
    @unsafe public mutating func addSegment(_ start: UnsafeRawPointer, count byteCount: Int) {
        precondition(count > 0 && segmentCount < Self.segmentCapacity)
        unsafe segments[segmentCount] = iovec(
            iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: byteCount)
        segmentCount += 1
        let last = count - 1
        unsafe frames[last].segmentCount &+= 1
        unsafe frames[last].byteCount &+= Int32(truncatingIfNeeded: byteCount)
    }

    /// Appends a whole frame, of which `offload` is left to do, that lies in private memory of its uplink. False when the
    /// batch is full.
    @unsafe public mutating func append(_ start: UnsafeRawPointer, count byteCount: Int, offload: Offload) -> Bool {
        guard unsafe append(start, count: byteCount) else { return false }
        unsafe frames[count &- 1].offload = offload
        return true
    }

    /// Appends a whole frame that lies in private memory of its uplink. False when the batch is full.
    @unsafe public mutating func append(_ start: UnsafeRawPointer, count byteCount: Int) -> Bool {
        guard count < Self.capacity, segmentCount &+ 2 <= Self.segmentCapacity else { return false }
        lastHeaderBytes = headerBytes
        // SAFETY: room for one frame and, with its prefix, two segments.
        let segment = unsafe segments + segmentCount
        unsafe segment[0] = iovec()
        unsafe segment[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: byteCount)
        unsafe frames[count] = Frame(
            firstSegment: Int32(truncatingIfNeeded: segmentCount &+ 1), segmentCount: 1,
            byteCount: Int32(truncatingIfNeeded: byteCount))
        segmentCount &+= 2
        count &+= 1
        return true
    }

    /// Appends `byteCount` bytes of header space to the frame begun last and returns it for writing.
    /// The caller asked ``beginFrame(segments:headerBytes:)`` for the room.
    @_lifetime(&self)
    @inline(__always)
    public mutating func addHeader(_ byteCount: Int) -> MutableRawSpan {
        precondition(byteCount >= 0 && headerBytes + byteCount <= Self.headerCapacity)
        let start = unsafe headers + headerBytes
        headerBytes += byteCount
        unsafe addSegment(start, count: byteCount)
        // SAFETY: the span covers header space just taken, which lives and stays in place as long as `self`.
        return unsafe _overrideLifetime(
            MutableRawSpan(_unsafeStart: start, byteCount: byteCount), mutating: &self)
    }
}

// MARK: Reading

extension FrameBatch {
    /// The header segment of a frame.
    @_lifetime(borrow self)
    @inline(__always)
    public func header(of index: Int) -> RawSpan {
        let frame = self[index]
        precondition(frame.segmentCount > 0)
        let segment = unsafe segments[Int(frame.firstSegment)]
        // SAFETY: the header segment is private memory that outlives the use of the batch (see `append`, `addHeader`).
        return unsafe _overrideLifetime(
            RawSpan(_unsafeStart: segment.iov_base!, byteCount: segment.iov_len), borrowing: self)
    }

    /// Whether frame `index` is for several receivers: the lowest bit of its destination's first byte.
    @inline(__always)
    func isMulticast(_ index: Int) -> Bool { header(of: index).byte(at: 0) & 1 != 0 }

    /// The header segment of a frame, for changing it in place. The memory an uplink appends has to be writable for it.
    @_lifetime(&self)
    @inline(__always)
    mutating func mutableHeader(of index: Int) -> MutableRawSpan {
        let frame = self[index]
        precondition(frame.segmentCount > 0)
        let segment = unsafe segments[Int(frame.firstSegment)]
        // SAFETY: as in `header(of:)`; `self` is held for writing.
        return unsafe _overrideLifetime(
            MutableRawSpan(_unsafeStart: segment.iov_base!, byteCount: segment.iov_len), mutating: &self)
    }

    /// Sets the prefix of a frame to `prefix` (at most ``prefixCapacity`` bytes).
    public mutating func setPrefix<Prefix: BitwiseCopyable>(of index: Int, to prefix: Prefix) {
        precondition(MemoryLayout<Prefix>.size <= Self.prefixCapacity)
        let start = unsafe prefixes + index * Self.prefixCapacity
        unsafe start.storeBytes(of: prefix, as: Prefix.self)
        unsafe segments[Int(self[index].firstSegment) - 1] = iovec(
            iov_base: start, iov_len: MemoryLayout<Prefix>.size)
    }

    /// The segments of a frame as `writev` takes them: its prefix first, which is empty unless it was set.
    @unsafe public func segments(of index: Int) -> UnsafeBufferPointer<iovec> {
        let frame = self[index]
        return unsafe UnsafeBufferPointer(
            start: segments + Int(frame.firstSegment) - 1, count: Int(frame.segmentCount) + 1)
    }

    /// The segments of consecutive frames, prefixes included, one frame after the other: a run for one `writev`.
    @unsafe public func segments(ofFrames frames: Range<Int>) -> UnsafeBufferPointer<iovec> {
        guard let first = frames.first, let last = frames.last else {
            return unsafe UnsafeBufferPointer(start: nil, count: 0)
        }
        let start = Int(self[first].firstSegment) - 1
        let end = Int(self[last].firstSegment) + Int(self[last].segmentCount)
        return unsafe UnsafeBufferPointer(start: segments + start, count: end - start)
    }
}

// MARK: Room

extension FrameBatch {
    var hasSegmentRoom: Bool { segmentCount < Self.segmentCapacity }

    func hasHeaderRoom(_ byteCount: Int) -> Bool { headerBytes + byteCount <= Self.headerCapacity }
}

/// Bytes that a frame of `byteCount` bytes has on the wire: padded to 60, and 4 of FCS.
@inline(__always)
func wireLength(_ byteCount: Int) -> Int { max(byteCount, 60) &+ 4 }
