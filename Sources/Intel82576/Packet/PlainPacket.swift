/// A frame as most are, told by a few comparisons: Ethernet II without a tag, a whole IPv4 datagram without options in it,
/// and in that TCP or UDP. Everything else goes the long way, through ``PacketHeaders``.
///
/// What is said here of a plain packet is what ``PacketHeaders`` and ``ChecksumVerification`` say of it.
struct PlainPacket: BitwiseCopyable {
    /// Where the IP and the transport header are.
    static let network = 14
    static let transport = 34
    /// Shortest one: a UDP datagram without data.
    private static let shortest = 42

    var destination = MACAddress(value: 0)
    var source = MACAddress(value: 0)
    /// The end of TCP's or UDP's data.
    @Narrow var transportEnd = 0
    var isTCP = false

    /// `nil` when the frame of `frameLength` bytes, of which the first are `bytes`, is not plain. The caller knows that no
    /// VLAN tag has IPv4's EtherType.
    @inline(__always)
    init?(_ bytes: RawSpan, frameLength: Int) {
        guard min(bytes.byteCount, frameLength) >= Self.shortest, bytes.network32(at: 12) &>> 8 == 0x080045 else {
            return nil
        }
        let total = Int(bytes.network16(at: 16))
        let end = Self.network &+ total
        // More fragments, and the fragment offset.
        guard end <= frameLength, bytes.network16(at: 20) & 0x3FFF == 0 else { return nil }
        switch bytes.byte(at: 23) {
        case IPProtocol.tcp:
            guard min(bytes.byteCount, end) >= Self.transport &+ 20 else { return nil }
            let length = Int(bytes.byte(at: Self.transport &+ 12) &>> 4) &* 4
            guard length >= 20, length <= end &- Self.transport else { return nil }
            (transportEnd, isTCP) = (end, true)
        case IPProtocol.udp:
            let length = Int(bytes.network16(at: Self.transport &+ 4))
            guard length >= 8, length <= end &- Self.transport else { return nil }
            transportEnd = Self.transport &+ length
        default: return nil
        }
        destination = MACAddress(value: bytes.network64(at: 0) &>> 16)
        source = MACAddress(value: bytes.network64(at: 6) &>> 16)
    }

    /// The packet type of the advanced receive descriptor: IPv4, and TCP or UDP.
    var packetType: UInt64 { isTCP ? 0x11 : 0x21 }

    /// What filters look at.
    var headers: PacketHeaders {
        var headers = PacketHeaders()
        (headers.destination, headers.source) = (destination, source)
        return headers
    }
}

extension ChecksumVerification {
    /// Checks frame `index` of `batch`, which is `packet`.
    @inline(__always)
    func verify(_ packet: PlainPacket, frame index: Int, of batch: borrowing FrameBatch) -> ChecksumReport {
        let header = batch.header(of: index)
        var report: ChecksumReport = checksIP ? Self.verifyIP(header) : []
        guard checksTCPAndUDP else { return report }
        if !packet.isTCP {
            if header.network16(at: PlainPacket.transport &+ 6) == 0 { return report }
            report.formUnion(.udpChecked)
        }
        report.formUnion(.transportChecked)
        let isRight =
            batch[index].offload.isChecksumValid
            || Self.isSumRight(packet, header, batch[index].insertion, index, batch)
        return isRight ? report : report.union(.transportError)
    }

    @inline(__always)
    private static func verifyIP(_ header: RawSpan) -> ChecksumReport {
        var sum = ChecksumAccumulator()
        sum.add(header.network64(at: PlainPacket.network))
        sum.add(header.network64(at: PlainPacket.network &+ 8))
        sum.add(header.network32(at: PlainPacket.network &+ 16))
        return sum.checksum == 0 ? .ipChecked : [.ipChecked, .ipError]
    }

    @inline(__always)
    private static func isSumRight(
        _ packet: PlainPacket, _ header: RawSpan, _ insertion: FrameBatch.Insertion, _ index: Int,
        _ batch: borrowing FrameBatch
    ) -> Bool {
        let count = packet.transportEnd &- PlainPacket.transport
        var sum = ChecksumAccumulator()
        sum.add(header.network64(at: PlainPacket.network &+ 12))
        sum.add(UInt16(packet.isTCP ? IPProtocol.tcp : IPProtocol.udp))
        sum.add(UInt16(truncatingIfNeeded: count))
        if insertion.isOver(PlainPacket.transport, packet.transportEnd) { return insertion.isRight(sum.folded) }
        return batch.sum(count, of: index, from: PlainPacket.transport, into: &sum) && sum.checksum == 0
    }
}

extension FrameBatch.Insertion {
    /// It covers the bytes from `start` to `end`.
    @inline(__always)
    func isOver(_ start: Int, _ end: Int) -> Bool { Int(self.end) == end && Int(self.start) == start }

    /// The checksum is right if it was seeded right, with `sum`. All ones and zero are the same sum.
    @inline(__always)
    func isRight(_ sum: UInt16) -> Bool { sum == seed || sum ^ seed == .max && sum &+ 1 < 2 }
}
