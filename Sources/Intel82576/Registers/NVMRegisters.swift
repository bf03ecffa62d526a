/// EECD — EEPROM/Flash Control, 0x00010.
///
/// - Datasheet: EEPROM/Flash Control Register.
package struct EECD: Register {
    package static var name: RegisterName { .EECD }
    package static var offset: Int { 0x0010 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EE_SK, bit 0. Level of the clock pin.
    var clock: Bool { self[0] }
    /// EE_CS, bit 1. Level of the chip select pin: low selects.
    var chipSelect: Bool { self[1] }
    /// EE_DI, bit 2. Level of the pin with data for the EEPROM.
    var dataIn: Bool { self[2] }
    /// EE_DO, bit 3. Read only.
    package var dataOut: Bool {
        get { self[3] }
        set { self[3] = newValue }
    }
    /// EE_REQ, bit 6. Software asks for the SPI pins.
    package var isRequested: Bool {
        get { self[6] }
        set { self[6] = newValue }
    }
    /// EE_GNT, bit 7. Software has the SPI pins. Read only.
    package var isGranted: Bool {
        get { self[7] }
        set { self[7] = newValue }
    }
    /// EE_PRES, bit 8. An EEPROM is there and its signature is right. Drivers initialize the PHY by hand otherwise.
    package var isPresent: Bool {
        get { self[8] }
        set { self[8] = newValue }
    }
    /// AUTO_RD, bit 9. The registers are loaded from the EEPROM. Drivers wait for it after each reset.
    package var isLoaded: Bool {
        get { self[9] }
        set { self[9] = newValue }
    }
    /// EE_ADDR_SIZE, bit 10. Addresses on the pins have 16 bits instead of 8 or 9; drivers then write pages of 32 bytes.
    package var hasWideAddresses: Bool {
        get { self[10] }
        set { self[10] = newValue }
    }
    /// EE_SIZE, bits 14:11. The EEPROM has 64 << EE_SIZE words. From 9 on drivers give up EERD for the SPI pins.
    package var sizeExponent: UInt32 {
        get { self[11...14] }
        set { self[11...14] = newValue }
    }
}

/// EERD — EEPROM Read, 0x00014, and EEWR — EEPROM Write, 0x0102C, which has the same layout.
///
/// - Datasheet: EEPROM Read Register. EEWR is from public drivers of the family; those of the 82576 write through EECD.
package struct EERD: Register {
    package static var name: RegisterName { .EERD }
    package static var offset: Int { 0x0014 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// START, bit 0. Begins the access; reads as zero.
    package var starts: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// DONE, bit 1. ``data`` is valid, or written.
    package var isDone: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// ADDR, bits 15:2. The word's number.
    package var address: Int {
        get { Int(truncatingIfNeeded: self[2...15]) }
        set { self[2...15] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// DATA, bits 31:16.
    package var data: UInt16 {
        get { UInt16(truncatingIfNeeded: self[16...31]) }
        set { self[16...31] = UInt32(newValue) }
    }
}

/// SWSM — Software Semaphore, 0x05B50.
///
/// - Datasheet: Software Semaphore Register.
package struct SWSM: Register {
    package static var name: RegisterName { .SWSM }
    package static var offset: Int { 0x5B50 }
    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// SMBI, bit 0. Taken by the driver that reads zero: the read sets it. Arbitrates between drivers.
    package var isTaken: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// SWESMBI, bit 1. Sticks when written unless firmware holds its half. Arbitrates between software and firmware.
    package var isHeldAgainstFirmware: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
}
