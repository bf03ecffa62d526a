extension RegisterTable {
    /// The receive queue block, one for each of 16 queues; queues 0 to 3 answer at 0x2800 too.
    static let receiveQueues: [RegisterSpec] = [
        .queue(
            .RDBAL, 0xC000, .readWrite, writable: 0xFFFF_FF80, .behaviour, vf: "0x2800",
            "Rx ring base low, 128-byte aligned"),
        .queue(.RDBAH, 0xC004, .readWrite, .behaviour, vf: "0x2804", "Rx ring base high"),
        // The length counts in 128 bytes; bits 6:4 are stored all the same, as the register test of Linux expects.
        .queue(.RDLEN, 0xC008, .readWrite, writable: 0x000F_FFF0, .behaviour, vf: "0x2808", "Rx ring length in bytes"),
        // Reset 0, the legacy descriptor format: iPXE relies on it. The datasheet value (0x0400?) is not confirmed.
        .queue(
            .SRRCTL, 0xC00C, .readWrite, writable: 0x8FF0_3F7F, .behaviour, vf: "0x280C",
            "Buffer sizes, descriptor type, drop enable"),
        .queue(.RDH, 0xC010, .readWrite, writable: 0xFFFF, .behaviour, vf: "0x2810", "Rx head index"),
        .queue(.RXCTL, 0xC014, .readWrite, .storage, vf: "0x2814", "Rx DCA enables, relaxed ordering, CPU id 31:24"),
        .queue(.RDT, 0xC018, .readWrite, writable: 0xFFFF, .behaviour, vf: "0x2818", "Rx tail index"),
        // Only queue 0 starts with ENABLE set, hence two rows. SWFLSH (bit 26) reads 0.
        .queue(
            .RXDCTL, 0xC028, of: 0...0, .readWrite, writable: 0x021F_1F1F, reset: 0x0201_0000, .behaviour, vf: "0x2828",
            "Thresholds, queue enable 25; queue 0"),
        .queue(
            .RXDCTL, 0xC028, of: 1...15, .readWrite, writable: 0x021F_1F1F, reset: 0x0001_0000, .behaviour,
            vf: "0x2828",
            "Thresholds, queue enable 25; queues 1 to 15"),
        .queue(
            .RQDPC, 0xC030, .readToClear, clearedByRead: 0x0FFF, .behaviour, vf: "0x2830",
            "Packets dropped by this queue, 11:0"),
    ]

    /// The transmit queue block, one for each of 16 queues; queues 0 to 3 answer at 0x3800 too.
    static let transmitQueues: [RegisterSpec] = [
        .queue(
            .TDBAL, 0xE000, .readWrite, writable: 0xFFFF_FF80, .behaviour, vf: "0x3800",
            "Tx ring base low, 128-byte aligned"),
        .queue(.TDBAH, 0xE004, .readWrite, .behaviour, vf: "0x3804", "Tx ring base high"),
        .queue(.TDLEN, 0xE008, .readWrite, writable: 0x000F_FFF0, .behaviour, vf: "0x3808", "Tx ring length in bytes"),
        .queue(.TDH, 0xE010, .readWrite, writable: 0xFFFF, .behaviour, vf: "0x3810", "Tx head index"),
        .queue(
            .TXCTL, 0xE014, .readWrite, reset: 0x2A00, .storage, vf: "0x3814",
            "Tx DCA enables, relaxed ordering, CPU id 31:24"),
        .queue(.TDT, 0xE018, .readWrite, writable: 0xFFFF, .behaviour, vf: "0x3818", "Tx tail index"),
        .queue(
            .TXDCTL, 0xE028, of: 0...0, .readWrite, writable: 0x0A1F_1F1F, reset: 0x0200_0000, .behaviour, vf: "0x3828",
            "Thresholds, queue enable 25, priority 27; queue 0"),
        .queue(
            .TXDCTL, 0xE028, of: 1...15, .readWrite, writable: 0x0A1F_1F1F, .behaviour, vf: "0x3828",
            "Thresholds, queue enable 25, priority 27; queues 1 to 15"),
        .queue(.TDWBAL, 0xE038, .readWrite, .behaviour, vf: "0x3838", "Head write-back address low; bit 0 enables"),
        .queue(.TDWBAH, 0xE03C, .readWrite, .behaviour, vf: "0x383C", "Head write-back address high"),
    ]
}

extension RegisterSpec {
    /// A register of the queue block whose queue 0 is at `block`, for the queues of `queues`.
    fileprivate static func queue(
        _ name: RegisterName, _ block: UInt32, of queues: ClosedRange<UInt32> = 0...15, _ access: Access,
        writable: UInt32? = nil, clearedByRead: UInt32? = nil, reset: UInt32 = 0, _ coverage: Coverage,
        vf: StaticString, _ summary: StaticString
    ) -> RegisterSpec {
        let legacy: UInt32 = (block < 0xE000 ? 0x2800 : 0x3800) + (block & 0x3F)
        return RegisterSpec(
            name, at: block + 0x40 * queues.lowerBound, count: queues.count, every: 0x40,
            alias: legacy + 0x100 * queues.lowerBound, aliasCount: queues.clamped(to: 0...3).count, aliasEvery: 0x100,
            access, writable: writable, clearedByRead: clearedByRead, reset: reset, coverage, vf: vf, summary)
    }
}
