// SPDX-License-Identifier: Apache-2.0

/// The exact-match part of the address filter: the valid RAL/RAH pairs, found by hash.
///
/// Rebuilt when one of the registers changes. Datasheet 7.1.2.
struct AddressFilter: ~Copyable {
    static let entryCount = 24

    /// An address, and what the entries that have it say together.
    struct Entry: BitwiseCopyable {
        /// Not an address while the slot is free.
        var address = UInt64.max
        var pools: PoolSet = 0
        /// Those of the first entry with the address.
        var firstPools: PoolSet = 0
    }

    /// More than twice the entries, so that a search ends after a step or two.
    private static let slotBits = 6

    private let destinations = FixedBuffer<Entry>(repeating: Entry(), count: 1 << slotBits)
    private let sources = FixedBuffer<Entry>(repeating: Entry(), count: 1 << slotBits)
    private var hasSources = false

    /// Takes over the registers' entries.
    mutating func load(_ registers: RegisterFile) {
        for slot in 0..<destinations.count {
            destinations[slot] = Entry()
            sources[slot] = Entry()
        }
        hasSources = false
        for index in 0..<Self.entryCount {
            let high = registers[RAH.self, index]
            guard high.isValid, high.select < 2 else { continue }
            let address = MACAddress(low: registers[RAL.self, index].raw, high: high.address).value
            if high.select == 0 {
                Self.add(address, high.pools, to: destinations)
            } else {
                Self.add(address, high.pools, to: sources)
                hasSources = true
            }
        }
    }

    private static func add(_ address: UInt64, _ pools: PoolSet, to table: borrowing FixedBuffer<Entry>) {
        let slot = slot(of: address, in: table)
        let isNew = table[slot].address != address
        let entry = table[slot]
        table[slot] = Entry(
            address: address, pools: entry.pools | pools, firstPools: isNew ? pools : entry.firstPools)
    }

    /// Where `address` is, or would be: there is always a free slot.
    @inline(__always)
    private static func slot(of address: UInt64, in table: borrowing FixedBuffer<Entry>) -> Int {
        var slot = Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- slotBits))
        while table[slot].address != address, table[slot].address != .max { slot = (slot &+ 1) & (1 &<< slotBits &- 1) }
        return slot
    }

    @inline(__always)
    func matches(destination: MACAddress, source: MACAddress) -> Bool {
        has(destination, in: destinations) || hasSources && has(source, in: sources)
    }

    @inline(__always)
    private func has(_ address: MACAddress, in table: borrowing FixedBuffer<Entry>) -> Bool {
        table[Self.slot(of: address.value, in: table)].address == address.value
    }

    /// Whether an entry matches, and the pools of all that do. An entry without pools matches all the same.
    @inline(__always)
    func pools(destination: MACAddress, source: MACAddress) -> (isMatch: Bool, pools: PoolSet) {
        let found = destinations[Self.slot(of: destination.value, in: destinations)]
        guard hasSources else { return (found.address == destination.value, found.pools) }
        let other = sources[Self.slot(of: source.value, in: sources)]
        return (found.address == destination.value || other.address == source.value, found.pools | other.pools)
    }

    /// The pools of the first entry that matches, all that count without replication; `nil` when none does.
    func firstPools(destination: MACAddress, source: MACAddress) -> PoolSet? {
        let found = destinations[Self.slot(of: destination.value, in: destinations)]
        if found.address == destination.value { return found.firstPools }
        let other = sources[Self.slot(of: source.value, in: sources)]
        return other.address == source.value ? other.firstPools : nil
    }

    /// The pools that may send from `source`: those of the destination entries with that address.
    @inline(__always)
    func pools(ofSource source: MACAddress) -> PoolSet {
        destinations[Self.slot(of: source.value, in: destinations)].pools
    }
}

extension MACAddress {
    /// As RAL and RAH hold it: the first byte on the wire lowest.
    init(low: UInt32, high: UInt32) {
        let bytes = UInt64(high & 0xFFFF) << 32 | UInt64(low)
        self.init(value: bytes.byteSwapped >> 16)
    }

    var registerWords: (low: UInt32, high: UInt32) {
        let bytes = (value << 16).byteSwapped
        return (UInt32(truncatingIfNeeded: bytes), UInt32(truncatingIfNeeded: bytes >> 32))
    }

    /// The 12 bits that index MTA and UTA; `offset` is RCTL.MO.
    @inline(__always)
    func hashIndex(offset: Int) -> Int {
        let tail = Int(truncatingIfNeeded: (value & 0xFF) &<< 8 | (value &>> 8) & 0xFF)
        let shift = offset == 3 ? 0 : 4 &- offset
        return tail &>> shift & 0xFFF
    }
}
