// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Wake-up filters.
    static let wake: [RegisterSpec] = [
        .init(.WUC, at: 0x5800, .readWrite, writable: 0xB, .unimplemented, "Wake-up control"),
        .init(.WUFC, at: 0x5808, .readWrite, .unimplemented, "Wake-up filter enables"),
        .init(.WUS, at: 0x5810, .writeOneToClear, .unimplemented, "Wake-up status"),
        .init(.IPAV, at: 0x5838, .readWrite, writable: 0x0001_000F, .unimplemented, "IPv4 valid 3:0, IPv6 valid 16"),
        .init(.IP4AT, at: 0x5840, count: 4, every: 8, .readWrite, .unimplemented, "IPv4 addresses for wake/ARP"),
        .init(.IP6AT, at: 0x5880, count: 4, .readWrite, .unimplemented, "IPv6 address for wake"),
        .init(.WUPL, at: 0x5900, .readOnly, .unimplemented, "Length of wake packet"),
        .init(.WUPM, at: 0x5A00, count: 32, .readOnly, .unimplemented, "First 128 bytes of wake packet"),
        .init(.FFLT, at: 0x5F00, count: 4, every: 8, .readWrite, .storage, "Old flexible filter length (alias 82575)"),
        .init(
            .FHFT, at: 0x9000, count: 256, .readWrite, .unimplemented,
            "Flexible host filters 0-3, 256 bytes each: 16 rows of 2 dwords and a byte mask, length in the last"),
        .init(.FHFT_EXT, at: 0x9A00, count: 128, .readWrite, .unimplemented, "Flexible host filters 4-5"),
    ]
}
