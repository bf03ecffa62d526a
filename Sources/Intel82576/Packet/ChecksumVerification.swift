/// What a receive descriptor says about checksums. The bits are those of the advanced descriptor's extended status and
/// error dword; a legacy descriptor has the low byte as STATUS and the high one as ERRORS.
struct ChecksumReport: OptionSet, BitwiseCopyable, Sendable {
    let rawValue: UInt32
    /// UDPCS: the transport that was checked is UDP.
    static let udpChecked = ChecksumReport(rawValue: 1 << 4)
    /// L4CS (L4I): the TCP, UDP or SCTP checksum was checked.
    static let transportChecked = ChecksumReport(rawValue: 1 << 5)
    /// IPCS: the IPv4 header checksum was checked.
    static let ipChecked = ChecksumReport(rawValue: 1 << 6)
    /// L4E.
    static let transportError = ChecksumReport(rawValue: 1 << 29)
    /// IPE.
    static let ipError = ChecksumReport(rawValue: 1 << 30)
}

/// Receive checksum offload: checks the IPv4 header and the TCP, UDP or SCTP checksum of a frame.
///
/// Not checked: fragments, the inside of tunnels, IPv6 with a routing header that has segments left, UDP over IPv4 with
/// checksum 0. UDP over IPv6 with checksum 0 is wrong (RFC 8200 section 8.1).
struct ChecksumVerification: BitwiseCopyable, Sendable {
    var checksIP = true
    var checksTCPAndUDP = true
    var checksSCTP = false
    var checksIPv6 = true

    init() {}

    init(_ rxcsum: RXCSUM, _ rfctl: RFCTL) {
        (checksIP, checksTCPAndUDP, checksSCTP) = (rxcsum.checksIP, rxcsum.checksL4, rxcsum.checksSCTP)
        checksIPv6 = !rfctl.skipsIPv6Checksum
    }

    /// Checks frame `index` of `batch`, whose summary is `summary`.
    ///
    /// The transport checksum of a frame whose sender vouches for it (``FrameBatch/Offload/isChecksumValid``) is taken as
    /// right; one that is still to be completed counts as wrong.
    /// - Precondition: `summary` was made of the frame's header segment as it is now.
    @inline(__always)
    func verify(_ summary: FrameSummary, frame index: Int, of batch: borrowing FrameBatch) -> ChecksumReport {
        guard summary.isIP else { return [] }
        let frame = CheckedFrame(batch, index)
        var report: ChecksumReport = []
        if summary.isIPv4 && checksIP {
            report = frame.isHeaderRight(summary, batch) ? .ipChecked : [.ipChecked, .ipError]
        }
        guard !summary.isFragment, !summary.isSourceRouted, summary.isIPv4 || checksIPv6 else { return report }
        return report.union(verifyTransport(summary, frame, batch))
    }

    @inline(__always)
    private func verifyTransport(
        _ summary: FrameSummary, _ frame: CheckedFrame, _ batch: borrowing FrameBatch
    ) -> ChecksumReport {
        switch summary.transport {
        case .tcp where checksTCPAndUDP:
            return frame.isVouchedFor || frame.isSumRight(summary, batch)
                ? .transportChecked : [.transportChecked, .transportError]
        case .udp where checksTCPAndUDP:
            let field = frame.header.network16(at: summary.transportOffset &+ 6)
            if field == 0 && summary.isIPv4 { return [] }
            return frame.isVouchedFor || field != 0 && frame.isSumRight(summary, batch)
                ? [.transportChecked, .udpChecked] : [.transportChecked, .udpChecked, .transportError]
        case .sctp where checksSCTP:
            return frame.isVouchedFor || frame.isCRCRight(summary, batch)
                ? .transportChecked : [.transportChecked, .transportError]
        default: return []
        }
    }
}

/// A frame under verification, with its header segment looked up once.
private struct CheckedFrame: ~Escapable {
    let index: Int
    let header: RawSpan
    let isVouchedFor: Bool
    let insertion: FrameBatch.Insertion

    @_lifetime(borrow batch)
    @inline(__always)
    init(_ batch: borrowing FrameBatch, _ index: Int) {
        self.index = index
        header = batch.header(of: index)
        isVouchedFor = batch[index].offload.isChecksumValid
        insertion = batch[index].insertion
    }

    @inline(__always)
    func isHeaderRight(_ summary: FrameSummary, _ batch: borrowing FrameBatch) -> Bool {
        var sum = ChecksumAccumulator()
        let (offset, length) = (summary.networkOffset, summary.ipLength)
        guard length == 20 else {
            return batch.sum(length, of: index, from: offset, into: &sum) && sum.checksum == 0
        }
        sum.add(header.network64(at: offset))
        sum.add(header.network64(at: offset &+ 8))
        sum.add(header.network32(at: offset &+ 16))
        return sum.checksum == 0
    }

    @inline(__always)
    func isSumRight(_ summary: FrameSummary, _ batch: borrowing FrameBatch) -> Bool {
        let (start, end) = (summary.transportOffset, summary.transportEnd)
        var sum = ChecksumAccumulator(pseudoHeaderOf: summary, header, frameLength: Int(batch[index].byteCount))
        sum.add(UInt16(truncatingIfNeeded: end &- start))
        if insertion.isOver(start, end) { return insertion.isRight(sum.folded) }
        return batch.sum(end &- start, of: index, from: start, into: &sum) && sum.checksum == 0
    }

    /// The CRC32c of the packet with four zero bytes in place of the checksum (RFC 9260 section 6.8).
    func isCRCRight(_ summary: FrameSummary, _ batch: borrowing FrameBatch) -> Bool {
        let start = summary.transportOffset
        let checksum = header.network32(at: start &+ 8).byteSwapped
        var crc = CRC32(.castagnoli)
        crc.add(header.network64(at: start).byteSwapped)
        for _ in 0..<4 { crc.add(UInt8(0)) }
        let rest = summary.transportEnd &- start &- 12
        return batch.sum(rest, of: index, from: start &+ 12, into: &crc) && crc.value == checksum
    }
}

extension FrameBatch.Insertion {
    /// The checksum inserted is over the bytes from `start` to `end`.
    @inline(__always)
    func isOver(_ start: Int, _ end: Int) -> Bool { Int(self.end) == end && Int(self.start) == start }

    /// The checksum inserted is right if it was seeded right, with `sum`. All ones and zero are the same sum.
    @inline(__always)
    func isRight(_ sum: UInt16) -> Bool { sum == seed || sum ^ seed == .max && sum &+ 1 < 2 }
}
