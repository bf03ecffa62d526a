// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in GeneralRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension CTRL {
    package static var fields: [RegisterField] {
        [
            RegisterField("FD", 0...0, "Full duplex, when FRCDPX is set"),
            RegisterField("GIO_Master_Disable", 2...2, "No new request goes out; STATUS bit 19 clears once none is pending"),
            RegisterField("SLU", 6...6, "Set Link Up: the MAC may use the link the PHY reports"),
            RegisterField("ILOS", 7...7, "The signal that says that the link is lost is inverted. Without effect"),
            RegisterField("SPEED", 8...9, "When FRCSPD is set: 00 is 10 Mb/s, 01 is 100, 10 and 11 are 1000"),
            RegisterField("FRCSPD", 11...11, "The MAC runs at SPEED instead of the PHY's"),
            RegisterField("FRCDPX", 12...12, "The MAC takes the mode of FD instead of the PHY's"),
            RegisterField("SDP0_GPIEN", 16...16, "SDP0 is an interrupt input. Without effect, like all that is said of pins"),
            RegisterField("SDP1_GPIEN", 17...17, "SDP1 is an interrupt input"),
            RegisterField("SDP0_DATA", 18...18, "The level of SDP0"),
            RegisterField("SDP1_DATA", 19...19, "The level of SDP1"),
            RegisterField("ADVD3WUC", 20...20, "D3cold is advertised with wake-up. Without effect"),
            RegisterField("SDP0_IODIR", 22...22, "SDP0 is an output"),
            RegisterField("SDP1_IODIR", 23...23, "SDP1 is an output"),
            RegisterField("RST", 26...26, "Resets the port except for PCIe configuration and PHY. Reads as zero"),
            RegisterField("RFCE", 27...27, "PAUSE frames from the link hold transmission"),
            RegisterField("TFCE", 28...28, "PAUSE frames go out by the receive watermarks"),
            RegisterField("VME", 30...30, "VLAN tags are stripped from received and inserted in transmitted frames"),
            RegisterField("PHY_RST", 31...31, "Resets the PHY; drivers clear it after 100 µs"),
        ]
    }
}

extension STATUS {
    package static var fields: [RegisterField] {
        [
            RegisterField("FD", 0...0, "The link is full duplex"),
            RegisterField("LU", 1...1, "The link is up"),
            RegisterField("LAN_ID", 2...3, "Which port of the chip this is"),
            RegisterField("TXOFF", 4...4, "A PAUSE frame holds transmission"),
            RegisterField("SPEED", 6...7, "00 is 10 Mb/s, 01 is 100, 10 and 11 are 1000"),
            RegisterField("ASDV", 8...9, "The speed that the MAC detected by itself"),
            RegisterField("PHYRA", 10...10, "The PHY was reset. Set by the reset, cleared by writing zero"),
            RegisterField("Num_VFs", 14...17, "As in the SR-IOV capability"),
            RegisterField("IOV_mode", 18...18, "VF Enable of the SR-IOV capability"),
            RegisterField("GIO_Master_Enable_Status", 19...19, "Clears after CTRL.GIO_Master_Disable, which drivers poll for"),
        ]
    }
}

extension CTRL_EXT {
    package static var fields: [RegisterField] {
        [
            RegisterField("SDP2_GPIEN", 2...2, "SDP2 is an interrupt input. Without effect, like all that is said of pins"),
            RegisterField("SDP3_GPIEN", 3...3, "SDP3 is an interrupt input"),
            RegisterField("SDP2_DATA", 6...6, "The level of SDP2"),
            RegisterField("SDP3_DATA", 7...7, "The level of SDP3"),
            RegisterField("SDP2_IODIR", 10...10, "SDP2 is an output"),
            RegisterField("SDP3_IODIR", 11...11, "SDP3 is an output"),
            RegisterField("EE_RST", 13...13, "Loads the registers from the EEPROM anew. Reads as zero"),
            RegisterField("PFRSTD", 14...14, "The PF driver is done with its reset: VFs see RSTI fall and RSTD rise"),
            RegisterField("SPD_BYPS", 15...15, "The speed is chosen by software. Without effect"),
            RegisterField("NS_DIS", 16...16, "No request has the no-snoop bit. Without effect"),
            RegisterField("RO_DIS", 17...17, "No request has the relaxed-ordering bit. Without effect"),
            RegisterField("LINK_MODE", 22...23, "0 is the internal PHY, 2 SGMII, 3 SerDes. Without effect"),
            RegisterField("EXT_VLAN", 26...26, "All frames carry an outer tag of the type in VET 31:16"),
            RegisterField("IAME", 27...27, "An access to ICR applies IAM. Without effect"),
            RegisterField("DRV_LOAD", 28...28, "Tells firmware that a driver is there"),
        ]
    }
}

extension VET {
    package static var fields: [RegisterField] {
        [
            RegisterField("VET", 0...15, "The tag that is inserted, stripped and filtered"),
            RegisterField("VET_EXT", 16...31, "The outer tag when CTRL_EXT.EXT_VLAN is set"),
        ]
    }
}

extension LEDCTL {
    package static var fields: [RegisterField] {
        [
            RegisterField("LED0_MODE", 0...3, "What LED 0 shows"),
            RegisterField("GLOBAL_BLINK_MODE", 5...5, "LEDs blink every 83 ms instead of every 200"),
            RegisterField("LED0_IVRT", 6...6, "LED 0 is inverted"),
            RegisterField("LED0_BLINK", 7...7, "LED 0 blinks"),
            RegisterField("LED1_MODE", 8...11, "What LED 1 shows"),
            RegisterField("LED1_IVRT", 14...14, "LED 1 is inverted"),
            RegisterField("LED1_BLINK", 15...15, "LED 1 blinks"),
            RegisterField("LED2_MODE", 16...19, "What LED 2 shows"),
            RegisterField("LED2_IVRT", 22...22, "LED 2 is inverted"),
            RegisterField("LED2_BLINK", 23...23, "LED 2 blinks"),
            RegisterField("LED3_MODE", 24...27, "What LED 3 shows"),
            RegisterField("LED3_IVRT", 30...30, "LED 3 is inverted"),
            RegisterField("LED3_BLINK", 31...31, "LED 3 blinks"),
        ]
    }
}
