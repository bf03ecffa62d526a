// SPDX-License-Identifier: Apache-2.0

/// TCP and UDP segmentation: cuts one large frame into frames of at most MSS payload bytes.
///
/// Each gets a copy of the headers, brought up to date, and refers to its slice of the payload where it lies. Driven by
/// the lengths of the context descriptor, so whatever MACLEN covers (tags, an outer tunnel) is copied as it is.
/// Resumable, since one frame may yield more than a batch holds. Allocates nothing.
///
/// - Datasheet: see reference, transmit path, TSO.
struct Segmentation: BitwiseCopyable, Sendable {
    /// The headers at the front of the frame.
    struct Layout: BitwiseCopyable, Sendable {
        /// MACLEN.
        var macLength = 0
        /// IPLEN.
        var ipLength = 0
        /// L4LEN.
        var transportLength = 0
        /// TUCMD.IPV4.
        var isIPv4 = true
        /// TUCMD.L4T is TCP; else UDP.
        var isTCP = true

        var transportOffset: Int { macLength &+ ipLength }
        var length: Int { macLength &+ ipLength &+ transportLength }
        var checksumOffset: Int { isTCP ? 16 : 6 }

        /// The smallest MSS: below Linux' TCP_MIN_GSO_SIZE (include/net/tcp.h) no sender goes, and each segment is work.
        fileprivate var smallestSegment: Int { isTCP ? 8 : 1 }

        /// Every field that is patched lies inside the header it belongs to.
        fileprivate var isSound: Bool {
            macLength >= 0 && ipLength >= (isIPv4 ? 20 : 40) && transportLength >= (isTCP ? 20 : 8)
        }
    }

    /// What segments keep of the 12 bits of TCP flags (DTXTCPFLGL, DTXTCPFLGH).
    struct FlagMasks: BitwiseCopyable, Sendable {
        /// The reset values: FIN and PSH only in the last segment, CWR only in the first.
        var first: UInt16 = 0xFF6
        var middle: UInt16 = 0xF76
        var last: UInt16 = 0xF7F

        init() {}

        init(_ dtxtcpflgl: DTXTCPFLGL, _ dtxtcpflgh: DTXTCPFLGH) {
            first = UInt16(truncatingIfNeeded: dtxtcpflgl.raw) & 0xFFF
            middle = UInt16(truncatingIfNeeded: dtxtcpflgl.raw &>> 16) & 0xFFF
            last = UInt16(truncatingIfNeeded: dtxtcpflgh.raw) & 0xFFF
        }
    }

    enum TransportChecksum: BitwiseCopyable, Sendable {
        /// The field is copied as it is (POPTS.TXSM clear).
        case untouched
        /// The field gets the pseudo-header's sum with the segment's length, and the frame ``FrameBatch/Offload/needsChecksum``.
        case partial
        case complete
    }

    enum Progress: BitwiseCopyable, Sendable {
        case finished
        /// Empty the output and call again.
        case outputFull
        /// A segment is in more pieces than an empty batch has room for. Nothing more can come of this frame.
        case tooFragmented
    }

    /// The longest frame the chip sends, without FCS (reference, size checks: 9.5 KB).
    static let maximumFrameLength = 9728

    let layout: Layout
    /// MSS.
    let segmentSize: Int
    /// PAYLEN.
    let payloadLength: Int
    var flagMasks = FlagMasks()
    /// POPTS.IXSM.
    var insertsIPChecksum = true
    var transportChecksum = TransportChecksum.complete

    let segmentCount: Int
    /// The segment that comes next.
    private(set) var next = 0
    private let frame: Int
    private var position: FramePosition
    /// The pseudo-header's sum without its length.
    private let seed: UInt16
    /// The sum of the IP header without the fields that differ from segment to segment.
    private let networkSum: ChecksumAccumulator
    /// The same of the transport header, with the pseudo-header but for its length.
    private let transportSum: ChecksumAccumulator
    /// The checksum of the result is right whatever the guest left in the frame.
    private let isVouchedFor: Bool

    /// Frame `index` of `source`, sent with TSE. The field of TCP's or UDP's checksum holds the pseudo-header's sum
    /// without its length.
    /// - Returns: `nil` when the frame does not have the lengths it is said to have, its header segment does not hold all
    ///   headers, or its segments would be longer than ``maximumFrameLength``.
    init?(_ layout: Layout, segmentSize: Int, payloadLength: Int, frame index: Int, of source: borrowing FrameBatch) {
        self.init(layout, segmentSize, payloadLength, index, source, seed: nil)
        guard Int(source[index].byteCount) == layout.length &+ payloadLength else { return nil }
    }

    /// Frame `index` of `source`, which an uplink handed over unsegmented and whose headers are `headers`.
    /// - Returns: `nil` when its headers are not what ``FrameBatch/Offload/segmentation`` says, and as above.
    init?(received headers: PacketHeaders, frame index: Int, of source: borrowing FrameBatch) {
        let ip = headers.ip
        let isKnown =
            switch source[index].offload.segmentation {
            case .none: false
            case .tcp4: ip.transport == .tcp && ip.isIPv4
            case .tcp6: ip.transport == .tcp && ip.isIPv6
            case .udp: ip.transport == .udp
            }
        guard isKnown, !ip.isFragment, !ip.isSourceRouted else { return nil }
        let layout = Layout(
            macLength: ip.offset, ipLength: ip.transportOffset &- ip.offset, transportLength: ip.transportLength,
            isIPv4: ip.isIPv4, isTCP: ip.transport == .tcp)
        let seed = ChecksumAccumulator(pseudoHeaderOf: FrameSummary(headers), source.header(of: index)).folded
        self.init(
            layout, Int(source[index].offload.segmentSize), ip.transportEnd &- ip.payloadOffset, index, source,
            seed: seed)
    }

    private init?(
        _ layout: Layout, _ segmentSize: Int, _ payloadLength: Int, _ index: Int, _ source: borrowing FrameBatch,
        seed: UInt16?
    ) {
        guard layout.isSound, segmentSize >= layout.smallestSegment, payloadLength >= 0,
            layout.length <= Self.maximumFrameLength &- min(segmentSize, payloadLength)
        else { return nil }
        let header = source.header(of: index)
        guard layout.length <= header.byteCount else { return nil }
        (self.layout, self.segmentSize, self.payloadLength) = (layout, segmentSize, payloadLength)
        segmentCount = max(1, (payloadLength &+ segmentSize &- 1) / segmentSize)
        frame = index
        position = source.position(layout.length, of: index)
        self.seed = seed ?? header.network16(at: layout.transportOffset &+ layout.checksumOffset)
        isVouchedFor = seed != nil
        networkSum = Self.networkSum(layout, header, isVouchedFor: isVouchedFor)
        transportSum = Self.transportSum(layout, header, seed: self.seed)
    }

    /// Length and identification differ. What the driver left in the checksum's field counts: 0, its complement, or in a
    /// tunnel what cancels out the headers between the outer IP header and the inner TCP header, all of which IPLEN covers
    /// (Linux, igb_tso).
    private static func networkSum(_ layout: Layout, _ header: RawSpan, isVouchedFor: Bool) -> ChecksumAccumulator {
        var sum = ChecksumAccumulator()
        let start = layout.macLength
        sum.subtract(header.network32(at: start &+ 2))
        if isVouchedFor { sum.subtract(UInt32(header.network16(at: start &+ 10))) }
        sum.add(header.extracting(start..<start &+ layout.ipLength))
        return sum
    }

    /// TCP's sequence number and flags differ, or UDP's length, and the checksum.
    private static func transportSum(_ layout: Layout, _ header: RawSpan, seed: UInt16) -> ChecksumAccumulator {
        var sum = ChecksumAccumulator()
        let start = layout.transportOffset
        let field = header.network16(at: start &+ layout.checksumOffset)
        sum.add(seed)
        sum.subtract(UInt32(field))
        if layout.isTCP {
            sum.subtract(header.network32(at: start &+ 4))
            sum.subtract(UInt32(header.network16(at: start &+ 12)))
        } else {
            sum.subtract(UInt32(header.network16(at: start &+ 4)))
        }
        sum.add(header.extracting(start..<layout.length))
        return sum
    }

    /// Passes over the first `count` segments. False when there are not that many and one more.
    mutating func skip(_ count: Int, of source: borrowing FrameBatch) -> Bool {
        guard count >= 0, count < segmentCount else { return false }
        next = count
        position = source.position(layout.length &+ count &* segmentSize, of: frame)
        return true
    }

    /// Bytes of payload that are not in a segment yet.
    var remainingPayload: Int { max(0, payloadLength &- next &* segmentSize) }

    /// Bytes of the segments that are still to come, headers included.
    var remainingBytes: Int { (segmentCount &- next) &* layout.length &+ remainingPayload }

    /// Appends segments to `output` until all are there or it is full.
    ///
    /// They refer to the memory of the frame, which is `source`'s all the time: `source` must stay as it is until `output`
    /// has been used.
    mutating func run(from source: borrowing FrameBatch, into output: inout FrameBatch) -> Progress {
        while next < segmentCount {
            let count = min(segmentSize, payloadLength &- next &* segmentSize)
            let pieces = source.pieceCount(count, of: frame, from: position)
            guard output.beginFrame(segments: 1 &+ pieces, headerBytes: layout.length) else {
                return output.count == 0 ? .tooFragmented : .outputFull
            }
            append(count, from: source, to: &output)
            next &+= 1
        }
        return .finished
    }
}

// MARK: One segment

extension Segmentation {
    private mutating func append(_ count: Int, from source: borrowing FrameBatch, to output: inout FrameBatch) {
        let original = source.header(of: frame)
        var header = output.addHeader(layout.length)
        header.copy(from: original)
        let length = patchIP(&header, original, count)
        source.feed(count, of: frame, from: &position, to: &output)
        let index = output.count &- 1
        patchTransport(index, of: &output, original, length)
        label(&output[index], as: source[frame])
    }

    /// The length of what TCP's or UDP's checksum is over.
    @inline(__always)
    private func patchIP(_ header: inout MutableRawSpan, _ original: RawSpan, _ count: Int) -> Int {
        let start = layout.macLength
        let transportLength = layout.transportLength &+ count
        let length = UInt16(truncatingIfNeeded: layout.ipLength &+ transportLength)
        guard layout.isIPv4 else {
            header.storeNetwork16(length &- 40, at: start &+ 4)
            return transportLength
        }
        let identification = original.network16(at: start &+ 4) &+ UInt16(truncatingIfNeeded: next)
        header.storeNetwork16(length, at: start &+ 2)
        header.storeNetwork16(identification, at: start &+ 4)
        guard insertsIPChecksum else { return transportLength }
        var sum = ChecksumAccumulator()
        sum.add(length)
        sum.add(identification)
        sum.add(networkSum)
        header.storeNetwork16(sum.checksum, at: start &+ 10)
        return transportLength
    }

    /// The payload is there already.
    @inline(__always)
    private func patchTransport(_ index: Int, of output: inout FrameBatch, _ original: RawSpan, _ length: Int) {
        let start = layout.transportOffset
        var sum = ChecksumAccumulator()
        sum.add(UInt16(truncatingIfNeeded: length))
        var header = output.mutableHeader(of: index)
        if layout.isTCP {
            let sequence = original.network32(at: start &+ 4) &+ UInt32(truncatingIfNeeded: next &* segmentSize)
            let flags = original.network16(at: start &+ 12) & (0xF000 | flagMask)
            header.storeNetwork32(sequence, at: start &+ 4)
            header.storeNetwork16(flags, at: start &+ 12)
            sum.add(sequence)
            sum.add(flags)
        } else {
            header.storeNetwork16(UInt16(truncatingIfNeeded: length), at: start &+ 4)
            sum.add(UInt16(truncatingIfNeeded: length))
        }
        insertChecksum(index, of: &output, sum, length)
    }

    /// - Parameter sum: that of the fields that differ.
    @inline(__always)
    private func insertChecksum(
        _ index: Int, of output: inout FrameBatch, _ sum: ChecksumAccumulator, _ length: Int
    ) {
        let field = layout.transportOffset &+ layout.checksumOffset
        switch transportChecksum {
        case .untouched: return
        case .partial:
            var sum = ChecksumAccumulator()
            sum.add(seed)
            sum.add(UInt16(truncatingIfNeeded: length))
            var header = output.mutableHeader(of: index)
            header.storeNetwork16(sum.folded, at: field)
        case .complete:
            var sum = sum
            sum.add(transportSum)
            _ = output.sum(length &- layout.transportLength, of: index, from: layout.length, into: &sum)
            var header = output.mutableHeader(of: index)
            header.storeNetwork16(sum.checksum == 0 && !layout.isTCP ? .max : sum.checksum, at: field)
        }
    }

    /// A single segment is first and last: it keeps what either keeps, with the reset values all flags.
    private var flagMask: UInt16 {
        switch (next == 0, next &+ 1 == segmentCount) {
        case (true, true): flagMasks.first | flagMasks.last
        case (true, false): flagMasks.first
        case (false, true): flagMasks.last
        case (false, false): flagMasks.middle
        }
    }

    @inline(__always)
    private func label(_ segment: inout FrameBatch.Frame, as original: FrameBatch.Frame) {
        segment.goesToUplink = original.goesToUplink
        segment.sourcePool = original.sourcePool
        segment.offload.isChecksumValid = isVouchedFor && transportChecksum == .complete
        guard transportChecksum == .partial else { return }
        segment.offload.needsChecksum = true
        segment.offload.checksumStart = UInt16(truncatingIfNeeded: layout.transportOffset)
        segment.offload.checksumOffset = UInt16(truncatingIfNeeded: layout.checksumOffset)
    }
}
