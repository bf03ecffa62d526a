extension RegisterTable {
    /// Device control, NVM, PHY and SerDes access, semaphores, LEDs.
    static let general: [RegisterSpec] = [
        .init(
            .CTRL, at: 0x0000, alias: 0x0004, .readWrite, writable: 0x5BFF_FFFF, reset: 0x0010_0209, .behaviour,
            vf: "0x0000", "Device control: SLU, force speed/duplex, RST, flow control, VME"),
        // PHYRA (bit 10) is the one bit a write clears; link and function bits are live.
        .init(
            .STATUS, at: 0x0008, .readOnly, reset: 0x8000_0400, .behaviour, vf: "0x0008",
            "Link, duplex, speed, LAN id, NumVFs, IOV, GIO master enable"),
        .init(
            .EECD, at: 0x0010, .readWrite, writable: 0x77, reset: 0x1710, .behaviour,
            "EEPROM bit-bang, request/grant, presence, size"),
        .init(.EERD, at: 0x0014, .readWrite, writable: 0xFFFC, .behaviour, "EEPROM word read: addr 15:2, data 31:16"),
        // PFRSTD is kept, as drivers expect to read it back.
        .init(
            .CTRL_EXT, at: 0x0018, .readWrite, writable: 0xFFFF_DFFF, .behaviour,
            "SDP2/3, PFRSTD, extended VLAN, link mode, DRV_LOAD, IAME"),
        .init(.FLA, at: 0x001C, .readWrite, .unimplemented, "Flash bit-bang access"),
        .init(
            .MDIC, at: 0x0020, .readWrite, writable: 0xAFFF_FFFF, reset: 0x1000_0000, .behaviour, "MDIO command/data"),
        .init(.SERDESCTL, at: 0x0024, .readWrite, .storage, "SerDes analog indirect write: data 7:0, addr 15:8"),
        // Resets of FCAL, FCAH and FCT: the pause constants of 802.3, which drivers write anyway; not confirmed.
        .init(.FCAL, at: 0x0028, .readWrite, reset: 0x00C2_8001, .behaviour, "Pause destination address low"),
        .init(
            .FCAH, at: 0x002C, .readWrite, writable: 0xFFFF, reset: 0x0100, .behaviour,
            "Pause destination address high"),
        .init(.FCT, at: 0x0030, .readWrite, writable: 0xFFFF, reset: 0x8808, .behaviour, "Pause EtherType"),
        .init(.CONNSW, at: 0x0034, .readWrite, .unimplemented, "Copper/fibre auto-sense switch control"),
        .init(
            .VET, at: 0x0038, .readWrite, reset: 0x8100_8100, .behaviour,
            "Inner VLAN EtherType 15:0, outer (extended) 31:16"),
        .init(.LPIC, at: 0x00FC, .absent, .absent, "Low power idle (ICH)"),
        .init(.TXCW, at: 0x0178, .readWrite, .storage, "Old fibre config word; not used on 82576"),
        .init(.RXCW, at: 0x0180, .readOnly, .storage, "Old fibre config word"),
        .init(
            .LEDCTL, at: 0x0E00, .readWrite, reset: 0x0706_8302, .storage, "LED0-3 mode, invert, blink; from the NVM"),
        .init(.MDICNFG, at: 0x0E04, .absent, .absent, "MDI config; 82576 uses MDIC bit 31"),
        .init(.MPHY_ADDR, at: 0x0E0C, .absent, .absent, "Not 82576 (i350/i354 mPHY); reads 0"),
        .init(.PHPM, at: 0x0E14, .absent, .absent, "PHY power management; 82576 uses PHY register 25"),
        .init(.EEER, at: 0x0E30, .absent, .absent, "EEE control (i350)"),
        .init(.IPCNFG, at: 0x0E38, .absent, .absent, "Internal PHY configuration (i350)"),
        .init(.EEARBC, at: 0x1024, .readWrite, .storage, "EEPROM auto-read bus control (diagnostic)"),
        .init(.I2CCMD, at: 0x1028, .readWrite, .unimplemented, "SFP/SGMII I2C command"),
        .init(
            .EEWR, at: 0x102C, .readWrite, writable: 0xFFFF_FFFC, .behaviour,
            "EEPROM word write, as EERD; I2C bit-bang parameters on later parts"),
        .init(.FLSWCTL, at: 0x1030, .readWrite, .unimplemented, "Flash software command control"),
        .init(.FLSWDATA, at: 0x1034, .readWrite, .unimplemented, "Flash software data"),
        .init(.FLSWCNT, at: 0x1038, .readWrite, .unimplemented, "Flash software access counter"),
        .init(.FLOP, at: 0x103C, .readWrite, .unimplemented, "Flash opcode (erase commands)"),
        .init(.VPDDIAG, at: 0x1060, .readOnly, .storage, "VPD diagnostics"),
        .init(
            .PCS_CFG0, at: 0x4200, .readWrite, reset: 0x8, .unimplemented,
            "PCS enable bit 3, ignore signal detect bit 0"),
        .init(.PCS_LCTL, at: 0x4208, .readWrite, .unimplemented, "PCS link control"),
        .init(.PCS_LSTAT, at: 0x420C, .readOnly, reset: 0xC, .unimplemented, "PCS link status"),
        .init(.PCS_ANADV, at: 0x4218, .readWrite, .unimplemented, "Clause 37 advertisement"),
        .init(.PCS_LPAB, at: 0x421C, .readOnly, .unimplemented, "Link partner ability"),
        .init(.PCS_NPTX, at: 0x4220, .readWrite, .unimplemented, "Next page transmit"),
        .init(.PCS_LPABNP, at: 0x4224, .readOnly, .unimplemented, "Partner next page"),
        .init(.SWSM, at: 0x5B50, .readWrite, writable: 0x3, .behaviour, "SMBI and SWESMBI semaphores"),
        .init(.FWSM, at: 0x5B54, .readOnly, .behaviour, "Firmware mode 3:1, valid 15"),
        .init(.SWSM2, at: 0x5B58, .readWrite, .storage, "Secondary driver semaphore, not used"),
        .init(
            .SW_FW_SYNC, at: 0x5B5C, .readWrite, writable: 0xFFFF, .behaviour,
            "SW bits 15:0, FW bits 31:16 resource ownership"),
    ]
}
