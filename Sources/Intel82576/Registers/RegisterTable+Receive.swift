// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Receive control, filters, queues, packet buffer.
    static let receive = rows(
        of: [
            RCTL.self, FCTTV.self, FCRTL.self, FCRTH.self, RXPBS.self, FCRTV.self, RXCSUM.self, RLPML.self, RFCTL.self,
            MTA.self, RAL.self, RAH.self, PSRTYPE.self, SYNQF.self, VFTA.self, MRQC.self, SAQF.self, DAQF.self,
            SPQF.self,
            FTQF.self, RETA.self, RSSRK.self, ETQF.self,
        ],
        [
            .init(.PBA, at: 0x1000, .readWrite, .storage, "Legacy packet buffer split, read by drivers, no effect"),
            .init(.PBS, at: 0x1008, .readWrite, .storage, "Legacy packet buffer size"),
            .init(.PBECCSTS, at: 0x100C, .readWrite, .storage, "Packet buffer ECC status"),
            .init(.PFCTOP, at: 0x1080, .readWrite, .unimplemented, "Priority flow control type/opcode"),
            .init(.PBA_ECC, at: 0x1100, .readWrite, .storage, "Packet buffer ECC control"),
            .init(.ERT, at: 0x2008, .absent, .absent, "e1000 only; reads 0"),
            .init(.PSRCTL, at: 0x2170, .absent, .absent, "e1000 only; 82576 uses SRRCTL"),
            .init(.FCRTC, at: 0x2170, .absent, .absent, "Coalescing flow control watermark"),
            .init(.RDFH, at: 0x2410, alias: 0x8000, .readWrite, writable: 0x1FFF, .storage, "Rx data FIFO head"),
            .init(.RDFT, at: 0x2418, alias: 0x8008, .readWrite, writable: 0x1FFF, .storage, "Rx data FIFO tail"),
            .init(.RDFHS, at: 0x2420, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO head saved"),
            .init(.RDFTS, at: 0x2428, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO tail saved"),
            .init(.RDFPC, at: 0x2430, .readWrite, writable: 0x1FFF, .storage, "Rx FIFO packet count"),
            .init(.PBDIAG, at: 0x2458, .readWrite, .storage, "Packet buffer diagnostic"),
            .init(.RPBECCSTS, at: 0x245C, .readWrite, .storage, "Rx packet buffer ECC (offset not confirmed)"),
            .init(.RTRPCS, at: 0x2474, .readWrite, .unimplemented, "Rx packet plane (DCB) control"),
            .init(.RTRPTCRC, at: 0x2480, count: 8, .readWrite, .unimplemented, "Rx TC rate scheduler config"),
            .init(.RTRPTCRS, at: 0x24A0, count: 8, .readOnly, .unimplemented, "Rx TC rate scheduler status"),
            .init(
                .RTRPTCRM, at: 0x24C0, count: 8, .readWrite, .unimplemented, "Rx TC rate scheduler max memory window"),
            .init(
                .PBRWAC, at: 0x24E8, .readOnly, .storage, vf: VirtualWindow(at: 0x24E8, .VFPBRWAC, perVF: 0),
                "Rx buffer wrap-around counter 2:0, empty bit 3"),
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
            .init(.RTRUP2TC, at: 0x5AC4, .readWrite, .unimplemented, "Rx user priority to traffic class"),
            .init(.DMCRTRH, at: 0x5DD0, .absent, .absent, "Coalescing Rx rate threshold"),
            .init(.DMCCNT, at: 0x5DD4, .absent, .absent, "Coalescing Rx count"),
            .init(.HRMPC, at: 0xA018, .absent, .absent, "82575 counter at what is UTA[6] here"),
            .init(.RTRBCNCR, at: 0xB20C, .readWrite, .unimplemented, "Rx BCN control"),
            // i350; here VMOLR holds these bits.
            .init(
                .DVMOLR, at: 0xC038, count: 16, every: 0x40, .absent, .absent,
                "Per-queue strip control (i350); here VMOLR has it"),
        ])

    /// The receive queue block, one for each of 16 queues; queues 0 to 3 answer at 0x2800 too.
    static let receiveQueues = rows(
        of: [
            RDBAL.self, RDBAH.self, RDLEN.self, SRRCTL.self, RDH.self, RXCTL.self, RDT.self, RXDCTL.self, RQDPC.self,
        ])
}
