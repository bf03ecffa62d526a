extension RegisterTable {
    /// The 16 KiB register space of a virtual function; everything else there reads as zero.
    ///
    /// Most registers are windows on the VF's share of a physical register, and bear its name.
    public static let virtual: [RegisterSpec] = virtualGeneral + virtualStatistics + virtualInterrupt + virtualQueues

    private static let virtualGeneral: [RegisterSpec] = [
        .init(
            .VTCTRL, at: 0x0000, alias: 0x0004, .writeOnly, writable: 0x0400_0000, .behaviour,
            "VF reset: RST, bit 26"),
        .init(.VTSTATUS, at: 0x0008, .readOnly, reset: 0x8000_0400, .behaviour, "The contents of STATUS"),
        .init(.VFVMBMEM, at: 0x0800, count: 16, .readWrite, .behaviour, "The VF's 64-byte mailbox memory"),
        .init(
            .VFMAILBOX, at: 0x0C40, .readWrite, writable: 0x4, clearedByRead: 0xB0, reset: 0x40, .behaviour,
            "VF side mailbox control"),
        .init(.VFPBACL, at: 0x0F04, .writeOneToClear, writable: 0x7, .behaviour, "Clears MSI-X pending bits"),
        .init(.VFPSRTYPE, at: 0x0F0C, .readWrite, .behaviour, "PSRTYPE of the VF"),
        .init(.VTFRTIMER, at: 0x1048, .readOnly, .behaviour, "The contents of FRTIMER"),
        .init(.VFPBRWAC, at: 0x24E8, .readOnly, .storage, "The contents of PBRWAC"),
        .init(.VFPBTWAC, at: 0x34E8, .readOnly, .storage, "The contents of PBTWAC"),
    ]

    private static let virtualStatistics: [RegisterSpec] = [
        .init(.PFVFGPRC, at: 0x0F10, .readOnly, .behaviour, "Good packets received"),
        .init(.PFVFGPTC, at: 0x0F14, .readOnly, .behaviour, "Good packets transmitted"),
        .init(.PFVFGORC, at: 0x0F18, .readOnly, .behaviour, "Good octets received"),
        .init(.PFVFGOTC, at: 0x0F34, .readOnly, .behaviour, "Good octets transmitted"),
        .init(.PFVFMPRC, at: 0x0F3C, .readOnly, .behaviour, "Multicast packets received"),
        .init(.PFVFGPRLBC, at: 0x0F40, .readOnly, .behaviour, "Loopback packets received"),
        .init(.PFVFGPTLBC, at: 0x0F44, .readOnly, .behaviour, "Loopback packets transmitted"),
        .init(.PFVFGORLBC, at: 0x0F48, .readOnly, .behaviour, "Loopback octets received"),
        .init(.PFVFGOTLBC, at: 0x0F50, .readOnly, .behaviour, "Loopback octets transmitted"),
    ]

    private static let virtualInterrupt: [RegisterSpec] = [
        .init(.PVTEICS, at: 0x1520, .writeOnly, writable: 0x7, .behaviour, "Sets causes"),
        .init(.PVTEIMS, at: 0x1524, .writeOneToSet, writable: 0x7, .behaviour, "Sets and reads the mask"),
        .init(.PVTEIMC, at: 0x1528, .writeOneToClear, writable: 0x7, .behaviour, "Clears the mask"),
        .init(.PVTEIAC, at: 0x152C, .readWrite, writable: 0x7, .behaviour, "Auto clear"),
        .init(.PVTEIAM, at: 0x1530, .readWrite, writable: 0x7, .behaviour, "Auto mask"),
        .init(
            .PVTEICR, at: 0x1580, .readToClear, writable: 0x7, clearedByRead: 0x7, .behaviour, "Causes"),
        .init(
            .VTEITR, at: 0x1680, count: 3, .readWrite, writable: 0x7FFF_FFFC, .behaviour,
            "Throttles: EITR 22-3v to 24-3v"),
        .init(
            .VTIVAR, at: 0x1700, .readWrite, writable: 0x8383_8383, .behaviour,
            "Vectors of Rx0 7:0, Tx0 15:8, Rx1 23:16, Tx1 31:24; valid bit 7"),
        .init(
            .VTIVAR_MISC, at: 0x1740, .readWrite, writable: 0x83, .behaviour, "Mailbox vector 1:0, valid 7"),
    ]

    /// Queue 0 of VF v is queue v of the port, queue 1 is queue v + 8.
    private static let virtualQueues: [RegisterSpec] = (receiveQueues + transmitQueues).compactMap { row in
        // RXDCTL and TXDCTL have a row of their own for the port's queue 0, which no VF has by itself.
        guard row.count > 1 else { return nil }
        var row = row
        row.offset = (row.offset & 0x3F) | (row.offset < 0xE000 ? 0x2800 : 0x3800)
        (row.count, row.stride) = (2, 0x100)
        (row.alias, row.aliasCount, row.virtualOffset) = (0, 0, "")
        if row.name == .RXDCTL || row.name == .TXDCTL { row.summary = "Thresholds, queue enable 25" }
        return row
    }
}
