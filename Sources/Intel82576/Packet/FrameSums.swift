// SPDX-License-Identifier: Apache-2.0

/// Sums over whole frames and parts of them, wherever their segments lie.
extension FrameBatch {
    /// The packet checksum of RXCSUM.PCSS: the sum of frame `index` from byte `start` to its end, not complemented.
    /// 0 when the frame is not that long.
    /// - Parameter gap: where four bytes of VLAN tag are left out, and `start` counts without them.
    func packetChecksum(of index: Int, from start: Int, gap: Int? = nil) -> UInt16 {
        var (sum, start) = (ChecksumAccumulator(), start)
        let end = Int(self[index].byteCount)
        if let gap {
            if start < gap { _ = self.sum(min(gap, end) &- start, of: index, from: start, into: &sum) }
            start = max(start, gap) &+ 4
        }
        _ = self.sum(end &- start, of: index, from: start, into: &sum)
        return sum.folded
    }

    /// The sum of what follows the IPv4 header, to the end of the datagram, not complemented.
    func payloadSum(of index: Int, _ summary: FrameSummary) -> UInt16 {
        var sum = ChecksumAccumulator()
        let ip = IPHeaders(
            ipv4: header(of: index), at: summary.networkOffset, limit: Int(self[index].byteCount))
        let start = ip.offset &+ ip.length
        _ = self.sum(ip.end &- start, of: index, from: start, into: &sum)
        return sum.folded
    }

    /// Stores the complement of the sum of frame `index` from byte `start` to its end in its bytes `field` and
    /// `field + 1`. Those count with the value they have. False, and nothing changes, when `start` is not in the frame or
    /// the field is not in the header segment.
    /// - Parameter zeroIsAllOnes: store 0xFFFF for 0, as UDP wants it (RFC 768).
    mutating func insertChecksum(of index: Int, from start: Int, at field: Int, zeroIsAllOnes: Bool) -> Bool {
        let count = Int(self[index].byteCount) &- start
        return insertChecksum(of: index, from: start, count: count, at: field, zeroIsAllOnes: zeroIsAllOnes)
    }

    /// As ``insertChecksum(of:from:at:zeroIsAllOnes:)``, over `count` bytes.
    mutating func insertChecksum(of index: Int, from start: Int, count: Int, at field: Int, zeroIsAllOnes: Bool) -> Bool
    {
        var accumulator = ChecksumAccumulator()
        guard count > 0, isInHeader(field, 2, of: index), sum(count, of: index, from: start, into: &accumulator) else {
            return false
        }
        let checksum = accumulator.checksum
        var header = mutableHeader(of: index)
        header.storeNetwork16(checksum == 0 && zeroIsAllOnes ? .max : checksum, at: field)
        return true
    }

    /// Whether bytes `offset..<offset + count` of frame `index` are in its header segment.
    @inline(__always)
    func isInHeader(_ offset: Int, _ count: Int, of index: Int) -> Bool {
        offset >= 0 && offset <= header(of: index).byteCount &- count
    }

    /// Does what ``Offload/needsChecksum`` leaves to do in frame `index`. Afterwards the checksum counts as valid.
    /// False when there was nothing to do or its place is not in the frame's header segment.
    mutating func completeChecksum(of index: Int) -> Bool {
        let offload = self[index].offload
        let start = Int(offload.checksumStart)
        guard offload.needsChecksum,
            insertChecksum(
                of: index, from: start, at: start &+ Int(offload.checksumOffset),
                zeroIsAllOnes: offload.checksumOffset == 6)
        else { return false }
        self[index].offload.needsChecksum = false
        self[index].offload.isChecksumValid = true
        return true
    }

    /// Completes the checksum of frame `index`, for which nobody vouches any more: what follows may spoil it.
    package mutating func finishChecksum(of index: Int) {
        _ = completeChecksum(of: index)
        (self[index].offload.needsChecksum, self[index].offload.isChecksumValid) = (false, false)
    }
}

extension ChecksumAccumulator {
    /// The pseudo-header of TCP and UDP without its length (RFC 9293 section 3.1, RFC 8200 section 8.1).
    ///
    /// A home address option is the source (RFC 6275 section 11.3.1). Not for packets that are source routed.
    /// - Parameter bytes: the first bytes of the frame, of which `summary` was made.
    @inline(__always)
    init(pseudoHeaderOf summary: FrameSummary, _ bytes: RawSpan) {
        self.init()
        add(UInt16(summary.protocolNumber))
        let network = summary.networkOffset
        if summary.isIPv4 {
            add(bytes.network64(at: network &+ 12))
        } else {
            let source = summary.ipv6Addresses(bytes).source
            add(bytes.network64(at: source))
            add(bytes.network64(at: source &+ 8))
            add(bytes.network64(at: network &+ 24))
            add(bytes.network64(at: network &+ 32))
        }
    }
}
