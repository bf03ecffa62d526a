extension RegisterTable {
    /// Receive control, filters, queues, packet buffer.
    static let receive: [RegisterSpec] = [
        .init(.RCTL, at: 0x0100, .readWrite, writable: 0x04FF_B3FE, .behaviour, "Receive control"),
        .init(.FCTTV, at: 0x0170, .readWrite, writable: 0xFFFF, .unimplemented, "Pause timer value sent"),
        .init(.PBA, at: 0x1000, .readWrite, .storage, "Legacy packet buffer split, read by drivers, no effect"),
        .init(.PBS, at: 0x1008, .readWrite, .storage, "Legacy packet buffer size"),
        .init(.PBECCSTS, at: 0x100C, .readWrite, .storage, "Packet buffer ECC status"),
        .init(.PFCTOP, at: 0x1080, .readWrite, .unimplemented, "Priority flow control type/opcode"),
        .init(.PBA_ECC, at: 0x1100, .readWrite, .storage, "Packet buffer ECC control"),
        .init(.ERT, at: 0x2008, .absent, .absent, "e1000 only; reads 0"),
        .init(
            .FCRTL, at: 0x2160, alias: 0x0168, .readWrite, writable: 0x8000_FFF0, .unimplemented,
            "Pause low watermark (XON), bit31 XONE"),
        .init(
            .FCRTH, at: 0x2168, alias: 0x0160, .readWrite, writable: 0xFFF0, .unimplemented,
            "Pause high watermark (XOFF)"),
        .init(.PSRCTL, at: 0x2170, .absent, .absent, "e1000 only; 82576 uses SRRCTL"),
        .init(.FCRTC, at: 0x2170, .absent, .absent, "Coalescing flow control watermark"),
        .init(
            .RXPBS, at: 0x2404, .readWrite, writable: 0x7F, reset: 0x40, resetBy: .function, .storage,
            "Rx packet buffer size in KB (bits 6:0)"),
        .init(.RDFH, at: 0x2410, alias: 0x8000, .readWrite, writable: 0x1FFF, .storage, "Rx data FIFO head"),
        .init(.RDFT, at: 0x2418, alias: 0x8008, .readWrite, writable: 0x1FFF, .storage, "Rx data FIFO tail"),
        .init(.RDFHS, at: 0x2420, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO head saved"),
        .init(.RDFTS, at: 0x2428, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO tail saved"),
        .init(.RDFPC, at: 0x2430, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO packet count"),
        .init(.PBDIAG, at: 0x2458, .readWrite, .storage, "Packet buffer diagnostic"),
        .init(.RPBECCSTS, at: 0x245C, .readWrite, .storage, "Rx packet buffer ECC (offset not confirmed)"),
        .init(.FCRTV, at: 0x2460, .readWrite, writable: 0xFFFF, .unimplemented, "Pause refresh timer"),
        .init(.RTRPCS, at: 0x2474, .readWrite, .unimplemented, "Rx packet plane (DCB) control"),
        .init(.RTRPTCRC, at: 0x2480, count: 8, .readWrite, .unimplemented, "Rx TC rate scheduler config"),
        .init(.RTRPTCRS, at: 0x24A0, count: 8, .readOnly, .unimplemented, "Rx TC rate scheduler status"),
        .init(.RTRPTCRM, at: 0x24C0, count: 8, .readWrite, .unimplemented, "Rx TC rate scheduler max memory window"),
        .init(.PBRWAC, at: 0x24E8, .readOnly, .storage, vf: "0x24E8", "Rx buffer wrap-around counter 2:0, empty bit 3"),
        .init(.DMACR, at: 0x2508, .absent, .absent, "DMA coalescing control"),
        .init(.DMCTLX, at: 0x2514, .absent, .absent, "Time to Lx request"),
        .init(.RDPUMB, at: 0x25CC, .readWrite, .storage, "Rx descriptor microcode mailbox (debug)"),
        .init(.RDPUAD, at: 0x25D0, .readWrite, .storage, "Rx descriptor microcode address"),
        .init(.RDPUWD, at: 0x25D4, .readWrite, .storage, "Rx descriptor microcode write data"),
        .init(.RDPURD, at: 0x25D8, .readWrite, .storage, "Rx descriptor microcode read data"),
        .init(.RDPUCTL, at: 0x25DC, .readWrite, .storage, "Rx descriptor microcode control"),
        .init(.RDTR, at: 0x2820, .absent, .absent, "Legacy Rx delay timer; offset lies inside queue 0 block"),
        .init(.RADV, at: 0x282C, .absent, .absent, "Legacy Rx absolute timer"),
        .init(.RSRPD, at: 0x2C00, .absent, .absent, "Small packet detect (e1000e); absent"),
        .init(.RAID, at: 0x2C08, .absent, .absent, "ACK interrupt delay (e1000e); absent"),
        .init(.CPUVEC, at: 0x2C10, .absent, .absent, "CPU vector (e1000e); absent"),
        .init(
            .RXCSUM, at: 0x5000, .readWrite, writable: 0x3FFF, reset: 0x0300, .behaviour, "Rx checksum offload control"),
        .init(
            .RLPML, at: 0x5004, .readWrite, writable: 0x3FFF, reset: 0x2600, .behaviour,
            "Max Rx length when RCTL.LPE=1, CRC included"),
        .init(.RFCTL, at: 0x5008, .readWrite, .behaviour, "iSCSI/NFS/IPv6 filter control, LEF, SYN priority"),
        .init(.MTA, at: 0x5200, count: 128, alias: 0x0200, .readWrite, .behaviour, "Multicast hash table, 4096 bits"),
        .init(.RAL, at: 0x5400, count: 16, every: 8, alias: 0x0040, .readWrite, .behaviour, "Receive address low"),
        .init(.RAL, at: 0x54E0, count: 8, every: 8, .readWrite, .behaviour, "Receive address low, entries 16 to 23"),
        .init(
            .RAH, at: 0x5404, count: 16, every: 8, alias: 0x0044, .readWrite, writable: 0x83FF_FFFF, .behaviour,
            "Receive address high: ASEL 17:16, POOLSEL 25:18, AV 31"),
        .init(
            .RAH, at: 0x54E4, count: 8, every: 8, .readWrite, writable: 0x83FF_FFFF, .behaviour,
            "Receive address high: ASEL 17:16, POOLSEL 25:18, AV 31, entries 16 to 23"),
        .init(
            .PSRTYPE, at: 0x5480, count: 8, .readWrite, .unimplemented, vf: "0x0F0C",
            "Header types at which to split, per pool"),
        .init(.SYNQF, at: 0x55FC, .readWrite, .unimplemented, "TCP SYN filter: enable 0, queue 4:1"),
        .init(.VFTA, at: 0x5600, count: 128, alias: 0x0600, .readWrite, .behaviour, "VLAN filter bitmap"),
        .init(
            .MRQC, at: 0x5818, .readWrite, writable: 0x03FF_003F, .behaviour,
            "Multi-queue mode 2:0, Def_Q 5:3, RSS field enables"),
        .init(.SAQF, at: 0x5980, count: 8, .readWrite, .unimplemented, "5-tuple source IPv4 (network byte order)"),
        .init(.DAQF, at: 0x59A0, count: 8, .readWrite, .unimplemented, "5-tuple destination IPv4"),
        .init(.SPQF, at: 0x59C0, count: 8, .readWrite, writable: 0xFFFF, .unimplemented, "5-tuple source port 15:0"),
        .init(
            .FTQF, at: 0x59E0, count: 8, .readWrite, reset: 0xF000_0000, .unimplemented,
            "5-tuple protocol, queue, VF, masks, 1588 bit"),
        .init(.RTRUP2TC, at: 0x5AC4, .readWrite, .unimplemented, "Rx user priority to traffic class"),
        .init(.RETA, at: 0x5C00, count: 32, .readWrite, .behaviour, "RSS redirection, 128 byte entries"),
        .init(.RSSRK, at: 0x5C80, count: 10, .readWrite, .behaviour, "RSS key, 40 bytes"),
        .init(.ETQF, at: 0x5CB0, count: 8, .readWrite, .unimplemented, "EtherType queue filters"),
        .init(.DMCRTRH, at: 0x5DD0, .absent, .absent, "Coalescing Rx rate threshold"),
        .init(.DMCCNT, at: 0x5DD4, .absent, .absent, "Coalescing Rx count"),
        .init(.HRMPC, at: 0xA018, .absent, .absent, "82575 counter at what is UTA[6] here"),
        .init(.RTRBCNCR, at: 0xB20C, .readWrite, .unimplemented, "Rx BCN control"),

        // i350; here VMOLR holds these bits.
        .init(
            .DVMOLR, at: 0xC038, count: 16, every: 0x40, .absent, .absent,
            "Per-queue strip control (i350); here VMOLR has it"),
    ]
}
