// SPDX-License-Identifier: Apache-2.0

extension RegisterTable {
    /// Filters and memory shared with the management controller.
    static let management: [RegisterSpec] = [
        // Configuration done for both ports.
        .init(
            .EEMNGCTL, at: 0x1010, .readOnly, reset: 0x800C_0000, .storage,
            "Mng EEPROM control; CFG_DONE port0 bit18, port1 bit19"),
        .init(.EEMNGDATA, at: 0x1014, .readWrite, .storage, "Mng EEPROM data"),
        .init(.FLMNGCTL, at: 0x1018, .readWrite, .storage, "Mng flash control"),
        .init(.FLMNGDATA, at: 0x101C, .readOnly, .storage, "Mng flash data"),
        .init(.FLMNGCNT, at: 0x1020, .readOnly, .storage, "Mng flash counter"),
        .init(.MAVTV, at: 0x5010, count: 8, .readWrite, .storage, "Management VLAN tags"),
        .init(.MFUTP, at: 0x5030, count: 8, .readWrite, .storage, "Management UDP/TCP ports"),
        .init(.METF, at: 0x5060, count: 4, .readWrite, .storage, "Management EtherType filters"),
        .init(.MANC, at: 0x5820, .readWrite, .storage, "Management control"),
        .init(.MFVAL, at: 0x5824, .readWrite, .storage, "Management filters valid"),
        .init(.MANC2H, at: 0x5860, .readWrite, .storage, "Management to host"),
        .init(.MNGONLY, at: 0x5864, .readWrite, .storage, "Management-only decision filters"),
        .init(.MDEF, at: 0x5890, count: 8, .readWrite, .storage, "Management decision filters"),
        .init(.MIPAF, at: 0x58B0, count: 16, .readWrite, .storage, "Management IP address filters"),
        .init(.MMAL, at: 0x5910, count: 4, every: 8, .readWrite, .storage, "Management MAC low"),
        .init(.MMAH, at: 0x5914, count: 4, every: 8, .readWrite, .storage, "Management MAC high"),
        .init(.MDEF_EXT, at: 0x5930, count: 8, .readWrite, .storage, "Management decision filters extended"),
        .init(.HOST_IF, at: 0x8800, count: 448, .readWrite, .storage, "Host interface RAM (1792 bytes)"),
        .init(.HICR, at: 0x8F00, .readWrite, writable: 0xFFFF_FFFE, .storage, "Host interface control"),
        .init(.FWSTS, at: 0x8F0C, .writeOneToClear, .storage, "Firmware status"),
        .init(.HIBBA, at: 0x8F40, .absent, .absent, "Host interface buffer base"),
        .init(.B2OSPC, at: 0x8FE0, .absent, .absent, "BMC to OS counters"),
        .init(.O2BGPTC, at: 0x8FE4, .absent, .absent, "OS to BMC counters"),
        .init(.FTFT, at: 0x9400, count: 64, .readWrite, .storage, "Flexible TCO filter"),
    ]
}
