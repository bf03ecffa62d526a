/// Frame counters of a batch, added to the statistics registers in one go.
///
/// Lengths include the four bytes of FCS, as the MAC counts them. Datasheet 8.18.
struct FrameCounters {
    var packets: UInt32 = 0
    var octets: UInt64 = 0
    var multicast: UInt32 = 0
    var broadcast: UInt32 = 0
    /// 64, 65-127, 128-255, 256-511, 512-1023, 1024 and more.
    var sizes = InlineArray<6, UInt32>(repeating: 0)

    /// Counts `packets` frames of `byteCount` bytes each (FCS excluded), all to the same destination.
    @inline(__always)
    mutating func count(byteCount: Int, isMulticast: Bool, isBroadcast: Bool, packets: UInt32 = 1) {
        let length = max(byteCount, 60) &+ 4
        self.packets &+= packets
        octets &+= UInt64(truncatingIfNeeded: length) &* UInt64(packets)
        if isBroadcast { broadcast &+= packets } else if isMulticast { multicast &+= packets }
        sizes[Self.bucket(length)] &+= packets
    }

    /// Counts a unicast frame of `byteCount` bytes.
    @inline(__always)
    mutating func count(unicast byteCount: Int) {
        let length = max(byteCount, 60) &+ 4
        packets &+= 1
        octets &+= UInt64(truncatingIfNeeded: length)
        sizes[Self.bucket(length)] &+= 1
    }

    @inline(__always)
    static func bucket(_ length: Int) -> Int {
        // 64 is bucket 0, 65...127 bucket 1, then one bucket for each power of two, open at the top.
        length <= 64 ? 0 : min(5, max(1, length.bitWidth &- length.leadingZeroBitCount &- 6))
    }
}

/// Frames and their octets, FCS included.
struct FrameTotals {
    var packets: UInt32 = 0
    var octets: UInt64 = 0

    /// Counts a frame of `byteCount` bytes, FCS excluded.
    @inline(__always)
    mutating func count(_ byteCount: Int) {
        packets &+= 1
        octets &+= UInt64(truncatingIfNeeded: byteCount &+ 4)
    }
}

extension Port {
    /// Adds to the statistics registers at `packets` (32 bits) and `octets` (64 bits).
    func add(_ totals: FrameTotals, packets: Int, octets: Int) {
        guard totals.packets != 0 else { return }
        add(totals.packets, to: packets)
        add64(totals.octets, to: octets)
    }

    /// Adds to a 32-bit statistics register, which sticks at its maximum.
    @inline(__always)
    func add(_ amount: UInt32, to offset: Int) {
        let (sum, overflow) = registers[word: offset / 4].addingReportingOverflow(amount)
        registers[word: offset / 4] = overflow ? .max : sum
    }

    /// Adds to a 64-bit pair (low word at `offset`, high word after it), which sticks at its maximum.
    @inline(__always)
    func add64(_ amount: UInt64, to offset: Int) {
        let old = UInt64(registers[word: offset / 4 + 1]) << 32 | UInt64(registers[word: offset / 4])
        let (sum, overflow) = old.addingReportingOverflow(amount)
        let new = overflow ? .max : sum
        registers[word: offset / 4] = UInt32(truncatingIfNeeded: new)
        registers[word: offset / 4 + 1] = UInt32(truncatingIfNeeded: new >> 32)
    }

    /// Frames that left on the wire (GPTC, GOTC, TPT, TOT, PTCxx, MPTC, BPTC).
    func addTransmitted(_ counters: borrowing FrameCounters) {
        guard counters.packets != 0 else { return }
        add(counters.packets, to: Statistic.GPTC)
        add(counters.packets, to: Statistic.TPT)
        add64(counters.octets, to: Statistic.GOTC)
        add64(counters.octets, to: Statistic.TOT)
        add(counters.packets, to: Statistic.HGPTC)
        add64(counters.octets, to: Statistic.HGOTC)
        add(counters.multicast, to: Statistic.MPTC)
        add(counters.broadcast, to: Statistic.BPTC)
        for bucket in 0..<6 { add(counters.sizes[bucket], to: Statistic.PTC64 + 4 * bucket) }
    }

    /// Counts frame `index` of the transmit batch: on the wire if it goes there, for its pool in any case. What the
    /// uplink will cut up counts as the frames it becomes.
    @inline(__always)
    func countTransmitted(_ index: Int, _ counters: inout FrameCounters) {
        let byteCount = transmitBatch.unicastLength(of: index)
        if byteCount > 0 { counters.count(unicast: byteCount) } else { countOther(index, &counters) }
    }

    @inline(__always)
    private func countOther(_ index: Int, _ counters: inout FrameCounters) {
        let frame = transmitBatch[index]
        let byteCount = Int(frame.byteCount)
        let size = Int(frame.offload.segmentSize)
        guard frame.offload.segmentation != .none, size > 0 else {
            return count(index, frame, byteCount, packets: 1, &counters)
        }
        let header = Int(frame.offload.headerLength)
        let payload = max(0, byteCount - header)
        count(index, frame, header + size, packets: payload / size, &counters)
        if payload % size > 0 { count(index, frame, header + payload % size, packets: 1, &counters) }
    }

    @inline(__always)
    private func count(
        _ index: Int, _ frame: FrameBatch.Frame, _ byteCount: Int, packets: Int, _ counters: inout FrameCounters
    ) {
        guard packets > 0 else { return }
        if frame.sourcePool < 8 { countPoolTransmitted(Int(frame.sourcePool), byteCount: byteCount, packets: packets) }
        if frame.goesToUplink {
            let destination = transmitBatch.destination(of: index)
            counters.count(
                byteCount: byteCount, isMulticast: destination.isMulticast, isBroadcast: destination.isBroadcast,
                packets: UInt32(truncatingIfNeeded: packets))
        } else {
            add(UInt32(truncatingIfNeeded: packets), to: Statistic.HGPTC)
            add64(UInt64(truncatingIfNeeded: (max(60, byteCount) + 4) * packets), to: Statistic.HGOTC)
        }
    }

    /// Frames from the wire that passed the address filter (GPRC, GORC, PRCxx, MPRC, BPRC).
    func addReceived(_ counters: borrowing FrameCounters) {
        guard counters.packets != 0 else { return }
        add(counters.packets, to: Statistic.GPRC)
        add64(counters.octets, to: Statistic.GORC)
        add(counters.multicast, to: Statistic.MPRC)
        add(counters.broadcast, to: Statistic.BPRC)
        for bucket in 0..<6 { add(counters.sizes[bucket], to: Statistic.PRC64 + 4 * bucket) }
    }
}

/// Offsets of the statistics registers the data path adds to; of a 64-bit pair the low one.
///
/// The others stay 0 because what they count cannot happen on this wire: damaged frames (CRCERRS, ALGNERRC, SYMERRS,
/// RXERRC, SEC, RLEC, RFC, RJC, LENERRS, SCVPC), frames too short (RUC: uplinks bring them without padding, so they are
/// padded), collisions and half duplex (SCC, ECOL, MCC, LATECOL, COLC, DC, TNCRS); or because there is no manageability
/// (MGTPRC, MGTPDC, MGTPTC, BMPDRC) and no circuit breaker (CBTMPC, CBRDPC, CBRMPC, HTCBDPC).
enum Statistic {
    static let MPC = 0x4010
    static let HTDPMC = 0x403C
    static let XONRXC = 0x4048
    static let XONTXC = 0x404C
    static let XOFFRXC = 0x4050
    static let XOFFTXC = 0x4054
    static let FCRUC = 0x4058
    static let PRC64 = 0x405C
    static let GPRC = 0x4074
    static let BPRC = 0x4078
    static let MPRC = 0x407C
    static let GPTC = 0x4080
    static let GORC = 0x4088
    static let GOTC = 0x4090
    static let RNBC = 0x40A0
    static let ROC = 0x40AC
    static let TOR = 0x40C0
    static let TOT = 0x40C8
    static let TPR = 0x40D0
    static let TPT = 0x40D4
    static let PTC64 = 0x40D8
    static let MPTC = 0x40F0
    static let BPTC = 0x40F4
    static let TSCTC = 0x40F8
    static let IAC = 0x4100
    static let RPTHC = 0x4104
    static let HGPTC = 0x4118
    static let RXDMTC = 0x4120
    static let HGORC = 0x4128
    static let HGOTC = 0x4130
    static let SSVPC = 0x41A0
    static let SDPC = 0x41A4
}
