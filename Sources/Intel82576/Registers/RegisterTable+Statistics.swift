// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Counters.
    static let statistics = rows(
        of: [
            CRCERRS.self, MPC.self, HTDPMC.self, XONRXC.self, XONTXC.self, XOFFRXC.self, XOFFTXC.self, FCRUC.self,
            PRC64.self,
            PRC127.self, PRC255.self, PRC511.self, PRC1023.self, PRC1522.self, GPRC.self, BPRC.self, MPRC.self,
            GPTC.self,
            GORCL.self, GORCH.self, GOTCL.self, GOTCH.self, RNBC.self, ROC.self, TORL.self, TORH.self, TOTL.self,
            TOTH.self,
            TPR.self, TPT.self, PTC64.self, PTC127.self, PTC255.self, PTC511.self, PTC1023.self, PTC1522.self,
            MPTC.self,
            BPTC.self, TSCTC.self, IAC.self, RPTHC.self, HGPTC.self, RXDMTC.self, HGORCL.self, HGORCH.self, HGOTCL.self,
            HGOTCH.self, SSVPC.self, SDPC.self,
        ],
        [
            .init(
                counter: .ALGNERRC, at: 0x4004, staysZero: "no uplink brings damaged frames",
                "Alignment errors (10/100)"),
            .init(counter: .SYMERRS, at: 0x4008, staysZero: "no uplink brings damaged frames", "Symbol errors"),
            .init(counter: .RXERRC, at: 0x400C, staysZero: "no uplink brings damaged frames", "Rx PHY error packets"),
            .init(counter: .SCC, at: 0x4014, staysZero: "there is no half duplex", "Single collision"),
            .init(counter: .ECOL, at: 0x4018, staysZero: "there is no half duplex", "Excessive collisions"),
            .init(counter: .MCC, at: 0x401C, staysZero: "there is no half duplex", "Multiple collision"),
            .init(counter: .LATECOL, at: 0x4020, staysZero: "there is no half duplex", "Late collisions"),
            .init(counter: .COLC, at: 0x4028, staysZero: "there is no half duplex", "Total collisions"),
            .init(.CBTMPC, at: 0x402C, .readToClear, .unimplemented, "Circuit-breaker Tx management packets"),
            .init(counter: .DC, at: 0x4030, staysZero: "there is no half duplex", "Deferred transmissions"),
            .init(counter: .TNCRS, at: 0x4034, staysZero: "there is no half duplex", "Transmit with no carrier sense"),
            .init(counter: .SEC, at: 0x4038, staysZero: "no uplink brings damaged frames", "Sequence errors"),
            .init(.RLEC, at: 0x4040, .readToClear, .unimplemented, "Receive length errors (802.3 length)"),
            .init(.CBRDPC, at: 0x4044, .readToClear, .unimplemented, "Circuit-breaker Rx dropped"),
            .init(
                counter: .RUC, at: 0x40A4,
                staysZero: "uplinks bring frames without padding, so that short ones are padded",
                "Undersize with good CRC"),
            .init(
                counter: .RFC, at: 0x40A8, staysZero: "no uplink brings damaged frames", "Fragments (undersize bad CRC)"
            ),
            .init(counter: .RJC, at: 0x40B0, staysZero: "no uplink brings damaged frames", "Jabber (oversize bad CRC)"),
            .init(.MGTPRC, at: 0x40B4, .readToClear, .unimplemented, "Management packets received"),
            .init(.MGTPDC, at: 0x40B8, .readToClear, .unimplemented, "Management packets dropped"),
            .init(.MGTPTC, at: 0x40BC, .readToClear, .unimplemented, "Management packets transmitted"),
            .init(.CBRMPC, at: 0x40FC, .readToClear, .unimplemented, "Circuit-breaker Rx management packets"),
            .init(.ICRXATC, at: 0x4108, .readToClear, .storage, "Legacy interrupt cause counter, reads 0"),
            .init(.ICTXPTC, at: 0x410C, .readToClear, .storage, "Legacy interrupt cause counter, reads 0"),
            .init(.ICTXATC, at: 0x4110, .readToClear, .storage, "Legacy interrupt cause counter, reads 0"),
            .init(.ICTXQMTC, at: 0x411C, .readToClear, .storage, "Legacy interrupt cause counter, reads 0"),
            .init(.HTCBDPC, at: 0x4124, .readToClear, .unimplemented, "Host Tx circuit-breaker dropped"),
            .init(.LENERRS, at: 0x4138, .readToClear, .unimplemented, "Length errors"),
            .init(
                .BMPDRC, at: 0x4140, .readToClear, .unimplemented,
                "Packets dropped towards the BMC (name not confirmed)"),
            .init(.TLPIC, at: 0x4148, .absent, .absent, "Low power idle counter (i350 EEE)"),
            .init(.RLPIC, at: 0x414C, .absent, .absent, "Low power idle counter (i350 EEE)"),
            .init(.B2OGPRC, at: 0x4158, .absent, .absent, "BMC to host counter (i350)"),
            .init(.O2BSPC, at: 0x415C, .absent, .absent, "Host to BMC counter (i350)"),
            .init(.SCVPC, at: 0x4228, .readToClear, .unimplemented, "SerDes/SGMII code violation packets"),
        ])
}
