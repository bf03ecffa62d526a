// SPDX-License-Identifier: Apache-2.0

/// What the queue filters say of a frame.
struct FilterVerdict: BitwiseCopyable, Equatable {
    /// The choice of the filter that ranks highest; `nil` leaves it to pools, RSS and the default queue.
    var steering: Steering?
    /// The EtherType filter that matched; the descriptor's packet type names it.
    var etherTypeFilter: Int?
    /// The interrupt does not wait for EITR.
    var isImmediate = false
    /// A filter for IEEE 1588 packets matched.
    var isTimed = false
}

/// The filters that choose a queue by content: eight by EtherType (ETQF), eight by addresses, protocol, ports, TCP flags
/// and size (FTQF and its companions), one for TCP SYN (SYNQF), and the VLAN priority that interrupts at once (IMIRVP).
///
/// EtherType filters rank above the others, the lowest number first. Then RFCTL.SYNQFP says whether the SYN filter or the
/// 5-tuple filters come first, of which the highest priority counts, then the lowest number. Interrupt and time stamp are
/// asked for by any filter that matches.
///
/// Decoded when one of their registers changes; a frame pays for a single test while none is in use.
///
/// - Datasheet: 7.1.1; the same block is in the I210, whose manual has the order and the size compared.
struct QueueFilters: ~Copyable {
    struct Kinds: OptionSet, BitwiseCopyable, Sendable {
        let rawValue: UInt8
        static let etherType = Kinds(rawValue: 1 << 0)
        static let tuple = Kinds(rawValue: 1 << 1)
        static let syn = Kinds(rawValue: 1 << 2)
        static let vlanPriority = Kinds(rawValue: 1 << 3)
    }

    /// What any frame has to be compared with.
    private(set) var used: Kinds = []
    private let etherTypes = FixedBuffer<ETQF>(repeating: ETQF(raw: 0), count: 8)
    /// Enabled ones of ``etherTypes``, a bit each.
    private var etherTypeMask: UInt8 = 0
    /// The highest priority first.
    private let tuples = FixedBuffer<TupleFilter>(repeating: TupleFilter(), count: 8)
    private var tupleCount = 0
    private var syn = SYNQF(raw: 0)
    private var isSYNFirst = false
    private var vlanPriority = IMIRVP(raw: 0)

    init() {}

    /// Takes the registers as they are now.
    mutating func load(_ registers: RegisterFile) {
        used = []
        loadEtherTypes(registers)
        loadTuples(registers)
        syn = registers[SYNQF.self]
        if syn.steers { used.insert(.syn) }
        isSYNFirst = registers[RFCTL.self].ranksSYNFirst
        vlanPriority = registers[IMIRVP.self]
        if vlanPriority.isEnabled { used.insert(.vlanPriority) }
    }

    private mutating func loadEtherTypes(_ registers: RegisterFile) {
        etherTypeMask = 0
        for index in 0..<8 {
            etherTypes[index] = registers[ETQF.self, index]
            if etherTypes[index].isEnabled { etherTypeMask |= 1 &<< UInt8(index) }
        }
        if etherTypeMask != 0 { used.insert(.etherType) }
    }

    private mutating func loadTuples(_ registers: RegisterFile) {
        tupleCount = 0
        for priority in stride(from: 7, through: 0, by: -1) {
            for index in 0..<8 {
                let filter = TupleFilter(registers, index)
                guard filter.isUsed, filter.priority == priority else { continue }
                tuples[tupleCount] = filter
                tupleCount += 1
            }
        }
        if tupleCount > 0 { used.insert(.tuple) }
    }
}

// MARK: Matching

extension QueueFilters {
    /// - Parameters:
    ///   - pool: the pool this copy of the frame is for; `nil` without pools.
    ///   - length: bytes as they go to memory.
    /// - Precondition: `bytes` are those `summary` was made of.
    @inline(__always)
    borrowing func verdict(_ summary: FrameSummary, _ bytes: RawSpan, pool: Int?, length: Int) -> FilterVerdict {
        var verdict = FilterVerdict()
        guard !used.isEmpty else { return verdict }
        if used.contains(.etherType) { matchEtherType(summary.networkType, &verdict) }
        if used.contains(.vlanPriority), summary.isTagged, summary.tag &>> 13 >= vlanPriority.priority {
            verdict.isImmediate = true
        }
        if !used.isDisjoint(with: [.tuple, .syn]) {
            matchFlow(Flow(summary, bytes, pool: pool, length: length), &verdict)
        }
        return verdict
    }

    private borrowing func matchFlow(_ flow: Flow, _ verdict: inout FilterVerdict) {
        let synChoice =
            syn.steers && flow.flags & Flow.synFlag != 0 ? Steering(queue: syn.queue, rule: .syn) : nil
        let tupleChoice = matchTuples(flow, &verdict)
        if verdict.steering == nil {
            verdict.steering = isSYNFirst ? synChoice ?? tupleChoice : tupleChoice ?? synChoice
        }
    }

    private borrowing func matchEtherType(_ type: UInt16, _ verdict: inout FilterVerdict) {
        var left = etherTypeMask
        while left != 0 {
            let index = left.trailingZeroBitCount
            left &= left &- 1
            let filter = etherTypes[index]
            guard filter.etherType == type else { continue }
            verdict.etherTypeFilter = index
            verdict.isImmediate = filter.isImmediate
            verdict.isTimed = filter.isTimed
            if filter.steers { verdict.steering = Steering(queue: filter.queue, rule: .etherType(index)) }
            return
        }
    }

    /// The choice of the first filter that matches and steers.
    private borrowing func matchTuples(_ flow: Flow, _ verdict: inout FilterVerdict) -> Steering? {
        var steering: Steering?
        for index in 0..<tupleCount where tuples[index].matches(flow) {
            let filter = tuples[index]
            if filter.isImmediate { verdict.isImmediate = true }
            if filter.isTimed { verdict.isTimed = true }
            if steering == nil { steering = filter.steering }
        }
        return steering
    }
}

/// What 5-tuple and SYN filters compare of a frame.
struct Flow: BitwiseCopyable {
    static let synFlag: UInt8 = 1 << 1

    var isIP = false
    var protocolNumber: UInt8 = 0
    /// IPv4 addresses; other frames match no address.
    var addresses: UInt64?
    /// Source and destination port of TCP, UDP and SCTP; fragments have none.
    var ports: UInt32?
    /// The six flags of a TCP header, FIN lowest; 0 for everything else.
    var flags: UInt8 = 0
    var pool: Int?
    var length = 0

    init(_ summary: FrameSummary, _ bytes: RawSpan, pool: Int?, length: Int) {
        (self.pool, self.length) = (pool, length)
        isIP = summary.isIP
        protocolNumber = summary.protocolNumber
        if summary.isIPv4 { addresses = bytes.network64(at: summary.networkOffset &+ 12) }
        guard summary.transport != .none, !summary.isFragment else { return }
        ports = bytes.network32(at: summary.transportOffset)
        if summary.transport == .tcp { flags = bytes.byte(at: summary.transportOffset &+ 13) & 0x3F }
    }
}

/// One 5-tuple filter with its companions.
struct TupleFilter: BitwiseCopyable {
    private var tuple = FTQF(raw: 0xF000_0000)
    private var port = IMIR(raw: 0)
    private var size = IMIREXT(raw: 0)
    private var flags: UInt8 = 0
    /// As the wire has them.
    private var source: UInt32 = 0
    private var destination: UInt32 = 0
    private var sourcePort: UInt16 = 0
    private var number = 0

    init() {}

    /// Addresses and ports are stored as a little-endian host holds what is on the wire.
    init(_ registers: RegisterFile, _ index: Int) {
        number = index
        tuple = registers[FTQF.self, index]
        port = registers[IMIR.self, index]
        size = registers[IMIREXT.self, index]
        flags = size.tcpFlags
        source = registers[SAQF.self, index].raw.byteSwapped
        destination = registers[DAQF.self, index].raw.byteSwapped
        sourcePort = UInt16(truncatingIfNeeded: registers[SPQF.self, index].raw).byteSwapped
    }

    /// A match would have an effect.
    var isUsed: Bool { tuple.steers || tuple.isTimed || port.isImmediate }
    var priority: Int { port.priority }
    var isImmediate: Bool { port.isImmediate }
    var isTimed: Bool { tuple.isTimed }
    var steering: Steering? { tuple.steers ? Steering(queue: tuple.queue, rule: .tuple(number)) : nil }

    /// Everything that is compared is the same. Of the TCP flags one of those named is enough.
    func matches(_ flow: Flow) -> Bool {
        if let pool = flow.pool, !tuple.ignoresPool, pool != tuple.pool { return false }
        if !tuple.ignoresProtocol, !flow.isIP || flow.protocolNumber != tuple.protocolNumber { return false }
        if !size.ignoresSize, flow.length >= size.sizeThreshold { return false }
        if !size.ignoresFlags, flow.flags & flags == 0 { return false }
        return matchesAddresses(flow.addresses) && matchesPorts(flow.ports)
    }

    private func matchesAddresses(_ addresses: UInt64?) -> Bool {
        if tuple.ignoresSource, tuple.ignoresDestination { return true }
        guard let addresses else { return false }
        return (tuple.ignoresSource || UInt32(truncatingIfNeeded: addresses &>> 32) == source)
            && (tuple.ignoresDestination || UInt32(truncatingIfNeeded: addresses) == destination)
    }

    private func matchesPorts(_ ports: UInt32?) -> Bool {
        if tuple.ignoresSourcePort, port.ignoresDestinationPort { return true }
        guard let ports else { return false }
        return (tuple.ignoresSourcePort || UInt16(truncatingIfNeeded: ports &>> 16) == sourcePort)
            && (port.ignoresDestinationPort || UInt16(truncatingIfNeeded: ports) == port.destinationPort)
    }
}
