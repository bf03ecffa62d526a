// SPDX-License-Identifier: Apache-2.0

/// EECD — EEPROM/Flash Control, 0x00010.
///
/// - FWE, bits 5:4: whether the flash may be written. There is none.
package struct EECD: Register {
    package static var name: RegisterName { .EECD }
    package static var offset: Int { 0x0010 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0x77, reset: 0x1710, section: "8.4", in: "NVM/SerialEEPROM.swift",
                without: "FWE (there is no flash)", "EEPROM bit-bang, request/grant, presence, size")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// EE_SK, bit 0. Level of the clock pin.
    var clock: Bool { self[0] }
    /// EE_CS, bit 1. Level of the chip select pin: low selects.
    var chipSelect: Bool { self[1] }
    /// EE_DI, bit 2. Level of the pin with data for the EEPROM.
    var dataIn: Bool { self[2] }
    /// EE_DO, bit 3. Level of the pin with data from the EEPROM. Read only.
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
package struct EERD: Register {
    package static var name: RegisterName { .EERD }
    package static var offset: Int { 0x0014 }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFC, section: "8.4", in: "NVM/NVM.swift",
                "EEPROM word read: addr 15:2, data 31:16")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// START, bit 0. Begins the access; reads as zero.
    package var starts: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// DONE, bit 1. DATA is valid, or written.
    package var isDone: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// ADDR, bits 15:2. The word's number.
    package var address: Int {
        get { Int(truncatingIfNeeded: self[2...15]) }
        set { self[2...15] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// DATA, bits 31:16: the word.
    package var data: UInt16 {
        get { UInt16(truncatingIfNeeded: self[16...31]) }
        set { self[16...31] = UInt32(newValue) }
    }
}

/// SWSM — Software Semaphore, 0x05B50.
package struct SWSM: Register {
    package static var name: RegisterName { .SWSM }
    package static var offset: Int { 0x5B50 }
    package static var specs: [RegisterSpec] {
        [spec(.readWrite, writable: 0x3, section: "8.7", in: "NVM/Semaphores.swift", "SMBI and SWESMBI semaphores")]
    }

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

/// EEWR — EEPROM Write. The fields are those of EERD.
package struct EEWR: Register {
    package static var name: RegisterName { .EEWR }
    package static var offset: Int { 0x102C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF_FFFC, section: "8.4", in: "NVM/NVM.swift",
                "EEPROM word write, as EERD; I2C bit-bang parameters on later parts")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// START, bit 0. Begins the access; reads as zero.
    package var starts: Bool {
        get { self[0] }
        set { self[0] = newValue }
    }
    /// DONE, bit 1. DATA is written.
    package var isDone: Bool {
        get { self[1] }
        set { self[1] = newValue }
    }
    /// ADDR, bits 15:2. The word's number.
    package var address: Int {
        get { Int(self[2...15]) }
        set { self[2...15] = UInt32(truncatingIfNeeded: newValue) }
    }
    /// DATA, bits 31:16: the word.
    package var data: UInt16 {
        get { UInt16(truncatingIfNeeded: self[16...31]) }
        set { self[16...31] = UInt32(newValue) }
    }
}

/// SW_FW_SYNC — Software-Firmware Synchronization: who uses what both need.
///
/// - FW, bits 31:16: what firmware has claimed, which is nothing.
package struct SW_FW_SYNC: Register {
    package static var name: RegisterName { .SW_FW_SYNC }
    package static var offset: Int { 0x5B5C }
    package static var specs: [RegisterSpec] {
        [
            spec(
                .readWrite, writable: 0xFFFF, section: "8.7", in: "NVM/Semaphores.swift",
                "SW bits 15:0, FW bits 31:16 resource ownership")
        ]
    }

    package var raw: UInt32
    package init(raw: UInt32) { self.raw = raw }

    /// SW, bits 15:0: what software has claimed.
    package var softwareClaims: UInt32 {
        get { self[0...15] }
        set { self[0...15] = newValue }
    }
}
