// SPDX-License-Identifier: Apache-2.0

// The layer 2 filters: addresses, hash tables, VLANs.

/// MTA[n] — Multicast Table Array: 32 of 4,096 bits, found by twelve bits of the address (RCTL.MO).
package struct MTA: Register {
    package static var name: RegisterName { .MTA }
    package static var offset: Int { 0x5200 }
    package static var count: Int { 128 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, alias: 0x0200, section: "8.10", in: "Filters/Filters.swift",
                "Multicast hash table, 4096 bits")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// UTA[n] — Unicast Table Array: 32 of 4,096 bits, as MTA but for unicast, where VMOLR.ROPE is set.
package struct UTA: Register {
    package static var name: RegisterName { .UTA }
    package static var offset: Int { 0xA000 }
    package static var count: Int { 128 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, section: "8.14", in: "Filters/Filters.swift", "Unicast hash table used with VMOLR.ROPE")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// VFTA[n] — VLAN Filter Table Array: 32 of 4,096 bits, a bit for each VLAN identifier.
package struct VFTA: Register {
    package static var name: RegisterName { .VFTA }
    package static var offset: Int { 0x5600 }
    package static var count: Int { 128 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, alias: 0x0600, section: "8.10", in: "Filters/Filters.swift", "VLAN filter bitmap")]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}

/// RAL[n] — Receive Address Low: the first four bytes of a station address, the first lowest.
package struct RAL: Register {
    package static var name: RegisterName { .RAL }
    package static var offset: Int { 0x5400 }
    package static var stride: Int { 8 }
    package static var count: Int { 24 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                elements: 0..<16, .readWrite, alias: 0x0040, section: "8.10", in: "Filters/AddressFilter.swift",
                "Receive address low"),
            spec(
                elements: 16..<24, .readWrite, section: "8.10", in: "Filters/AddressFilter.swift",
                "Receive address low, entries 16 to 23"),
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// Entries 16 to 23 lie apart.
    @inline(__always)
    package static func offset(of index: Int) -> Int { index < 16 ? 0x5400 &+ 8 &* index : 0x5460 &+ 8 &* index }
}

/// RAH[n] — Receive Address High.
package struct RAH: Register {
    package static var name: RegisterName { .RAH }
    package static var offset: Int { RAL.offset + 4 }
    package static var stride: Int { RAL.stride }
    package static var count: Int { RAL.count }
    package static var specs: [RegisterSpec] {
        [
            spec(
                elements: 0..<16, .readWrite, writable: 0x83FF_FFFF, alias: 0x0044, section: "8.10",
                in: "Filters/AddressFilter.swift", "Receive address high: ASEL 17:16, POOLSEL 25:18, AV 31"),
            spec(
                elements: 16..<24, .readWrite, writable: 0x83FF_FFFF, section: "8.10",
                in: "Filters/AddressFilter.swift",
                "Receive address high: ASEL 17:16, POOLSEL 25:18, AV 31, entries 16 to 23"),
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    @inline(__always)
    package static func offset(of index: Int) -> Int { RAL.offset(of: index) &+ 4 }

    /// RAH, bits 15:0: the last two bytes of the address, the fifth lowest.
    package var address: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
    /// ASEL, bits 17:16. 0 compares the destination, 1 the source address.
    package var select: UInt32 {
        get { self[16...17] }
        set { self[16...17] = newValue }
    }
    /// POOLSEL, bits 25:18: the pools that get what matches.
    package var pools: PoolSet {
        get { PoolSet(truncatingIfNeeded: self[18...25]) }
        set { self[18...25] = UInt32(newValue) }
    }
    /// AV, bit 31. The entry is valid.
    package var isValid: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}
