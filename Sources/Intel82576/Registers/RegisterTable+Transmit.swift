// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Transmit control, queues, packet buffer, rate scheduling.
    static let transmit = rows(
        of: [
            TCTL.self, DTXCTL.self, DTXTCPFLGL.self, DTXTCPFLGH.self, RTTDQSEL.self, RTTBCNRM.self, RTTBCNRC.self,
        ],
        [
            .init(
                .TCTL_EXT, at: 0x0404, .readWrite, writable: 0x000F_FFFF, reset: 0x0001_0840, .storage,
                "COLD 19:10, COLD_EXT"),
            .init(
                .TIPG, at: 0x0410, .readWrite, writable: 0x3FFF_FFFF, reset: 0x0060_1008, .storage, "Inter-packet gap"),
            .init(.RTTUP2TC, at: 0x0418, .readWrite, .unimplemented, "Tx user priority to traffic class"),
            .init(.TBT, at: 0x0448, .absent, .absent, "Old burst timer"),
            .init(.AIT, at: 0x0458, .absent, .absent, "Adaptive IFS (older)"),
            .init(.TXDMAC, at: 0x3000, .absent, .absent, "Old Tx DMA control"),
            .init(
                .TXPBS, at: 0x3404, .readWrite, writable: 0x7F, reset: 0x28, resetBy: .function, .storage,
                "Tx packet buffer size in KB"),
            .init(.TDFH, at: 0x3410, alias: 0x8010, .readWrite, writable: 0x1FFF, .storage, "Tx data FIFO head"),
            .init(.TDFT, at: 0x3418, alias: 0x8018, .readWrite, writable: 0x1FFF, .storage, "Tx data FIFO tail"),
            .init(.TDFHS, at: 0x3420, .readWrite, writable: 0x1FFF, .storage, "Tx FIFO head saved"),
            .init(.TDFTS, at: 0x3428, .readWrite, writable: 0x1FFF, .storage, "Tx FIFO tail saved"),
            .init(.TDFPC, at: 0x3430, .readWrite, writable: 0x1FFF, .storage, "Tx FIFO packet count"),
            .init(.RTTPCS, at: 0x3474, .readWrite, .unimplemented, "Tx packet plane control"),
            .init(.RTTPTCRC, at: 0x3480, count: 8, .readWrite, .unimplemented, "Tx packet plane TC config"),
            .init(.RTTPTCRS, at: 0x34A0, count: 8, .readOnly, .unimplemented, "Tx packet plane TC status"),
            .init(.RTTPTCRM, at: 0x34C0, count: 8, .readWrite, .unimplemented, "Tx packet plane TC memory window"),
            .init(
                .PBTWAC, at: 0x34E8, .readOnly, .storage, vf: VirtualWindow(at: 0x34E8, .VFPBTWAC, perVF: 0),
                "Tx buffer wrap-around counter"),
            // Reset value not confirmed.
            .init(
                .DTXMXSZRQ, at: 0x3540, .readWrite, writable: 0x0FFF, reset: 0x10, .storage,
                "Max outstanding Tx bytes requested (256-byte units)"),
            .init(.DMCTXTH, at: 0x3550, .absent, .absent, "Coalescing Tx threshold"),
            .init(.TDPUMB, at: 0x357C, .readWrite, .storage, "Tx descriptor microcode mailbox"),
            .init(.TDPUAD, at: 0x3580, .readWrite, .storage, "Tx descriptor microcode address"),
            .init(.TDPUWD, at: 0x3584, .readWrite, .storage, "Tx descriptor microcode write data"),
            .init(.TDPURD, at: 0x3588, .readWrite, .storage, "Tx descriptor microcode read data"),
            .init(.TDPUCTL, at: 0x358C, .readWrite, .storage, "Tx descriptor microcode control"),
            .init(.RTTBCNTG, at: 0x35A4, .readWrite, .unimplemented, "BCN tagging"),
            .init(.RTTDCS, at: 0x3600, .readWrite, .unimplemented, "Tx descriptor plane control; VMPAC bit 1"),
            .init(.RTTDVMRC, at: 0x3608, .readWrite, .unimplemented, "VM rate config of selected queue"),
            .init(.RTTDVMRS, at: 0x360C, .readOnly, .unimplemented, "VM rate status of selected queue"),
            .init(.RTTDTCRC, at: 0x3610, count: 8, .readWrite, .unimplemented, "Tx descriptor plane TC config"),
            .init(.RTTDTCRS, at: 0x3630, count: 8, .readOnly, .unimplemented, "Tx descriptor plane TC status"),
            .init(.RTTDTCRM, at: 0x3650, count: 8, .readWrite, .unimplemented, "Tx descriptor plane TC memory window"),
            .init(.RTTDVMRM, at: 0x3670, count: 8, .readWrite, .unimplemented, "VM rate scheduler memory window"),
            .init(.RTTBCNRS, at: 0x36B4, .readOnly, .unimplemented, "Rate scheduler status"),
            .init(.RTTBCNRD, at: 0x36B8, .readWrite, .unimplemented, "Rate drift"),
            .init(.TIDV, at: 0x3820, .absent, .absent, "Legacy Tx delay timer"),
            .init(.TADV, at: 0x382C, .absent, .absent, "Legacy Tx absolute timer"),
            .init(.TSPMT, at: 0x3830, .absent, .absent, "Old TSO pad/min threshold"),
            .init(.TARC, at: 0x3840, count: 2, every: 0x100, .absent, .absent, "e1000e arbitration; not 82576"),
            .init(.RTTBCNCR, at: 0xB200, .readWrite, .unimplemented, "BCN control"),
            .init(.RTTBCNIDX, at: 0xB204, .readWrite, .unimplemented, "BCN index"),
            .init(.RTTBCNCP, at: 0xB208, .readWrite, .unimplemented, "BCN congestion point"),
            .init(.RTTBCNACL, at: 0xB210, .readWrite, .unimplemented, "BCN control address low"),
            .init(.RTTBCNACH, at: 0xB214, .readWrite, .unimplemented, "BCN control address high"),
        ])

    /// The transmit queue block, one for each of 16 queues; queues 0 to 3 answer at 0x3800 too.
    static let transmitQueues = rows(
        of: [
            TDBAL.self, TDBAH.self, TDLEN.self, TDH.self, TXCTL.self, TDT.self, TXDCTL.self, TDWBAL.self, TDWBAH.self,
        ])
}
