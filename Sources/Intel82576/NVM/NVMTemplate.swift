// SPDX-License-Identifier: Apache-2.0

extension NVMImage {
    /// Words 0x00 to 0x40 of a dual-port copper card; address and checksum are filled in.
    ///
    /// | word | contents |
    /// |---|---|
    /// | 00-02 | station address of port 0 |
    /// | 03 | compatibility; 04: LED defaults, FFFF leaves them to the driver; 05: image version |
    /// | 08-09 | PBA number |
    /// | 0A, 0F, 13 | init control 1, 2 and 4; 14 and 24: init control 3 of port 1 and 0, bit 10 enables APM wake-up |
    /// | 0B-0E | subsystem id and vendor, device id, vendor |
    /// | 10, 20 | software pins of port 1 and 0; 11: device id of port 1 |
    /// | 12 | EEPROM sizing; 15: completion timeout; 16: MSI-X; 17: pointer to the analog configuration |
    /// | 18-1B | PCIe init 1 to 3 and control; 1C, 1F, 2A, 2B: LEDs; 1D: dummy device id; 1E: revision |
    /// | 21 | functions control; 22: LAN power; 23: management; 25: IOV control; 26: device id of VFs |
    /// | 2E | watchdog; 2F: VPD pointer, FFFF for none |
    /// | 30-36 | boot agent |
    /// | 37 | alternate station address pointer, FFFF for none |
    /// | 3D | combination image version pointer; 3F: checksum; 40: NC-SI |
    static let template: [UInt16] = [
        0x0000, 0x0000, 0x0000, 0x0D34, 0xFFFF, 0x2010, 0xFFFF, 0xFFFF,
        0x1040, 0xFFFF, 0x002B, 0x0000, 0x8086, 0x10C9, 0x0000, 0x70C3,
        0x0004, 0x10C9, 0x5C00, 0x0000, 0x2880, 0x0014, 0x4A40, 0x0060,
        0x6CFB, 0xC7B0, 0x0ABE, 0x0403, 0x0783, 0x10A6, 0x0001, 0x0602,
        0x0004, 0x0020, 0x0000, 0x004A, 0x2080, 0x00F5, 0x10CA, 0x0000,
        0x0000, 0x0000, 0x4784, 0x4602, 0x0000, 0x0000, 0x1000, 0xFFFF,
        0x0100, 0x4000, 0x131F, 0x4013, 0x0100, 0x4000, 0xFFFF, 0xFFFF,
        0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 0x00E0, 0xFFFF, 0x0000,
        0x0003,
    ]
}
