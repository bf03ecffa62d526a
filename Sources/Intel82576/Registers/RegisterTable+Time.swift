// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// IEEE 1588 time, timers.
    static let time = rows(
        of: [
            WDSTP.self, SWDSTS.self, FRTIMER.self, TCPTIMER.self, TSYNCRXCFG.self, SYSTIML.self, SYSTIMH.self,
            TIMINCA.self,
            TIMADJL.self, TIMADJH.self, TSYNCTXCTL.self, TXSTMPL.self, TXSTMPH.self, TSYNCRXCTL.self, RXSTMPL.self,
            RXSTMPH.self, RXSATRL.self, RXSATRH.self,
        ],
        [
            .init(.TSSDP, at: 0x003C, .absent, .absent, "Time sync SDP selection"),
            .init(.RXMTRL, at: 0xB634, .absent, .absent, "82574 message type; 82576 uses TSYNCRXCFG"),
            .init(.RXUDP, at: 0xB638, .absent, .absent, "82574 UDP port; 82576 uses FTQF/IMIR"),
            .init(.TSAUXC, at: 0xB640, .readWrite, .unimplemented, "Auxiliary control: target time, clock out"),
            .init(.TRGTTIML0, at: 0xB644, .readWrite, .unimplemented, "Target time 0 low"),
            .init(.TRGTTIMH0, at: 0xB648, .readWrite, .unimplemented, "Target time 0 high"),
            .init(.TRGTTIML1, at: 0xB64C, .readWrite, .unimplemented, "Target time 1 low"),
            .init(.TRGTTIMH1, at: 0xB650, .readWrite, .unimplemented, "Target time 1 high"),
            .init(.FREQOUT0, at: 0xB654, .readWrite, .unimplemented, "Frequency out 0"),
            .init(.FREQOUT1, at: 0xB658, .readWrite, .unimplemented, "Frequency out 1"),
            .init(.AUXSTMPL0, at: 0xB65C, .readOnly, .unimplemented, "Auxiliary timestamp 0 low"),
            .init(.AUXSTMPH0, at: 0xB660, .readOnly, .unimplemented, "Auxiliary timestamp 0 high"),
            .init(.AUXSTMPL1, at: 0xB664, .readOnly, .unimplemented, "Auxiliary timestamp 1 low"),
            .init(.AUXSTMPH1, at: 0xB668, .readOnly, .unimplemented, "Auxiliary timestamp 1 high"),
            .init(.TSICR, at: 0xB66C, .absent, .absent, "Time sync cause"),
            .init(.TSIM, at: 0xB674, .absent, .absent, "Time sync mask"),
            .init(.SYSTIMR, at: 0xB6F8, .absent, .absent, "System time residue"),
        ])
}
