// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in NVMRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension EECD {
    package static var fields: [RegisterField] {
        [
            RegisterField("EE_SK", 0...0, "Level of the clock pin"),
            RegisterField("EE_CS", 1...1, "Level of the chip select pin: low selects"),
            RegisterField("EE_DI", 2...2, "Level of the pin with data for the EEPROM"),
            RegisterField("EE_DO", 3...3, "Level of the pin with data from the EEPROM. Read only"),
            RegisterField("FWE", 4...5, "Whether the flash may be written. There is none"),
            RegisterField("EE_REQ", 6...6, "Software asks for the SPI pins"),
            RegisterField("EE_GNT", 7...7, "Software has the SPI pins. Read only"),
            RegisterField("EE_PRES", 8...8, "An EEPROM is there and its signature is right. Drivers initialize the PHY by hand otherwise"),
            RegisterField("AUTO_RD", 9...9, "The registers are loaded from the EEPROM. Drivers wait for it after each reset"),
            RegisterField("EE_ADDR_SIZE", 10...10, "Addresses on the pins have 16 bits instead of 8 or 9; drivers then write pages of 32 bytes"),
            RegisterField("EE_SIZE", 11...14, "The EEPROM has 64 << EE_SIZE words. From 9 on drivers give up EERD for the SPI pins"),
        ]
    }
}

extension EERD {
    package static var fields: [RegisterField] {
        [
            RegisterField("START", 0...0, "Begins the access; reads as zero"),
            RegisterField("DONE", 1...1, "DATA is valid, or written"),
            RegisterField("ADDR", 2...15, "The word's number"),
            RegisterField("DATA", 16...31, "The word"),
        ]
    }
}

extension SWSM {
    package static var fields: [RegisterField] {
        [
            RegisterField("SMBI", 0...0, "Taken by the driver that reads zero: the read sets it. Arbitrates between drivers"),
            RegisterField("SWESMBI", 1...1, "Sticks when written unless firmware holds its half. Arbitrates between software and firmware"),
        ]
    }
}

extension EEWR {
    package static var fields: [RegisterField] { EERD.fields }
}

extension SW_FW_SYNC {
    package static var fields: [RegisterField] {
        [
            RegisterField("SW", 0...15, "What software has claimed"),
            RegisterField("FW", 16...31, "What firmware has claimed, which is nothing"),
        ]
    }
}
