// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// Which pools are in which VLAN: VLVF, and VFTA in front of it.
///
/// The first entry is that of frames with a priority and no VLAN (VID 0).
struct VLANTable {
    private static let count = VLVF.count
    /// Entries kept for each of the other VFs while they are in fewer VLANs.
    private static let reserve = 2

    private struct Entry {
        var identifier: UInt16
        /// A bit for each VF.
        var members: UInt8
        /// The host wants it: no VF's wish removes it.
        var isHosts = false
    }

    private let vfCount: Int
    private let registers: DeviceRegisters
    private var entries: [Entry?]

    init(vfCount: Int, registers: DeviceRegisters) {
        (self.vfCount, self.registers) = (vfCount, registers)
        entries = Array(repeating: nil, count: Self.count)
        entries[0] = Entry(identifier: 0, members: 0)
    }

    mutating func clear() {
        for word in 0..<VFTA.count { registers.write(VFTA.self, word) }
        for index in entries.indices { store(index == 0 ? Entry(identifier: 0, members: 0) : nil, at: index) }
        setFilter(0, true)
    }

    /// False when no entry is left for this VF.
    ///
    /// - Parameter identifier: 0 to 4095.
    mutating func join(_ vf: Int, _ identifier: UInt16) -> Bool {
        guard let index = index(of: identifier) ?? freeEntry(for: vf) else { return false }
        add(vf, to: identifier, at: index)
        return true
    }

    /// Joins for the host: there is always an entry, if need be one that VFs asked for.
    mutating func claim(_ vf: Int, _ identifier: UInt16) {
        let free = index(of: identifier) ?? entries.firstIndex { $0 == nil }
        guard let index = free ?? entries.indices.last(where: { $0 > 0 && entries[$0]?.isHosts == false }) else {
            return
        }
        if let old = entries[index], old.identifier != identifier { setFilter(old.identifier, false) }
        if entries[index]?.identifier != identifier { entries[index] = nil }
        add(vf, to: identifier, at: index)
        entries[index]?.isHosts = true
    }

    private mutating func add(_ vf: Int, to identifier: UInt16, at index: Int) {
        var entry = entries[index] ?? Entry(identifier: identifier, members: 0)
        entry.members |= 1 << UInt8(vf)
        store(entry, at: index)
        setFilter(identifier, true)
    }

    mutating func leave(_ vf: Int, _ identifier: UInt16) {
        guard let index = index(of: identifier), var entry = entries[index] else { return }
        entry.members &= ~(1 << UInt8(vf))
        let isKept = entry.members != 0 || index == 0
        store(isKept ? entry : nil, at: index)
        if !isKept { setFilter(identifier, false) }
    }

    mutating func leaveAll(_ vf: Int) {
        for entry in entries {
            if let entry, entry.members >> UInt8(vf) & 1 == 1 { leave(vf, entry.identifier) }
        }
    }

    private func index(of identifier: UInt16) -> Int? { entries.firstIndex { $0?.identifier == identifier } }

    private func freeEntry(for vf: Int) -> Int? {
        let free = entries.count { $0 == nil }
        let reserved = (0..<vfCount).filter { $0 != vf }.reduce(0) { $0 + max(0, Self.reserve - vlanCount(of: $1)) }
        return free > reserved ? entries.firstIndex { $0 == nil } : nil
    }

    private func vlanCount(of vf: Int) -> Int { entries.dropFirst().count { ($0?.members ?? 0) >> UInt8(vf) & 1 == 1 } }

    private func store(_ index: Int) {
        guard let entry = entries[index] else { return registers.write(VLVF.self, index) }
        registers.write(VLVF.self, index) {
            ($0.identifier, $0.pools, $0.isEnabled) = (entry.identifier, entry.members, true)
        }
    }

    private mutating func store(_ entry: Entry?, at index: Int) {
        entries[index] = entry
        store(index)
    }

    private func setFilter(_ identifier: UInt16, _ isSet: Bool) {
        registers.change(VFTA.self, Int(identifier >> 5)) { $0[Int(identifier & 31)] = isSet }
    }
}
