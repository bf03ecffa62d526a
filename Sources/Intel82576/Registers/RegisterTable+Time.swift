extension RegisterTable {
    /// IEEE 1588 time, timers.
    static let time: [RegisterSpec] = [
        .init(.TSSDP, at: 0x003C, .absent, .absent, "Time sync SDP selection"),
        // Fields and reset of the watchdog are the I210's.
        .init(
            .WDSTP, at: 0x1040, .readWrite, writable: 0xFF00_0001, reset: 0x0200_0000, .behaviour,
            "Software watchdog: enable 0, seconds left 23:16, seconds 31:24"),
        .init(
            .SWDSTS, at: 0x1044, .readWrite, writable: 0xFF00_0000, .behaviour,
            "Software watchdog: alive 0, expire 1, reason 31:24"),
        .init(
            .FRTIMER, at: 0x1048, .readWrite, resetBy: .function, .behaviour, vf: "0x1048",
            "Free-running microsecond/millisecond/second timer"),
        .init(
            .TCPTIMER, at: 0x104C, .readWrite, writable: 0x0AFF, .behaviour,
            "Periodic TCP timer: duration 7:0, start 8, enable 9, finish 10, loop 11"),
        .init(.TSYNCRXCFG, at: 0x5F50, .readWrite, .behaviour, "V1 control 7:0, V2 message id 11:8 (15:8)"),
        .init(.SYSTIML, at: 0xB600, .readWrite, .behaviour, "System time low; the read latches the high half"),
        .init(.SYSTIMH, at: 0xB604, .readWrite, .behaviour, "System time high"),
        .init(.TIMINCA, at: 0xB608, .readWrite, .behaviour, "Increment value 23:0, period 31:24"),
        .init(.TIMADJL, at: 0xB60C, .readWrite, .behaviour, "Adjust low"),
        .init(
            .TIMADJH, at: 0xB610, .readWrite, .behaviour,
            "Adjust high; the write adds the pair, or subtracts it with bit 31"),
        .init(.TSYNCTXCTL, at: 0xB614, .readWrite, writable: 0x10, .behaviour, "Tx timestamp valid 0, enable 4"),
        .init(.TXSTMPL, at: 0xB618, .readOnly, .behaviour, "Tx timestamp low"),
        .init(.TXSTMPH, at: 0xB61C, .readOnly, .behaviour, "Tx timestamp high; the read unlocks the pair"),
        .init(
            .TSYNCRXCTL, at: 0xB620, .readWrite, writable: 0x3E, .behaviour, "Rx timestamp valid 0, type 3:1, enable 4"),
        .init(.RXSTMPL, at: 0xB624, .readOnly, .behaviour, "Rx timestamp low"),
        .init(.RXSTMPH, at: 0xB628, .readOnly, .behaviour, "Rx timestamp high; the read unlocks the pair"),
        .init(.RXSATRL, at: 0xB62C, .readOnly, .behaviour, "Source id low 32 bits"),
        .init(.RXSATRH, at: 0xB630, .readOnly, .behaviour, "Source id high 15:0, sequence id 31:16"),
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
    ]
}
