// SPDX-License-Identifier: Apache-2.0

/// Which queue the contents of a frame choose: queue filters (ETQF, FTQF and its companions, SYNQF, IMIRVP) before RSS
/// (MRQC, RETA, RSSRK) before the default queue.
///
/// All state is in the registers; the tables here are made of them.
///
/// - Datasheet: 7.1.1
struct QueueSelection: ~Copyable {
    private let registers: RegisterFile
    private(set) var filters = QueueFilters()
    private var rss = RSS()

    init(_ registers: RegisterFile) { self.registers = registers }

    /// Takes over the registers of queue filters.
    mutating func loadFilters() { filters.load(registers) }

    /// Takes over RSSRK.
    mutating func loadKey() {
        var key = InlineArray<10, UInt32>(repeating: 0)
        for index in 0..<10 { key[index] = registers[RSSRK.self, index].raw }
        rss.setKey(key)
    }

    /// A filter is in use.
    var isFiltering: Bool { @inline(__always) get { !filters.used.isEmpty } }

    /// What the filters say of a frame; see ``QueueFilters/verdict(_:_:pool:length:)``.
    mutating func verdict(_ summary: FrameSummary, _ bytes: RawSpan, pool: Int?, length: Int) -> FilterVerdict {
        filters.verdict(summary, bytes, pool: pool, length: length)
    }

    /// The queue that RSS chooses for a packet, and what its descriptor reports of that.
    struct Spread: BitwiseCopyable {
        /// `nil` when no enabled hash type applies.
        var queue: Int?
        /// RSS type in bits 3:0 and hash in bits 63:32 of the descriptor's first quadword.
        var information: UInt64 = 0
    }

    /// - Parameter bytes: the first bytes of the frame, of which `summary` was made.
    mutating func spread(_ summary: FrameSummary, _ bytes: RawSpan, _ command: MRQC) -> Spread {
        let (hash, type) = rss.hash(
            summary, bytes, enabledTypes: command.hashTypes,
            extensions: registers[RFCTL.self].hashExtensions)
        return Spread(
            queue: type == .none ? nil : redirected(hash), information: UInt64(type.rawValue) | UInt64(hash) &<< 32)
    }

    /// The queue that RETA has for an RSS hash.
    @inline(__always)
    private func redirected(_ hash: UInt32) -> Int {
        let entry = Int(hash & 127)
        return Int(registers[RETA.self, entry / 4].raw &>> UInt32(truncatingIfNeeded: 8 &* (entry & 3)) & 0xF)
    }
}
