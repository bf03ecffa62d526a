/// The exact-match part of the address filter: the valid RAL/RAH pairs, ready to be compared with a frame's number.
///
/// Rebuilt when one of the registers changes. Datasheet 7.1.2.
struct AddressFilter {
    static let entryCount = 24

    private var destinations = InlineArray<24, UInt64>(repeating: .max)
    private var destinationPools = InlineArray<24, PoolSet>(repeating: 0)
    private var destinationCount = 0
    private var sources = InlineArray<24, UInt64>(repeating: .max)
    private var sourcePools = InlineArray<24, PoolSet>(repeating: 0)
    private var sourceCount = 0

    init() {}

    init(_ registers: borrowing RegisterFile) {
        for index in 0..<Self.entryCount {
            let word = Self.word(index)
            let high = RAH(raw: registers[word: word + 1])
            guard high.isValid else { continue }
            let address = MACAddress(low: registers[word: word], high: high.address).value
            if high.select == 0 {
                destinations[destinationCount] = address
                destinationPools[destinationCount] = high.pools
                destinationCount += 1
            } else if high.select == 1 {
                sources[sourceCount] = address
                sourcePools[sourceCount] = high.pools
                sourceCount += 1
            }
        }
    }

    /// Word index of RAL[index]: 16 pairs at 0x5400, 8 at 0x54E0.
    static func word(_ index: Int) -> Int { (index < 16 ? 0x5400 + 8 * index : 0x54E0 + 8 * (index - 16)) / 4 }

    @inline(__always)
    func matches(destination: MACAddress, source: MACAddress) -> Bool {
        for index in 0..<destinationCount where destinations[index] == destination.value { return true }
        for index in 0..<sourceCount where sources[index] == source.value { return true }
        return false
    }

    /// Whether an entry matches, and the pools of all that do. An entry without pools matches all the same.
    func pools(destination: MACAddress, source: MACAddress) -> (isMatch: Bool, pools: PoolSet) {
        var result = (isMatch: false, pools: PoolSet(0))
        for index in 0..<destinationCount where destinations[index] == destination.value {
            result = (true, result.pools | destinationPools[index])
        }
        for index in 0..<sourceCount where sources[index] == source.value {
            result = (true, result.pools | sourcePools[index])
        }
        return result
    }

    /// The pools of the first entry that matches, all that count without replication; `nil` when none does.
    func firstPools(destination: MACAddress, source: MACAddress) -> PoolSet? {
        for index in 0..<destinationCount where destinations[index] == destination.value {
            return destinationPools[index]
        }
        for index in 0..<sourceCount where sources[index] == source.value { return sourcePools[index] }
        return nil
    }

    /// The pools that may send from `source`: those of the destination entries with that address.
    func pools(ofSource source: MACAddress) -> PoolSet {
        var pools: PoolSet = 0
        for index in 0..<destinationCount where destinations[index] == source.value { pools |= destinationPools[index] }
        return pools
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

/// Why a frame was taken, or not.
enum AddressMatch {
    case none
    case exact
    /// Only an inexact filter matched: status PIF.
    case inexact
}

extension Port {
    /// The L2 filter without pools. Datasheet 7.1.2.1.
    @inline(__always)
    func matchAddress(_ destination: MACAddress, source: MACAddress, _ control: RCTL) -> AddressMatch {
        if addressFilter.matches(destination: destination, source: source) { return .exact }
        if destination.isBroadcast {
            return control.acceptsBroadcast || control.isMulticastPromiscuous ? .exact : .none
        }
        guard destination.isMulticast else { return control.isUnicastPromiscuous ? .inexact : .none }
        if hits(Self.multicastTable, destination, control) { return .inexact }
        return control.isMulticastPromiscuous ? .inexact : .none
    }

    /// The VLAN filter: `tag` is the frame's TCI, `nil` for an untagged frame.
    @inline(__always)
    func passesVLANFilter(_ tag: UInt16?, _ control: RCTL) -> Bool {
        guard control.filtersVLAN, let tag else { return true }
        if control.filtersCFI, (tag & 0x1000 != 0) != control.cfi { return false }
        let identifier = Int(tag & 0xFFF)
        return registers[word: 0x5600 / 4 + identifier / 32] &>> UInt32(identifier & 31) & 1 != 0
    }
}
