// SPDX-License-Identifier: Apache-2.0

/// Frame counters of a batch, added to the statistics registers in one go.
///
/// Lengths include the four bytes of FCS, as the MAC counts them. Datasheet 8.18.
struct FrameCounters {
    var octets: UInt64 = 0
    var multicast: UInt32 = 0
    var broadcast: UInt32 = 0
    /// 64, 65-127, 128-255, 256-511, 512-1023, 1024 and more.
    var sizes = InlineArray<6, UInt32>(repeating: 0)
    var packets: UInt32 { (0..<6).reduce(0) { $0 &+ sizes[$1] } }

    /// Counts `packets` frames, each of `length` bytes on the wire, all to the same destination.
    @inline(__always)
    mutating func count(length: Int, isMulticast: Bool, isBroadcast: Bool, packets: UInt32 = 1) {
        octets &+= UInt64(truncatingIfNeeded: length) &* UInt64(packets)
        if isBroadcast { broadcast &+= packets } else if isMulticast { multicast &+= packets }
        sizes[Self.bucket(length)] &+= packets
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

    /// Counts `packets` frames, each of `length` bytes on the wire.
    @inline(__always)
    mutating func count(_ length: Int, packets: Int = 1) {
        self.packets &+= UInt32(truncatingIfNeeded: packets)
        octets &+= UInt64(truncatingIfNeeded: length &* packets)
    }

    mutating func add(_ other: FrameTotals) {
        packets &+= other.packets
        octets &+= other.octets
    }
}

extension RegisterFile {
    /// Adds to the statistics registers `packets` (32 bits) and `octets` (64 bits).
    func add<P: Register, O: Register>(_ totals: FrameTotals, packets: P.Type, octets: O.Type) {
        guard totals.packets != 0 else { return }
        add(totals.packets, to: packets)
        add64(totals.octets, to: octets)
    }

    /// Frames that left on the wire (GPTC, GOTC, TPT, TOT, PTCxx, MPTC, BPTC).
    func addTransmitted(_ counters: borrowing FrameCounters) {
        let packets = counters.packets
        guard packets != 0 else { return }
        add(packets, to: GPTC.self)
        add(packets, to: TPT.self)
        add64(counters.octets, to: GOTCL.self)
        add64(counters.octets, to: TOTL.self)
        add(packets, to: HGPTC.self)
        add64(counters.octets, to: HGOTCL.self)
        add(counters.multicast, to: MPTC.self)
        add(counters.broadcast, to: BPTC.self)
        add(counters.sizes[0], to: PTC64.self)
        add(counters.sizes[1], to: PTC127.self)
        add(counters.sizes[2], to: PTC255.self)
        add(counters.sizes[3], to: PTC511.self)
        add(counters.sizes[4], to: PTC1023.self)
        add(counters.sizes[5], to: PTC1522.self)
    }

    /// Frames from the wire that passed the address filter (GPRC, GORC, PRCxx, MPRC, BPRC).
    func addReceived(_ counters: borrowing FrameCounters) {
        let packets = counters.packets
        guard packets != 0 else { return }
        add(packets, to: GPRC.self)
        add64(counters.octets, to: GORCL.self)
        add(counters.multicast, to: MPRC.self)
        add(counters.broadcast, to: BPRC.self)
        add(counters.sizes[0], to: PRC64.self)
        add(counters.sizes[1], to: PRC127.self)
        add(counters.sizes[2], to: PRC255.self)
        add(counters.sizes[3], to: PRC511.self)
        add(counters.sizes[4], to: PRC1023.self)
        add(counters.sizes[5], to: PRC1522.self)
    }
}

// What the other statistics registers count cannot happen on this wire, so they stay 0: damaged frames (ALGNERRC, SYMERRS,
// RXERRC, SEC, RLEC, RFC, RJC, LENERRS, SCVPC), frames too short (RUC: uplinks bring them without padding, so they
// are padded), collisions and half duplex (SCC, ECOL, MCC, LATECOL, COLC, DC, TNCRS). There is no manageability (MGTPRC,
// MGTPDC, MGTPTC, BMPDRC) and no circuit breaker (CBTMPC, CBRDPC, CBRMPC, HTCBDPC) either.
