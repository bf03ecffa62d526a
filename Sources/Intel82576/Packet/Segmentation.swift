/// Cuts one large TCP or UDP packet into frames of `segmentSize` payload bytes: headers are copied and patched, payload
/// is referenced.
///
/// Driven by lengths, not by parsing: the transmit context gives them, so whatever lies in front of the IP header (tags,
/// a tunnel's outer headers) is repeated as it is. A received frame that the host left large goes the same way, with
/// lengths from its headers.
///
/// Resumable: ``append(from:to:)`` stops when the output is full. Datasheet 7.2.4.
struct Segmentation {
    /// TCP flags that the first, the middle and the last segment keep (DTXTCPFLGL and DTXTCPFLGH).
    struct FlagMasks {
        var first: UInt16 = 0xFF6
        var middle: UInt16 = 0xFF6
        var last: UInt16 = 0xF7F
    }

    private let frame: Int
    private let networkOffset: Int
    private let l4Offset: Int
    private let headerLength: Int
    private let segmentSize: Int
    private let payloadLength: Int
    private let isIPv4: Bool
    private let insertsIPChecksum: Bool
    private let isUDP: Bool
    private let masks: FlagMasks
    /// The pseudo-header sum without the length.
    private let seed: UInt16
    private var sent = 0
    private var index: UInt32 = 0
    private var position: FramePosition

    /// A packet from transmit descriptors: frame `frame` of `source`, whose header segment is exactly the headers, the
    /// inserted tag of `shift` bytes included.
    init(_ request: TransmitRequest, _ source: borrowing FrameBatch, frame: Int, shift: Int, masks: FlagMasks) {
        self.frame = frame
        networkOffset = request.context.macLength + shift
        l4Offset = request.context.l4Offset + shift
        headerLength = request.context.headerLength + shift
        segmentSize = request.context.segmentSize
        payloadLength = request.payloadLength
        isIPv4 = request.context.isIPv4
        insertsIPChecksum = request.insertsIPChecksum
        isUDP = request.context.l4 == .udp
        self.masks = masks
        seed = source.header(of: frame).network16(at: l4Offset + (isUDP ? 6 : 16))
        position = source.position(headerLength, of: frame)
    }

    /// A received frame with ``FrameBatch/Offload/segmentation`` set. `nil` when its headers do not bear that out.
    init?(received source: borrowing FrameBatch, frame: Int) {
        let offload = source[frame].offload
        let headers = PacketHeaders(
            source.header(of: frame), frameLength: Int(source[frame].byteCount), tagTypes: TagTypes())
        let ip = headers.ip
        guard offload.segmentSize > 0, ip.transport == .tcp || ip.transport == .udp else { return nil }
        self.frame = frame
        networkOffset = ip.offset
        l4Offset = ip.transportOffset
        headerLength = ip.transportOffset + ip.transportLength
        segmentSize = Int(offload.segmentSize)
        payloadLength = Int(source[frame].byteCount) - headerLength
        (isIPv4, insertsIPChecksum, isUDP) = (ip.isIPv4, ip.isIPv4, ip.transport == .udp)
        // The host's kernel sends the flags as the last segment has them; the others must not say FIN or PSH.
        masks = FlagMasks(first: 0xFF6, middle: 0xF76, last: 0xF7F)
        guard payloadLength > 0, headerLength <= source.header(of: frame).byteCount else { return nil }
        // Its seed has the length in; take it out by adding the complement.
        var sum = ChecksumAccumulator()
        sum.add(source.header(of: frame).network16(at: l4Offset + (isUDP ? 6 : 16)))
        sum.add(~UInt16(truncatingIfNeeded: payloadLength + ip.transportLength))
        seed = sum.folded
        position = source.position(headerLength, of: frame)
    }

    /// Appends segments to `output` until it is full or the packet is done. True when it is done.
    mutating func append(from source: borrowing FrameBatch, to output: inout FrameBatch) -> Bool {
        while sent < payloadLength {
            let count = min(segmentSize, payloadLength - sent)
            let pieces = source.pieceCount(count, of: frame, from: position)
            guard output.beginFrame(segments: pieces + 1, headerBytes: headerLength) else { return false }
            var header = output.addHeader(headerLength)
            header.copy(from: source.header(of: frame))
            patch(&header, count)
            source.feed(count, of: frame, from: &position, to: &output)
            finish(&output, count)
            sent += count
            index &+= 1
        }
        return true
    }

    private func patch(_ header: inout MutableRawSpan, _ count: Int) {
        let length = headerLength - networkOffset + count
        if isIPv4 {
            header.storeNetwork16(UInt16(truncatingIfNeeded: length), at: networkOffset + 2)
            let identification = header.bytes.network16(at: networkOffset + 4)
            header.storeNetwork16(identification &+ UInt16(truncatingIfNeeded: index), at: networkOffset + 4)
        } else {
            header.storeNetwork16(UInt16(truncatingIfNeeded: length - 40), at: networkOffset + 4)
        }
        let l4Bytes = headerLength - l4Offset + count
        var field = ChecksumAccumulator()
        field.add(seed)
        field.add(UInt16(truncatingIfNeeded: l4Bytes))
        if isUDP {
            header.storeNetwork16(UInt16(truncatingIfNeeded: l4Bytes), at: l4Offset + 4)
            header.storeNetwork16(field.folded, at: l4Offset + 6)
        } else {
            patchTCP(&header, count)
            header.storeNetwork16(field.folded, at: l4Offset + 16)
        }
    }

    private func patchTCP(_ header: inout MutableRawSpan, _ count: Int) {
        let sequence = header.bytes.network32(at: l4Offset + 4)
        header.storeNetwork32(sequence &+ UInt32(truncatingIfNeeded: sent), at: l4Offset + 4)
        let (isFirst, isLast) = (sent == 0, sent + count == payloadLength)
        // A packet of one segment is its first and its last: it keeps its flags.
        guard !(isFirst && isLast) else { return }
        let mask = isFirst ? masks.first : isLast ? masks.last : masks.middle
        let word = header.bytes.network16(at: l4Offset + 12)
        header.storeNetwork16(word & (0xF000 | mask), at: l4Offset + 12)
    }

    private func finish(_ output: inout FrameBatch, _ count: Int) {
        let segment = output.count - 1
        if insertsIPChecksum {
            var header = output.mutableHeader(of: segment)
            header.storeNetwork16(0, at: networkOffset + 10)
            output.insertIPv4Checksum(
                frame: segment, networkOffset: networkOffset, headerLength: l4Offset - networkOffset)
        }
        output.insertChecksum(
            frame: segment, start: l4Offset, field: l4Offset + (isUDP ? 6 : 16), isUDP: isUDP)
    }
}
