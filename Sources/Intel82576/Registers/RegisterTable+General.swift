// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Device control, NVM, PHY and SerDes access, semaphores, LEDs.
    static let general = rows(
        of: [
            CTRL.self, STATUS.self, EECD.self, EERD.self, CTRL_EXT.self, MDIC.self, FCAL.self, FCAH.self, FCT.self,
            VET.self, LEDCTL.self, EEWR.self, SWSM.self, SW_FW_SYNC.self,
        ],
        [
            .init(.FLA, at: 0x001C, .readWrite, .unimplemented, "Flash bit-bang access"),
            .init(.SERDESCTL, at: 0x0024, .readWrite, .storage, "SerDes analog indirect write: data 7:0, addr 15:8"),
            .init(.CONNSW, at: 0x0034, .readWrite, .unimplemented, "Copper/fibre auto-sense switch control"),
            .init(.LPIC, at: 0x00FC, .absent, .absent, "Low power idle (ICH)"),
            .init(.TXCW, at: 0x0178, .readWrite, .storage, "Old fibre config word; not used on 82576"),
            .init(.RXCW, at: 0x0180, .readOnly, .storage, "Old fibre config word"),
            .init(.MDICNFG, at: 0x0E04, .absent, .absent, "MDI config; 82576 uses MDIC bit 31"),
            .init(.MPHY_ADDR, at: 0x0E0C, .absent, .absent, "Not 82576 (i350/i354 mPHY); reads 0"),
            .init(.PHPM, at: 0x0E14, .absent, .absent, "PHY power management; 82576 uses PHY register 25"),
            .init(.EEER, at: 0x0E30, .absent, .absent, "EEE control (i350)"),
            .init(.IPCNFG, at: 0x0E38, .absent, .absent, "Internal PHY configuration (i350)"),
            .init(.EEARBC, at: 0x1024, .readWrite, .storage, "EEPROM auto-read bus control (diagnostic)"),
            .init(.I2CCMD, at: 0x1028, .readWrite, .unimplemented, "SFP/SGMII I2C command"),
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
            .init(.FWSM, at: 0x5B54, .readOnly, .storage, "Firmware mode 3:1, valid 15: there is no firmware"),
            .init(.SWSM2, at: 0x5B58, .readWrite, .storage, "Secondary driver semaphore, not used"),
        ])
}
