// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// PCIe block.
    static let pcie: [RegisterSpec] = [
        .init(
            .GCR, at: 0x5B00, .readWrite, writable: 0xF97F_FFFF, reset: 0x0685_0200, resetBy: .function, .storage,
            "PCIe control: completion timeout, CAP_VER2, ASPM latencies"),
        .init(
            .FUNCTAG, at: 0x5B08, .readWrite, resetBy: .function, .storage, "Outstanding-request function tags (debug)"),
        .init(
            .GSCL_1, at: 0x5B10, .readWrite, resetBy: .function, .unimplemented, "PCIe counters: enable/reset, select"),
        .init(.GSCL_2, at: 0x5B14, .readWrite, resetBy: .function, .unimplemented, "PCIe counters: event select"),
        .init(.GSCL_3, at: 0x5B18, .readWrite, resetBy: .function, .unimplemented, "PCIe counters: threshold"),
        .init(.GSCL_4, at: 0x5B1C, .readWrite, resetBy: .function, .unimplemented, "PCIe counters: threshold"),
        .init(
            .GSCN, at: 0x5B20, count: 4, .readToClear, resetBy: .function, .unimplemented, "PCIe statistic counters 0-3"
        ),
        .init(
            .FACTPS, at: 0x5B30, .readOnly, resetBy: .function, .storage,
            "Per-function power states; bit 30 LAN swapped"),
        .init(
            .GIOCTL, at: 0x5B44, .readWrite, resetBy: .function, .storage,
            "PCIe analog indirect; only the 82575 driver writes it"),
        .init(
            .CCMCTL, at: 0x5B48, .readWrite, resetBy: .function, .storage,
            "CCM analog indirect; only the 82575 driver writes it"),
        .init(
            .SCCTL, at: 0x5B4C, .readWrite, resetBy: .function, .storage,
            "PCIe PLL indirect; only the 82575 driver writes it"),
        .init(.GCR2, at: 0x5B64, .readWrite, resetBy: .function, .storage, "PCIe control 2"),
        .init(.DCA_ID, at: 0x5B70, .readOnly, resetBy: .function, .unimplemented, "PCI requester id of this function"),
        .init(
            .DCA_CTRL, at: 0x5B74, .readWrite, writable: 0x1F, reset: 0x1, resetBy: .function, .storage,
            "DCA disable bit 0, mode 4:1"),
        .init(.UFUSE, at: 0x5B78, .readOnly, resetBy: .function, .storage, "Fuse/strap bits"),
        .init(
            .CIAA, at: 0x5B88, .readWrite, resetBy: .function, .unimplemented,
            "Config indirect access address; doubtful"),
        .init(
            .CIAD, at: 0x5B8C, .readWrite, resetBy: .function, .unimplemented, "Config indirect access data; doubtful"),
        .init(
            .PCIEERRSTS, at: 0x5BA8, .writeOneToClear, resetBy: .function, .storage,
            "PCIe parity error status; doubtful"),
        .init(
            .PCIEMISC, at: 0x5BB8, .readWrite, resetBy: .function, .storage,
            "PCIe miscellaneous configuration; doubtful"),
        .init(.BARCTRL, at: 0x5BBC, .absent, .absent, "82580 name of this address; here IOVCTL"),
        .init(
            .IOVCTL, at: 0x5BBC, .readWrite, writable: 0x1, resetBy: .function, .unimplemented,
            "bit0 REUSE_VFQ: let PF reuse VF queues"),
    ]
}
