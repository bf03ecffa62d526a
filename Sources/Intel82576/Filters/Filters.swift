// SPDX-License-Identifier: Apache-2.0

/// The filters of layer 2: which addresses and VLANs are taken, and for which pools.
///
/// Exact addresses (RAL and RAH), hash tables for multicast and unicast (MTA, UTA), and the VLAN filter (VFTA). All state
/// is in the registers; the table here is made of them.
///
/// - Datasheet: 7.1.2
struct Filters: ~Copyable {
    private let registers: RegisterFile
    private var addresses = AddressFilter()

    init(_ registers: RegisterFile) { self.registers = registers }

    /// Takes over RAL and RAH.
    mutating func load() { addresses.load(registers) }

    /// Why a frame was taken, or not.
    enum AddressMatch {
        case none
        case exact
        /// Only an inexact filter matched: status PIF.
        case inexact
    }
}

extension Filters {
    /// The address filter without pools. Datasheet 7.1.2.1.
    @inline(__always)
    func match(_ destination: MACAddress, source: MACAddress, _ control: RCTL) -> AddressMatch {
        if addresses.matches(destination: destination, source: source) { return .exact }
        if destination.isBroadcast {
            return control.acceptsBroadcast || control.isMulticastPromiscuous ? .exact : .none
        }
        guard destination.isMulticast else { return control.isUnicastPromiscuous ? .inexact : .none }
        if isInMulticastTable(destination, control) { return .inexact }
        return control.isMulticastPromiscuous ? .inexact : .none
    }

    /// Whether an exact filter has the addresses of a frame, and the pools of all filters that do. A filter without pools
    /// matches all the same.
    @inline(__always)
    func pools(destination: MACAddress, source: MACAddress) -> (isMatch: Bool, pools: PoolSet) {
        addresses.pools(destination: destination, source: source)
    }

    /// The pools of the first exact filter that matches, all that count without replication; `nil` when none does.
    func firstPools(destination: MACAddress, source: MACAddress) -> PoolSet? {
        addresses.firstPools(destination: destination, source: source)
    }

    /// The pools that may send from `source`: those of the exact filters with that destination address.
    @inline(__always)
    func pools(ofSource source: MACAddress) -> PoolSet { addresses.pools(ofSource: source) }

    /// Whether the hash table for multicast (MTA) has the address.
    func isInMulticastTable(_ address: MACAddress, _ control: RCTL) -> Bool {
        let index = address.hashIndex(offset: control.multicastOffset)
        return registers[MTA.self, index / 32].raw &>> UInt32(index & 31) & 1 != 0
    }

    /// Whether the hash table for unicast (UTA) has the address.
    func isInUnicastTable(_ address: MACAddress, _ control: RCTL) -> Bool {
        let index = address.hashIndex(offset: control.multicastOffset)
        return registers[UTA.self, index / 32].raw &>> UInt32(index & 31) & 1 != 0
    }

    /// The VLAN filter of the port (RCTL.VFE, VFTA; RCTL.CFIEN). Untagged frames pass.
    @inline(__always)
    func passesVLAN(_ summary: FrameSummary, _ control: RCTL) -> Bool {
        guard control.filtersVLAN, summary.isTagged else { return true }
        if control.filtersCFI, (summary.tag & 0x1000 != 0) != control.cfi { return false }
        let identifier = Int(summary.tag & 0xFFF)
        return registers[VFTA.self, identifier / 32].raw &>> UInt32(identifier & 31) & 1 != 0
    }
}
