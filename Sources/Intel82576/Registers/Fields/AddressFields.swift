// SPDX-License-Identifier: Apache-2.0

// Generated from the comments in AddressRegisters.swift by Scripts/rules/fields.py; do not edit. `make docs`
// writes it anew.
// swift-format-ignore-file

extension RAH {
    package static var fields: [RegisterField] {
        [
            RegisterField("RAH", 0...15, "The last two bytes of the address, the fifth lowest"),
            RegisterField("ASEL", 16...17, "0 compares the destination, 1 the source address"),
            RegisterField("POOLSEL", 18...25, "The pools that get what matches"),
            RegisterField("AV", 31...31, "The entry is valid"),
        ]
    }
}
