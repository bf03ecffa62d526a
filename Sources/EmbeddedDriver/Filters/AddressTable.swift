// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// The exact address filters, RAL and RAH: one for each VF's own address, the rest for further ones they ask for.
///
/// The addresses of VFs lie at the end, that of VF v at 23 - v, where drivers of this chip expect them.
struct AddressTable {
    private static let count = RAL.count
    /// Filters kept for each of the other VFs while they have fewer.
    private static let reserve = 1

    private struct Entry {
        var address: UnicastAddress
        var vf: Int
    }

    private let vfCount: Int
    private let registers: DeviceRegisters
    private var entries: [Entry?]

    init(vfCount: Int, registers: DeviceRegisters) {
        (self.vfCount, self.registers) = (vfCount, registers)
        entries = Array(repeating: nil, count: Self.count)
    }

    private var filters: Range<Int> { 0..<(Self.count - vfCount) }

    /// Clears every filter, also that of the PF's own address: there is no PF to send to, and an address that is in the
    /// table does not leave by the wire.
    mutating func clear() {
        for index in entries.indices { store(nil, at: index) }
    }

    mutating func setStation(_ address: UnicastAddress?, of vf: Int) {
        store(address.map { Entry(address: $0, vf: vf) }, at: Self.count - 1 - vf)
    }

    /// False when no filter is left for this VF.
    mutating func addFilter(_ address: UnicastAddress, of vf: Int) -> Bool {
        if filters.contains(where: { entries[$0]?.vf == vf && entries[$0]?.address == address }) { return true }
        guard let free = freeFilter(for: vf) else { return false }
        store(Entry(address: address, vf: vf), at: free)
        return true
    }

    private func freeFilter(for vf: Int) -> Int? {
        let free = filters.filter { entries[$0] == nil }
        let reserved = (0..<vfCount).filter { $0 != vf }.reduce(0) { $0 + max(0, Self.reserve - filterCount(of: $1)) }
        return free.count > reserved ? free.first : nil
    }

    private func filterCount(of vf: Int) -> Int { filters.count { entries[$0]?.vf == vf } }

    /// Removes the filters of a VF; its own address stays.
    mutating func removeFilters(of vf: Int) {
        for index in filters where entries[index]?.vf == vf { store(nil, at: index) }
    }

    /// The entry is invalid while its halves differ.
    private mutating func store(_ entry: Entry?, at index: Int) {
        entries[index] = entry
        registers.write(RAH.self, index)
        registers[RAL.self, index] = RAL(raw: entry?.address.low ?? 0)
        guard let entry else { return }
        registers.write(RAH.self, index) {
            ($0.address, $0.pools, $0.isValid) = (entry.address.high, 1 << UInt8(entry.vf), true)
        }
    }
}
