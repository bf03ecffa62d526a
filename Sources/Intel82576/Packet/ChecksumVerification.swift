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

    /// Checks frame `index` of `batch`, whose first IP header is `ip`.
    ///
    /// The transport checksum of a frame whose sender vouches for it (``FrameBatch/Offload/isChecksumValid``) is taken as
    /// right; one that is still to be completed counts as wrong.
    /// - Precondition: `ip` was parsed from the frame's header segment as it is now.
    @inline(__always)
    func verify(_ ip: IPHeaders, frame index: Int, of batch: borrowing FrameBatch) -> ChecksumReport {
        guard ip.kind != .none else { return [] }
        let frame = CheckedFrame(batch, index)
        var report: ChecksumReport = []
        if ip.isIPv4 && checksIP {
            report = frame.isHeaderRight(ip, batch) ? .ipChecked : [.ipChecked, .ipError]
        }
        guard !ip.isFragment, !ip.isSourceRouted, ip.isIPv4 || checksIPv6 else { return report }
        return report.union(verifyTransport(ip, frame, batch))
    }

    @inline(__always)
    private func verifyTransport(
        _ ip: IPHeaders, _ frame: CheckedFrame, _ batch: borrowing FrameBatch
    ) -> ChecksumReport {
        switch ip.transport {
        case .tcp where checksTCPAndUDP:
            return frame.isVouchedFor || frame.isSumRight(ip, batch)
                ? .transportChecked : [.transportChecked, .transportError]
        case .udp where checksTCPAndUDP:
            let field = frame.header.network16(at: ip.transportOffset &+ 6)
            if field == 0 && ip.isIPv4 { return [] }
            return frame.isVouchedFor || field != 0 && frame.isSumRight(ip, batch)
                ? [.transportChecked, .udpChecked] : [.transportChecked, .udpChecked, .transportError]
        case .sctp where checksSCTP:
            return frame.isVouchedFor || frame.isCRCRight(ip, batch)
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
    func isHeaderRight(_ ip: IPHeaders, _ batch: borrowing FrameBatch) -> Bool {
        var sum = ChecksumAccumulator()
        guard ip.kind == .ipv4 else {
            return batch.sum(ip.length, of: index, from: ip.offset, into: &sum) && sum.checksum == 0
        }
        sum.add(header.network64(at: ip.offset))
        sum.add(header.network64(at: ip.offset &+ 8))
        sum.add(header.network32(at: ip.offset &+ 16))
        return sum.checksum == 0
    }

    @inline(__always)
    func isSumRight(_ ip: IPHeaders, _ batch: borrowing FrameBatch) -> Bool {
        let count = ip.transportEnd &- ip.transportOffset
        var sum = ChecksumAccumulator(pseudoHeaderOf: ip, header)
        sum.add(UInt16(truncatingIfNeeded: count))
        if insertion.isOver(ip.transportOffset, ip.transportEnd) { return insertion.isRight(sum.folded) }
        if ip.transportEnd <= header.byteCount {
            sum.add(header.extracting(ip.transportOffset..<ip.transportEnd))
        } else if !batch.sum(count, of: index, from: ip.transportOffset, into: &sum) {
            return false
        }
        return sum.checksum == 0
    }

    /// The CRC32c of the packet with four zero bytes in place of the checksum (RFC 9260 section 6.8).
    func isCRCRight(_ ip: IPHeaders, _ batch: borrowing FrameBatch) -> Bool {
        let checksum = header.network32(at: ip.transportOffset &+ 8).byteSwapped
        var crc = CRC32(.castagnoli)
        crc.add(header.network64(at: ip.transportOffset).byteSwapped)
        for _ in 0..<4 { crc.add(UInt8(0)) }
        let rest = ip.transportEnd &- ip.payloadOffset
        return batch.sum(rest, of: index, from: ip.payloadOffset, into: &crc) && crc.value == checksum
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
