extension RegisterTable {
    /// Pools, mailbox, switch, storm control, mirrors of VF registers.
    static let virtualization: [RegisterSpec] = [
        .init(
            .VMBMEM, at: 0x0800, count: 128, .readWrite, .behaviour, vf: "0x0800-0x083F",
            "Mailbox memory: 64 bytes for each VF"),
        .init(.PFMAILBOX, at: 0x0C00, count: 8, .readWrite, writable: 0x8, .behaviour, "PF side mailbox control"),
        .init(
            .VFMAILBOX, at: 0x0C40, count: 8, .readWrite, writable: 0x4, clearedByRead: 0xB0, reset: 0x40,
            .behaviour, vf: "0x0C40", "VF side of mailbox n, as the VF sees it at 0x0C40"),
        .init(
            .MBVFICR, at: 0x0C80, .writeOneToClear, writable: 0x00FF_00FF, .behaviour,
            "VF requests 7:0, VF acks 23:16"),
        .init(
            .MBVFIMR, at: 0x0C84, .readWrite, writable: 0xFF, reset: 0xFF, .behaviour,
            "Mailbox interrupt mask per VF"),
        .init(.VFLRE, at: 0x0C88, .writeOneToClear, writable: 0xFF, .behaviour, "VF reset occurred, bit per VF"),
        .init(.VFRE, at: 0x0C8C, .readWrite, writable: 0xFF, reset: 0xFF, .behaviour, "Pool receive enable"),
        .init(.VFTE, at: 0x0C90, .readWrite, writable: 0xFF, reset: 0xFF, .behaviour, "Pool transmit enable"),
        .init(.QDE, at: 0x2408, .readWrite, writable: 0xFFFF, .behaviour, "Queue drop enable bitmap (VF queues)"),
        .init(.SWPBS, at: 0x3004, .readWrite, writable: 0x7F, reset: 0x14, .storage, "Switch packet buffer size in KB"),
        .init(
            .DTXSWC, at: 0x3500, .readWrite, .behaviour, "Anti-spoof enables, local loopback enables, VM loopback"),
        .init(.LVMMC, at: 0x3548, .readToClear, .behaviour, "Last VM misbehaviour: cause 4:0, queue 19:16"),
        .init(
            .WVBR, at: 0x3554, .readToClear, .behaviour,
            "Wrong VM behaviour, a bit per Tx queue: spoofing 15:0, blocked 31:16"),
        .init(
            .MDFB, at: 0x3558, .writeOneToClear, writable: 0xFFFF, .behaviour,
            "Malicious driver: queues blocked, a one releases"),
        .init(
            .VMVIR, at: 0x3700, count: 8, .readWrite, writable: 0xC000_FFFF, .behaviour,
            "Per-pool default VLAN 15:0, VLANA 31:30"),
        .init(
            .VT_CTL, at: 0x581C, .readWrite, writable: 0x7000_0380, .behaviour,
            "Default pool 9:7, ignore MAC 28, no default pool 29, replication 30"),
        .init(.TXSWC, at: 0x5ACC, .absent, .absent, "i350 Tx switch control; 82576 uses DTXSWC"),
        .init(
            .VMOLR, at: 0x5AD0, count: 8, .readWrite, reset: 0x8000_2600, .behaviour,
            "Per-pool filter and offload control"),
        .init(
            .RPLOLR, at: 0x5AF0, .readWrite, writable: 0xC000_0000, reset: 0x8000_0000, .behaviour,
            "VLAN/CRC strip for replicated packets"),
        .init(
            .VLVF, at: 0x5D00, count: 32, .readWrite, writable: 0x801F_FFFF, .behaviour,
            "VLAN to pool list: id 11:0, pools 19:12, LVLAN 20, VI_En 31"),
        .init(
            .VMRCTL, at: 0x5D80, count: 4, .readWrite, writable: 0x070F, .behaviour,
            "Mirror rule control: VPME 0, UPME 1, DPME 2, VLME 3, MP 10:8"),
        .init(.VMRVLAN, at: 0x5D90, count: 4, .readWrite, .behaviour, "Mirror rule VLVF bitmap"),
        .init(.VMRVM, at: 0x5DA0, count: 4, .readWrite, writable: 0xFF, .behaviour, "Mirror rule pool bitmap"),
        .init(.SCCRL, at: 0x5DB0, .readWrite, .behaviour, "Storm control control"),
        .init(.SCSTS, at: 0x5DB4, .readOnly, .behaviour, "Storm control status"),
        .init(
            .BSCTRH, at: 0x5DB8, .readWrite, writable: 0x0007_FFFF, .behaviour,
            "Broadcast storm threshold (64-byte units)"),
        .init(.MSCTRH, at: 0x5DBC, .readWrite, writable: 0x0007_FFFF, .behaviour, "Multicast storm threshold"),
        .init(.BSCCNT, at: 0x5DC0, .readOnly, .behaviour, "Broadcast storm current count"),
        .init(.MSCCNT, at: 0x5DC4, .readOnly, .behaviour, "Multicast storm current count"),
        .init(.SCTC, at: 0x5DC8, .readOnly, .unimplemented, "Storm control time counter"),
        .init(.SCBI, at: 0x5DCC, .readWrite, reset: 0x5F_5E10, .behaviour, "Storm control basic interval"),
        .init(.UTA, at: 0xA000, count: 128, .readWrite, .behaviour, "Unicast hash table used with VMOLR.ROPE"),
        .init(
            .PVTCTRL, at: 0x10000, count: 8, every: 0x100, .writeOnly, writable: 0x0400_0000, .behaviour,
            vf: "0x0000", "VF software reset"),
        .init(
            .PVTSTATUS, at: 0x10008, count: 8, every: 0x100, .readOnly, reset: 0x8000_0400, .behaviour,
            vf: "0x0008", "Mirror of STATUS for the VF"),
        .init(
            .PFVFGPRC, at: 0x10010, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F10",
            "VF good packets received"),
        .init(
            .PFVFGPTC, at: 0x10014, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F14",
            "VF good packets transmitted"),
        .init(
            .PFVFGORC, at: 0x10018, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F18",
            "VF good octets received"),
        .init(
            .PVTEICS, at: 0x10020, count: 8, every: 0x100, .writeOnly, writable: 0x7, .behaviour, vf: "0x1520",
            "Set VF EICR bits"),
        .init(
            .PVTEIMS, at: 0x10024, count: 8, every: 0x100, .writeOneToSet, writable: 0x7, .behaviour, vf: "0x1524",
            "VF mask set/read"),
        .init(
            .PVTEIMC, at: 0x10028, count: 8, every: 0x100, .writeOneToClear, writable: 0x7, .behaviour,
            vf: "0x1528", "VF mask clear"),
        .init(
            .PVTEIAC, at: 0x1002C, count: 8, every: 0x100, .readWrite, writable: 0x7, .behaviour, vf: "0x152C",
            "VF auto clear"),
        .init(
            .PVTEIAM, at: 0x10030, count: 8, every: 0x100, .readWrite, writable: 0x7, .behaviour, vf: "0x1530",
            "VF auto mask"),
        .init(
            .PFVFGOTC, at: 0x10034, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F34",
            "VF good octets transmitted"),
        .init(
            .PFVFMPRC, at: 0x1003C, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F3C",
            "VF multicast packets received (0x10038 in public drivers)"),
        .init(
            .PFVFGPRLBC, at: 0x10040, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F40",
            "VF loopback packets received"),
        .init(
            .PFVFGPTLBC, at: 0x10044, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F44",
            "VF loopback packets transmitted"),
        .init(
            .PFVFGORLBC, at: 0x10048, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F48",
            "VF loopback octets received"),
        .init(
            .PFVFGOTLBC, at: 0x10050, count: 8, every: 0x100, .readOnly, resetBy: .function, .behaviour, vf: "0x0F50",
            "VF loopback octets transmitted"),
        .init(
            .PVTEICR, at: 0x10080, count: 8, every: 0x100, .readToClear, writable: 0x7, clearedByRead: 0x7,
            .behaviour, vf: "0x1580", "VF cause"),
    ]
}
