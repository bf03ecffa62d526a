// SPDX-License-Identifier: Apache-2.0

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
struct ChecksumVerification: OptionSet, BitwiseCopyable, Sendable {
    var rawValue: UInt8
    static let ip = ChecksumVerification(rawValue: 1 << 0)
    static let tcpAndUDP = ChecksumVerification(rawValue: 1 << 1)
    static let sctp = ChecksumVerification(rawValue: 1 << 2)
    /// What is inside IPv6, of the transports that are checked.
    static let ipv6 = ChecksumVerification(rawValue: 1 << 3)
}

extension ChecksumVerification {
    init(_ rxcsum: RXCSUM, _ rfctl: RFCTL) {
        self = rfctl.skipsIPv6Checksum ? [] : .ipv6
        if rxcsum.checksIP { insert(.ip) }
        if rxcsum.checksL4 { insert(.tcpAndUDP) }
        if rxcsum.checksSCTP { insert(.sctp) }
    }

    /// Checks frame `index` of `batch`, whose summary is `summary`.
    ///
    /// The transport checksum of a frame whose sender vouches for it (``FrameBatch/Offload/isChecksumValid``) is taken as
    /// right; one that is still to be completed counts as wrong.
    /// - Precondition: `summary` was made of the frame's header segment as it is now.
    @inline(never)
    func verify(_ summary: FrameSummary, frame index: Int, of batch: borrowing FrameBatch) -> ChecksumReport {
        guard summary.isIP else { return [] }
        let header = batch.header(of: index)
        var report: ChecksumReport = []
        if summary.isIPv4, contains(.ip) {
            let isRight =
                summary.ipLength == 20
                ? Self.isRight(ipv4Header: header, at: summary.networkOffset)
                : Self.isRight(longHeader: summary, index, batch)
            report = isRight ? .ipChecked : [.ipChecked, .ipError]
        }
        guard !summary.isFragment, !summary.isSourceRouted, summary.isIPv4 || contains(.ipv6) else { return report }
        guard contains(.tcpAndUDP), summary.transport != .sctp, summary.transport != .none else {
            return summary.transport == .sctp && contains(.sctp)
                ? report.union(Self.verifySCTP(summary, header, index, batch)) : report
        }
        let isValid = batch[index].offload.isChecksumValid
        var checked = ChecksumReport.transportChecked
        if summary.transport == .udp {
            checked = [.transportChecked, .udpChecked]
            if header.network16(at: summary.transportOffset &+ 6) == 0 {
                guard summary.isIPv6 else { return report }
                return report.union(isValid ? checked : checked.union(.transportError))
            }
        }
        report.formUnion(checked)
        if isValid || Self.isRight(transport: summary, header, index, batch) { return report }
        return report.union(.transportError)
    }

    /// Whether the checksum of an IPv4 header without options is right.
    @inline(__always)
    private static func isRight(ipv4Header bytes: RawSpan, at offset: Int) -> Bool {
        let header = bytes.extracting(offset..<offset &+ 20)
        var sum = ChecksumAccumulator()
        sum.add(header.network64(at: 0))
        sum.add(header.network64(at: 8))
        sum.add(header.network32(at: 16))
        return sum.isRight
    }

    /// Whether the checksum of an IPv4 header with options is right.
    @inline(never)
    private static func isRight(longHeader summary: FrameSummary, _ index: Int, _ batch: borrowing FrameBatch) -> Bool {
        var sum = ChecksumAccumulator()
        return batch.sum(summary.ipLength, of: index, from: summary.networkOffset, into: &sum) && sum.isRight
    }

    /// Whether the TCP or UDP checksum of a frame is right.
    ///
    /// In most frames the addresses of the pseudo-header stand right before what is summed, and all of it is in the header
    /// segment.
    @inline(__always)
    private static func isRight(
        transport summary: FrameSummary, _ header: RawSpan, _ index: Int, _ batch: borrowing FrameBatch
    ) -> Bool {
        let (start, end) = (summary.transportOffset, summary.transportEnd)
        guard let addresses = summary.addressesBeforeTransport, start <= end, end <= header.byteCount,
            !batch[index].insertion.isOver(start, end)
        else { return isRight(farTransport: summary, index, batch) }
        var sum = ChecksumAccumulator()
        sum.add(UInt16(summary.protocolNumber))
        sum.add(UInt16(truncatingIfNeeded: end &- start))
        sum.add(header.extracting(addresses..<end))
        return sum.isRight
    }

    @inline(never)
    private static func isRight(
        farTransport summary: FrameSummary, _ index: Int, _ batch: borrowing FrameBatch
    ) -> Bool {
        let (start, end) = (summary.transportOffset, summary.transportEnd)
        var sum = ChecksumAccumulator(pseudoHeaderOf: summary, batch.header(of: index))
        sum.add(UInt16(truncatingIfNeeded: end &- start))
        if batch[index].insertion.isOver(start, end) { return batch[index].insertion.isRight(sum.folded) }
        return batch.sum(end &- start, of: index, from: start, into: &sum) && sum.isRight
    }

    /// The checksum is the CRC32c of the packet with four zero bytes in its place (RFC 9260 section 6.8).
    @inline(never)
    private static func verifySCTP(
        _ summary: FrameSummary, _ header: RawSpan, _ index: Int, _ batch: borrowing FrameBatch
    ) -> ChecksumReport {
        if batch[index].offload.isChecksumValid { return .transportChecked }
        let start = summary.transportOffset
        let checksum = header.network32(at: start &+ 8).byteSwapped
        var crc = CRC32(.castagnoli)
        crc.add(header.network64(at: start).byteSwapped)
        for _ in 0..<4 { crc.add(UInt8(0)) }
        let rest = summary.transportEnd &- start &- 12
        let isRight = batch.sum(rest, of: index, from: start &+ 12, into: &crc) && crc.value == checksum
        return isRight ? .transportChecked : [.transportChecked, .transportError]
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
