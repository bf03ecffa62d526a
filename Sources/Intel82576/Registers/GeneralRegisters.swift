/// CTRL — Device Control, 0x00000 and 0x00004.
///
/// - Datasheet: Device Control Register.
public struct CTRL: BitWord {
    public var raw: UInt32
    public init(raw: UInt32) { self.raw = raw }

    /// FD, bit 0. Full duplex, when ``forcesDuplex``.
    public var isFullDuplex: Bool { self[0] }
    /// GIO Master Disable, bit 2. No new request goes out; STATUS bit 19 clears once none is pending.
    public var disablesMaster: Bool {
        get { self[2] }
        set { self[2] = newValue }
    }
    /// SLU, bit 6. Set Link Up: the MAC may use the link the PHY reports.
    public var setsLinkUp: Bool { self[6] }
    /// ILOS, bit 7. Inverts the loss-of-signal input of the SerDes.
    public var invertsLossOfSignal: Bool { self[7] }
    /// SPEED, bits 9:8, when ``forcesSpeed``: 00 is 10 Mb/s, 01 is 100, 10 and 11 are 1000.
    public var speed: LinkSpeed { LinkSpeed(code: self[8...9]) }
    /// FRCSPD, bit 11. The MAC runs at ``speed`` instead of the PHY's.
    public var forcesSpeed: Bool { self[11] }
    /// FRCDPX, bit 12. The MAC runs in ``isFullDuplex`` instead of the PHY's mode.
    public var forcesDuplex: Bool { self[12] }
    /// SDP0_GPIEN and SDP1_GPIEN, bits 17:16. Software-definable pins raise interrupts.
    public var pinInterrupts: UInt32 { self[16...17] }
    /// SDP0_DATA and SDP1_DATA, bits 19:18.
    public var pins: UInt32 { self[18...19] }
    /// ADVD3WUC, bit 20. Offers wake-up from D3 without auxiliary power.
    public var advertisesWakeUpFromD3Cold: Bool { self[20] }
    /// SDP0_IODIR and SDP1_IODIR, bits 23:22. Set for outputs.
    public var pinDirections: UInt32 { self[22...23] }
    /// RST, bit 26. Resets the port except for PCIe configuration and PHY. Reads as zero.
    public var resets: Bool {
        get { self[26] }
        set { self[26] = newValue }
    }
    /// RFCE, bit 27. PAUSE frames from the link hold transmission.
    public var receivesPause: Bool { self[27] }
    /// TFCE, bit 28. PAUSE frames go out by the receive watermarks.
    public var transmitsPause: Bool { self[28] }
    /// VME, bit 30. VLAN tags are stripped from received and inserted in transmitted frames.
    public var usesVLAN: Bool { self[30] }
    /// PHY_RST, bit 31. Resets the PHY; drivers clear it after 100 µs.
    public var resetsPHY: Bool {
        get { self[31] }
        set { self[31] = newValue }
    }
}

/// STATUS — Device Status, 0x00008. Read only, but for ``hasResetPHY``.
///
/// - Datasheet: Device Status Register.
public struct STATUS: BitWord {
    public var raw: UInt32
    public init(raw: UInt32) { self.raw = raw }

    /// FD, bit 0. The link is full duplex.
    public var isFullDuplex: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// LU, bit 1. The link is up.
    public var isLinkUp: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// LAN ID, bits 3:2. Which port of the chip this is.
    public var port: UInt32 {
        get { self[2...3] }
        set { self[2...3] = newValue }
    }
    /// TXOFF, bit 4. A PAUSE frame holds transmission.
    public var isPaused: Bool {
        get { self[4] }
        set { self[4] = newValue }
    }
    /// SPEED, bits 7:6.
    public var speed: LinkSpeed {
        get { LinkSpeed(code: self[6...7]) }
        set { self[6...7] = newValue.code }
    }
    /// ASDV, bits 9:8. The speed that the MAC detected by itself.
    public var detectedSpeed: LinkSpeed {
        get { LinkSpeed(code: self[8...9]) }
        set { self[8...9] = newValue.code }
    }
    /// PHYRA, bit 10. The PHY was reset. Set by the reset, cleared by writing zero.
    public var hasResetPHY: Bool {
        get { self[10] }
        set { self[10] = newValue }
    }
    /// Num VFs, bits 17:14. As in the SR-IOV capability.
    public var virtualFunctionCount: UInt32 {
        get { self[14...17] }
        set { self[14...17] = newValue }
    }
    /// IOV mode, bit 18. VF Enable of the SR-IOV capability.
    public var isVirtualized: Bool {
        get { self[18] }
        set { self[18] = newValue }
    }
    /// GIO Master Enable Status, bit 19. Clears after ``CTRL/disablesMaster``, which drivers poll for.
    public var isMasterEnabled: Bool {
        get { self[19] }
        set { self[19] = newValue }
    }
}

/// CTRL_EXT — Extended Device Control, 0x00018.
///
/// - Datasheet: Extended Device Control Register.
public struct CTRL_EXT: BitWord {
    public var raw: UInt32
    public init(raw: UInt32) { self.raw = raw }

    /// SDP2_DATA and SDP3_DATA, bits 7:6.
    public var pins: UInt32 { self[6...7] }
    /// SDP2_IODIR and SDP3_IODIR, bits 11:10. Set for outputs.
    public var pinDirections: UInt32 { self[10...11] }
    /// EE_RST, bit 13. Loads the registers from the EEPROM anew. Reads as zero.
    public var reloads: Bool {
        get { self[13] }
        set { self[13] = newValue }
    }
    /// PFRSTD, bit 14. The PF driver is done with its reset: VFs see RSTI fall and RSTD rise.
    public var isPhysicalFunctionReady: Bool { self[14] }
    /// SPD_BYPS, bit 15. The MAC takes its speed from CTRL.SPEED at all times.
    public var bypassesSpeedDetection: Bool { self[15] }
    /// NS_DIS, bit 16. No-snoop is off.
    public var disablesNoSnoop: Bool { self[16] }
    /// RO_DIS, bit 17. Relaxed ordering is off.
    public var disablesRelaxedOrdering: Bool { self[17] }
    /// LINK_MODE, bits 23:22. Only ``LinkMode/copper`` works; the others are stored.
    public var linkMode: LinkMode { LinkMode(rawValue: UInt8(truncatingIfNeeded: self[22...23])) ?? .copper }
    /// EXT_VLAN, bit 26. All frames carry an outer tag of the type in VET 31:16.
    public var usesOuterVLAN: Bool { self[26] }
    /// IAME, bit 27. Reading ICR masks the causes of IAM.
    public var masksOnRead: Bool { self[27] }
    /// DRV_LOAD, bit 28. Tells firmware that a driver is there.
    public var isDriverLoaded: Bool { self[28] }

    public enum LinkMode: UInt8, Sendable {
        /// The internal PHY.
        case copper = 0b00
        /// 1000BASE-KX.
        case backplane = 0b01
        case sgmii = 0b10
        case serdes = 0b11
    }
}
