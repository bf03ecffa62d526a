// SPDX-License-Identifier: Apache-2.0

/// CTRL — Device Control, 0x00000 and 0x00004.
///
/// - SDP0_GPIEN, bit 16: SDP0 is an interrupt input. Without effect, like all that is said of pins.
/// - SDP1_GPIEN, bit 17: SDP1 is an interrupt input.
/// - SDP0_DATA, bit 18: the level of SDP0.
/// - SDP1_DATA, bit 19: the level of SDP1.
/// - SDP0_IODIR, bit 22: SDP0 is an output.
/// - SDP1_IODIR, bit 23: SDP1 is an output.
/// - ILOS, bit 7: the signal that says that the link is lost is inverted. Without effect.
/// - ADVD3WUC, bit 20: D3cold is advertised with wake-up. Without effect.
package struct CTRL: Register {
    package static var name: RegisterName { .CTRL }
    package static var offset: Int { 0x0000 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x5BFF_FFFF, reset: 0x0010_0209, alias: 0x0004, section: "8.2.1",
                in: "PHY/DeviceControl.swift",
                without: "ILOS, ADVD3WUC, the software-definable pins",
                "Device control: SLU, force speed/duplex, RST, flow control, VME")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// FD, bit 0. Full duplex, when FRCDPX is set.
    package var isFullDuplex: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// GIO_Master_Disable, bit 2. No new request goes out; STATUS bit 19 clears once none is pending.
    package var disablesMaster: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// SLU, bit 6. Set Link Up: the MAC may use the link the PHY reports.
    package var setsLinkUp: Bool {
        get { self[6] }
        set { self[6] = newValue }
    }
    /// SPEED, bits 9:8, when FRCSPD is set: 00 is 10 Mb/s, 01 is 100, 10 and 11 are 1000.
    package var speed: LinkSpeed { LinkSpeed(code: self[8...9]) }
    /// FRCSPD, bit 11. The MAC runs at SPEED instead of the PHY's.
    package var forcesSpeed: Bool {
        get { self[11] }
        set { self[11] = newValue }
    }
    /// FRCDPX, bit 12. The MAC takes the mode of FD instead of the PHY's.
    package var forcesDuplex: Bool {
        get { self[12] }
        set { self[12] = newValue }
    }
    /// RST, bit 26. Resets the port except for PCIe configuration and PHY. Reads as zero.
    package var resets: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
    /// RFCE, bit 27. PAUSE frames from the link hold transmission.
    package var receivesPause: Bool {
        get { self[27] }
        set { self[27] = newValue }
    }
    /// TFCE, bit 28. PAUSE frames go out by the receive watermarks.
    package var transmitsPause: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
    /// VME, bit 30. VLAN tags are stripped from received and inserted in transmitted frames.
    package var usesVLAN: Bool {
        get { self[30] }
        set { self[30] = newValue }
    }
    /// PHY_RST, bit 31. Resets the PHY; drivers clear it after 100 µs.
    package var resetsPHY: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// STATUS — Device Status, 0x00008. Read only, but for ``hasResetPHY``.
package struct STATUS: Register {
    package static var name: RegisterName { .STATUS }
    package static var offset: Int { 0x0008 }
    // PHYRA (bit 10) is the one bit a write clears; link and function bits are live.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readOnly, reset: 0x8000_0400, section: "8.2.2", in: "PHY/DeviceControl.swift",
                "Link, duplex, speed, LAN id, NumVFs, IOV, GIO master enable")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// FD, bit 0. The link is full duplex.
    package var isFullDuplex: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// LU, bit 1. The link is up.
    package var isLinkUp: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// LAN_ID, bits 3:2. Which port of the chip this is.
    package var port: UInt32 {
        get { self[2...3] }
        set { self[2...3] = newValue }
    }
    /// TXOFF, bit 4. A PAUSE frame holds transmission.
    package var isPaused: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// SPEED, bits 7:6: 00 is 10 Mb/s, 01 is 100, 10 and 11 are 1000.
    package var speed: LinkSpeed {
        get { LinkSpeed(code: self[6...7]) }
        set { self[6...7] = newValue.code }
    }
    /// ASDV, bits 9:8. The speed that the MAC detected by itself.
    package var detectedSpeed: LinkSpeed {
        get { LinkSpeed(code: self[8...9]) }
        set { self[8...9] = newValue.code }
    }
    /// PHYRA, bit 10. The PHY was reset. Set by the reset, cleared by writing zero.
    package var hasResetPHY: Bool {
        get { self[10] }
        set { self[10] = newValue }
    }
    /// Num_VFs, bits 17:14. As in the SR-IOV capability.
    package var virtualFunctionCount: UInt32 {
        get { self[14...17] }
        set { self[14...17] = newValue }
    }
    /// IOV_mode, bit 18. VF Enable of the SR-IOV capability.
    package var isVirtualized: Bool {
        get { self[18] }
        set { self[18] = newValue }
    }
    /// GIO_Master_Enable_Status, bit 19. Clears after CTRL.GIO_Master_Disable, which drivers poll for.
    package var isMasterEnabled: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }
}

/// CTRL_EXT — Extended Device Control, 0x00018.
///
/// - SDP2_GPIEN, bit 2: SDP2 is an interrupt input. Without effect, like all that is said of pins.
/// - SDP3_GPIEN, bit 3: SDP3 is an interrupt input.
/// - SDP2_DATA, bit 6: the level of SDP2.
/// - SDP3_DATA, bit 7: the level of SDP3.
/// - SDP2_IODIR, bit 10: SDP2 is an output.
/// - SDP3_IODIR, bit 11: SDP3 is an output.
/// - SPD_BYPS, bit 15: the speed is chosen by software. Without effect.
/// - NS_DIS, bit 16: no request has the no-snoop bit. Without effect.
/// - RO_DIS, bit 17: no request has the relaxed-ordering bit. Without effect.
/// - LINK_MODE, bits 23:22: 0 is the internal PHY, 2 SGMII, 3 SerDes. Without effect.
/// - IAME, bit 27: an access to ICR applies IAM. Without effect.
package struct CTRL_EXT: Register {
    package static var name: RegisterName { .CTRL_EXT }
    package static var offset: Int { 0x0018 }
    // PFRSTD is kept, as drivers expect to read it back.
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF_DFFF, section: "8.2.3", in: "PHY/DeviceControl.swift",
                without:
                    "all but EE_RST, PFRSTD and EXT_VLAN: pins, SPD_BYPS, NS_DIS, RO_DIS, LINK_MODE, IAME, DRV_LOAD are only stored",
                "SDP2/3, PFRSTD, extended VLAN, link mode, DRV_LOAD, IAME")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EE_RST, bit 13. Loads the registers from the EEPROM anew. Reads as zero.
    package var reloads: Bool {
        get { self[13] }
        set { self[13] = newValue }
    }
    /// PFRSTD, bit 14. The PF driver is done with its reset: VFs see RSTI fall and RSTD rise.
    package var isPhysicalFunctionReady: Bool {
        get { self[14] }
        set { self[14] = newValue }
    }
    /// EXT_VLAN, bit 26. All frames carry an outer tag of the type in VET 31:16.
    package var usesOuterVLAN: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
    /// DRV_LOAD, bit 28. Tells firmware that a driver is there.
    package var isDriverLoaded: Bool {
        get { self[28] }
        set { self[28] = newValue }
    }
}

/// VET — VLAN EtherType.
package struct VET: Register {
    package static var name: RegisterName { .VET }
    package static var offset: Int { 0x0038 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x8100_8100, section: "8.2.7", in: "Transmit/TransmitRun.swift",
                "Inner VLAN EtherType 15:0, outer (extended) 31:16")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// VET, bits 15:0. The tag that is inserted, stripped and filtered.
    package var inner: UInt16 {
        get { UInt16(truncatingIfNeeded: self[0...15]) }
        set { self[0...15] = UInt32(newValue) }
    }
    /// VET_EXT, bits 31:16. The outer tag when CTRL_EXT.EXT_VLAN is set.
    package var outer: UInt16 {
        get { UInt16(truncatingIfNeeded: self[16...31]) }
        set { self[16...31] = UInt32(newValue) }
    }
}

/// LEDCTL — LED Control.
///
/// - LED0_MODE, bits 3:0: what LED 0 shows.
/// - GLOBAL_BLINK_MODE, bit 5: LEDs blink every 83 ms instead of every 200.
/// - LED0_IVRT, bit 6: LED 0 is inverted.
/// - LED0_BLINK, bit 7: LED 0 blinks.
/// - LED1_MODE, bits 11:8: what LED 1 shows.
/// - LED1_IVRT, bit 14: LED 1 is inverted.
/// - LED1_BLINK, bit 15: LED 1 blinks.
/// - LED2_MODE, bits 19:16: what LED 2 shows.
/// - LED2_IVRT, bit 22: LED 2 is inverted.
/// - LED2_BLINK, bit 23: LED 2 blinks.
/// - LED3_MODE, bits 27:24: what LED 3 shows.
/// - LED3_IVRT, bit 30: LED 3 is inverted.
/// - LED3_BLINK, bit 31: LED 3 blinks.
package struct LEDCTL: Register {
    package static var name: RegisterName { .LEDCTL }
    package static var offset: Int { 0x0E00 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, reset: 0x0706_8302, .storage, section: "8.2.8", in: "NVM/NVMImage.swift",
                "LED0-3 mode, invert, blink; from the NVM")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }
}
