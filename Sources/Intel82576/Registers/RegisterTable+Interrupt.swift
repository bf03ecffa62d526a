extension RegisterTable {
    /// Causes, masks, throttles, vectors, immediate interrupts.
    static let interrupt: [RegisterSpec] = [
        // The read clears by the rules of GPIE.NSICR and IAM, not by a mask.
        .init(.ICR, at: 0x1500, alias: 0x00C0, .readToClear, writable: .max, .behaviour, "Interrupt cause; bit31 INTA"),
        .init(
            .ICS, at: 0x1504, alias: 0x00C8, .writeOneToSet, writable: 0x77D4_FBFD, .behaviour,
            "Set ICR bits; reads as ICR without clearing it"),
        .init(
            .IMS, at: 0x1508, alias: 0x00D0, .writeOneToSet, writable: 0x77D4_FBFD, .behaviour,
            "Set/read interrupt mask"),
        .init(
            .IMC, at: 0x150C, alias: 0x00D8, .writeOneToClear, writable: 0x77D4_FBFD, .behaviour, "Clear interrupt mask"
        ),
        .init(.IAM, at: 0x1510, alias: 0x00E0, .readWrite, .behaviour, "Bits cleared from IMS on ICR access"),
        .init(
            .GPIE, at: 0x1514, .readWrite, writable: 0xC000_0F91, .behaviour,
            "MSI-X mode, NSICR, EIAME, PBA support, LL interval"),
        .init(
            .EICS, at: 0x1520, .writeOneToSet, writable: 0xC1FF_FFFF, .behaviour, vf: "0x1520",
            "Set EICR bits; reads as EICR without clearing it"),
        .init(
            .EIMS, at: 0x1524, .writeOneToSet, writable: 0xC1FF_FFFF, reset: 0x8000_0000, .behaviour, vf: "0x1524",
            "Set/read extended mask"
        ),
        .init(
            .EIMC, at: 0x1528, .writeOneToClear, writable: 0xC1FF_FFFF, .behaviour, vf: "0x1528", "Clear extended mask"),
        .init(
            .EIAC, at: 0x152C, .readWrite, writable: 0xC1FF_FFFF, .behaviour, vf: "0x152C",
            "Auto-clear EICR bit when MSI-X sent"),
        .init(
            .EIAM, at: 0x1530, .readWrite, writable: 0xC1FF_FFFF, .behaviour, vf: "0x1530",
            "Auto-mask EIMS when MSI-X sent / EICR touched"),
        .init(
            .EICR, at: 0x1580, .readToClear, writable: 0xC1FF_FFFF, clearedByRead: 0xC1FF_FFFF, .behaviour,
            vf: "0x1580", "Extended cause, one bit per vector"),
        .init(.MSIXBM, at: 0x1600, count: 10, .absent, .absent, "Vector bitmap (82575)"),
        .init(
            .EITR, at: 0x1680, count: 25, .readWrite, writable: 0x7FFF_FFFC, resetBy: .function, .behaviour,
            vf: "0x1680", "Per-vector throttle"),
        .init(
            .IVAR, at: 0x1700, count: 8, .readWrite, writable: 0x9F9F_9F9F, .behaviour, vf: "0x1700",
            "Queue to vector table, 4 byte entries per register"),
        .init(
            .IVAR_MISC, at: 0x1740, .readWrite, writable: 0x9F9F, .behaviour, vf: "0x1740",
            "TCP-timer vector 7:0, other-cause vector 15:8"),
        .init(.RSSIM, at: 0x5864, .absent, .absent, "82571 name of this address; here MNGONLY"),
        .init(.RSSIR, at: 0x5868, .absent, .absent, "RSS interrupt request (82571)"),
        .init(.IMIR, at: 0x5A80, count: 8, .readWrite, .behaviour, "Immediate-interrupt TCP/UDP port filter"),
        .init(
            .IMIREXT, at: 0x5AA0, count: 8, .readWrite, .behaviour, "Immediate-interrupt size and TCP flag filter"),
        .init(.IMIRVP, at: 0x5AC0, .readWrite, writable: 0xF, .behaviour, "Immediate interrupt by VLAN priority"),
        .init(
            .PBACLR, at: 0x5B68, .writeOneToClear, writable: 0x01FF_FFFF, .behaviour, vf: "0x0F04",
            "Write 1 clears MSI-X PBA bit when GPIE.PBA off"),
    ]
}
