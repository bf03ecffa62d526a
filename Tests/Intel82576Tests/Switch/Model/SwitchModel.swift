// SPDX-License-Identifier: Apache-2.0

import Intel82576

/// What the 82576's pool selection and L2 switch do, written down to be read.
///
/// Registers appear as the sets and lists they stand for. The steps are those of the datasheet's 7.10.3 (packet
/// switching); "step n" means the order given there with replication enabled. Where the datasheet leaves doubt, the
/// decision is marked `Decision:`. Nothing here is fast, and nothing is shared with the device.
///
/// Left out: RAH.ASEL, RCTL.CFIEN, double VLAN mode, EtherType, SYN and 5-tuple filters, storm control (which has tests
/// of its own), and what happens to a frame that finds no descriptor.
struct SwitchModel {
    static let poolCount = 8

    // MARK: Filters of the port

    /// RAL and RAH with AV set, in the registers' order.
    struct ExactFilter {
        var address: MACAddress
        /// RAH.POOLSEL.
        var pools: Set<Int>
    }

    /// One VLVF entry with VI_En set.
    struct VLANGroup {
        var vlan: Int
        var pools: Set<Int>
        /// VLVF.LVLAN: the VLAN exists inside only.
        var isLocal = false
    }

    var exactFilters: [ExactFilter] = []
    /// Values of ``hash(_:)`` with their bit in MTA set.
    var multicastHashes: Set<Int> = []
    /// Values of ``hash(_:)`` with their bit in UTA set.
    var unicastHashes: Set<Int> = []
    /// RCTL.MO.
    var hashOffset = 0
    /// RCTL.VFE.
    var filtersVLANs = false
    /// VFTA.
    var vlanTable: Set<Int> = []
    /// VLVF; the key is the entry's index.
    var vlanGroups: [Int: VLANGroup] = [:]

    // MARK: Pools

    /// VMVIR.VLANA and the default tag.
    enum Tagging: Equatable {
        /// The descriptor says whether its tag is inserted.
        case descriptor
        case always(UInt16)
        case never
    }

    struct Pool {
        /// VMOLR.AUPE, ROMPE, ROPE, BAM, MPE.
        var acceptsUntagged = true
        var acceptsMulticastHash = false
        var acceptsUnicastHash = false
        var acceptsBroadcast = false
        var acceptsAllMulticast = false
        /// VMOLR.RLPML when VMOLR.LPE is set: the longest frame, FCS included.
        var longFrameLimit: Int?
        var stripsVLAN = false
        var stripsCRC = true
        /// VMOLR.RSSE.
        var spreads = false
        /// VFRE and VFTE.
        var receives = true
        var transmits = true
        /// DTXSWC.MACAS, VLANAS, LLE.
        var checksSource = false
        var checksVLAN = false
        var hearsItself = false
        var tagging = Tagging.descriptor
    }

    var pools = [Pool](repeating: Pool(), count: poolCount)
    /// VT_CTL.DEF_PL; `nil` with Dis_Def_Pool.
    var defaultPool: Int? = 0
    /// VT_CTL.IGMAC.
    var ignoresMAC = false
    /// VT_CTL.Rep_En.
    var replicates = true
    /// RPLOLR.
    var stripsVLANOfReplicated = false
    var stripsCRCOfReplicated = true
    /// DTXSWC.Loopback_En.
    var switchesLocally = true

    // MARK: Mirrors and spreading

    /// VMRCTL, VMRVM and VMRVLAN of one rule.
    struct Mirror {
        var destination: Int
        /// VPME: frames for these pools.
        var pools: Set<Int> = []
        /// UPME: everything from the wire.
        var copiesUplink = false
        /// DPME: everything that pools send to the wire.
        var copiesDownlink = false
        /// VLME: frames of the VLANs in these VLVF entries.
        var vlanEntries: Set<Int> = []
    }

    var mirrors: [Mirror] = []

    /// MRQC mode 5; `nil` is mode 3.
    struct Spreading {
        var key: [UInt8]
        /// RETA. Decision: bit 3 of an entry picks the second queue of a pool.
        var table: [UInt8]
    }

    var spreading: Spreading?
}

// MARK: Facts about a frame

extension SwitchModel {
    /// The 12 bits of an address that MTA and UTA are asked for (RCTL.MO).
    func hash(_ address: MACAddress) -> Int {
        let lastTwo = Int(address.value & 0xFF) << 8 | Int(address.value >> 8 & 0xFF)
        return lastTwo >> [4, 3, 2, 0][hashOffset] & 0xFFF
    }

    func exactFilters(matching address: MACAddress) -> [ExactFilter] { exactFilters.filter { $0.address == address } }

    func pools(where accepts: (Pool) -> Bool) -> Set<Int> { Set(pools.indices.filter { accepts(pools[$0]) }) }

    func groups(of vlan: Int) -> [(index: Int, group: VLANGroup)] {
        vlanGroups.filter { $0.value.vlan == vlan }.map { ($0.key, $0.value) }
    }

    /// The pools of a VLAN.
    func members(of vlan: Int) -> Set<Int> { groups(of: vlan).reduce(into: []) { $0.formUnion($1.group.pools) } }

    /// The longest frame pool `pool` takes, FCS included: 1518 and 4 for a tag, or what its VMOLR says. A second tag is
    /// content: the port knows two only in double VLAN mode.
    func limit(of pool: Int, for frame: SwitchFrame) -> Int {
        pools[pool].longFrameLimit ?? (frame.tags.isEmpty ? 1518 : 1522)
    }
}
