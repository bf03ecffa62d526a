/// What checksum verification adds to the extended status and error bits of a receive descriptor. Datasheet 7.1.5, 7.1.10.
struct ChecksumStatus: OptionSet {
    let rawValue: UInt32

    /// UDPCS, bit 4.
    static let udpChecked = ChecksumStatus(rawValue: 1 << 4)
    /// L4I, bit 5. TCP, UDP or SCTP was checked.
    static let l4Checked = ChecksumStatus(rawValue: 1 << 5)
    /// IPCS, bit 6.
    static let ipChecked = ChecksumStatus(rawValue: 1 << 6)
    /// L4E, bit 29.
    static let l4Error = ChecksumStatus(rawValue: 1 << 29)
    /// IPE, bit 30.
    static let ipError = ChecksumStatus(rawValue: 1 << 30)
}

extension FrameBatch {
    /// Checks what `control` (RXCSUM) and `filter` (RFCTL) enable, of the outermost IP header and its transport.
    func verifyChecksums(
        of frame: Int, _ headers: PacketHeaders, _ control: RXCSUM, _ filter: RFCTL
    ) -> ChecksumStatus {
        let ip = headers.ip
        var status: ChecksumStatus = []
        if ip.isIPv4, control.checksIP {
            status.insert(.ipChecked)
            var sum = ChecksumAccumulator()
            if !self.sum(ip.length, of: frame, from: ip.offset, into: &sum) || sum.folded != 0xFFFF {
                status.insert(.ipError)
            }
        }
        guard !ip.isFragment, ip.isIPv4 || !filter.skipsIPv6Checksum else { return status }
        switch ip.transport {
        case .tcp where control.checksL4: verifyTransport(frame, ip, protocolNumber: 6, &status)
        case .udp where control.checksL4: verifyUDP(frame, ip, &status)
        case .sctp where control.checksSCTP: verifySCTP(frame, ip, &status)
        default: break
        }
        return status
    }

    /// A UDP checksum of zero over IPv4 says that there is none.
    private func verifyUDP(_ frame: Int, _ ip: IPHeaders, _ status: inout ChecksumStatus) {
        if ip.isIPv4, header(of: frame).network16(at: ip.transportOffset + 6) == 0 { return }
        status.insert(.udpChecked)
        verifyTransport(frame, ip, protocolNumber: 17, &status)
    }

    private func verifyTransport(
        _ frame: Int, _ ip: IPHeaders, protocolNumber: UInt16, _ status: inout ChecksumStatus
    ) {
        let length = ip.transportEnd - ip.transportOffset
        let bytes = header(of: frame)
        let addressLength = ip.isIPv4 ? 4 : 16
        var sum = ChecksumAccumulator()
        sum.add(bytes.extracting(ip.sourceOffset..<ip.sourceOffset + addressLength))
        sum.add(bytes.extracting(ip.destinationOffset..<ip.destinationOffset + addressLength))
        sum.add(protocolNumber)
        sum.add(UInt16(truncatingIfNeeded: length))
        status.insert(.l4Checked)
        let isComplete = self.sum(length, of: frame, from: ip.transportOffset, into: &sum)
        if !isComplete || sum.folded != 0xFFFF { status.insert(.l4Error) }
    }

    private func verifySCTP(_ frame: Int, _ ip: IPHeaders, _ status: inout ChecksumStatus) {
        let start = ip.transportOffset
        let expected = header(of: frame).network32(at: start + 8).byteSwapped
        var crc = CRC32(.castagnoli)
        let length = ip.transportEnd - start
        var isComplete = length >= 12 && sum(8, of: frame, from: start, into: &crc)
        for _ in 0..<4 { crc.add(UInt8(0)) }
        isComplete = isComplete && sum(length - 12, of: frame, from: start + 12, into: &crc)
        status.insert(.l4Checked)
        if !isComplete || crc.value != expected { status.insert(.l4Error) }
    }
}
