// SPDX-License-Identifier: Apache-2.0

/// How a frame is divided between header buffer and packet buffers, and what its first descriptor says of it.
///
/// - Datasheet: 7.1.6; the cases are those of the table in the I210's manual, which has the same block.
struct HeaderSplit: BitwiseCopyable, Equatable {
    /// Bytes from the start of the frame that go to the header buffer.
    var headerCount = 0
    /// Where the part for the packet buffers begins.
    var packetOffset = 0
    /// SPH, bit 31, and HDR_LEN, bits 30:21 of the first quadword.
    var information: UInt64 = 0
    /// HBO, when the header does not fit its buffer.
    var status = ReceiveStatus()
    /// PKT_LEN where it is not what the packet buffer got.
    var reportedLength: Int?

    /// One buffer for all.
    init() {}

    /// - Parameters:
    ///   - length: bytes of the frame as they go to memory.
    ///   - header: bytes of header, 0 when there is none to split at; at most `length`.
    ///   - room: bytes of the header buffer.
    init(_ format: SRRCTL.Format, length: Int, header: Int, room: Int) {
        switch format {
        case .legacy, .oneBuffer: break
        case .split:
            if header > 0, header <= room { divide(at: header) }
            if header > 0 { report(header, room) }
        case .splitAlways:
            let isSplit = header > 0 && length > room
            divide(at: min(length, room, isSplit ? header : .max))
            if isSplit { report(header, room) } else { information = UInt64(headerCount) << 21 }
        case .replicate, .replicateLarge:
            headerCount = min(length, room)
            if header > 0 { report(header, room) }
            if format == .replicateLarge, length <= room {
                packetOffset = length
                reportedLength = length
                information = information & 1 << 31 | UInt64(length) << 21
            }
        }
    }

    private mutating func divide(at count: Int) { (headerCount, packetOffset) = (count, count) }

    /// A header of `header` bytes was found.
    private mutating func report(_ header: Int, _ room: Int) {
        information = 1 << 31 | UInt64(header) << 21
        if header > room { status = .headerOverflow }
    }
}

extension PSRTYPE {
    /// Longest header that HDR_LEN can tell; a longer one is not split.
    private static let longestHeader = 1023

    /// Bytes of header to split off a frame, the tag in it included; 0 when there is none or its type is not enabled.
    func headerLength(_ headers: PacketHeaders, keepsFragmentsWhole: Bool) -> Int {
        guard let (type, ip) = Self.classify(headers) else { return 0 }
        let length: Int
        if ip.isFragment {
            guard !keepsFragmentsWhole, self[type] else { return 0 }
            length = ip.offset &+ ip.length
        } else {
            switch ip.transport {
            case .tcp where self[type + 1], .udp where self[type + 2]: length = ip.payloadOffset
            default: return 0
            }
        }
        return length <= Self.longestHeader ? length : 0
    }

    /// The number of the type that ends with the IP header, TCP's and UDP's being the next ones, and that header:
    /// 1 IPv4, 4 IPv6 in IPv4, 7 IPv6.
    private static func classify(_ headers: PacketHeaders) -> (type: Int, ip: IPHeaders)? {
        let (ip, inner) = (headers.ip, headers.inner)
        if inner.kind != .none { return ip.isIPv4 && inner.isIPv6 ? (4, inner) : nil }
        return ip.isIPv4 ? (1, ip) : ip.isIPv6 ? (7, ip) : nil
    }
}

extension Receive {
    /// How `queue` gets frame `index` of `batch`, of which `length` bytes go to memory.
    @inline(never)
    mutating func split(
        _ batch: borrowing FrameBatch, _ index: Int, _ queue: Int, _ length: Int, stripsTag: Bool
    ) -> HeaderSplit {
        let control = lanes[queue].control
        guard control.usesHeaderBuffer else { return HeaderSplit() }
        let headers = PacketHeaders(
            batch.header(of: index), frameLength: Int(batch[index].byteCount), tagTypes: rules.tagTypes)
        let header = registers[PSRTYPE.self, queue & 7].headerLength(
            headers, keepsFragmentsWhole: registers[RFCTL.self].keepsFragmentsWhole)
        return HeaderSplit(
            control.format, length: length, header: max(0, header - (stripsTag ? 4 : 0)),
            room: control.headerBufferSize)
    }
}
